import type { INode } from 'n8n-workflow';

import { endedAs } from '../issuance/ended';
import type { Ended, Outcomes } from '../issuance/ended';
import type { Issued, Refused, Unknown } from '../issuance/outcome';
import { readKeyId } from '../issuance/request';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../http/client';
import { countNotStarted } from './build';
import type { NodeError } from './build';
import { summarize } from './explainUnknown';
import { explainOutcome, outcomeError } from './outcomeError';

/** Names a key that exists. Must not throw, whatever DigiCert sent: the others have to be named too. */
function nameKey([request, { reply, rolledBack }]: Ended<Issued>): string {
	const { name, subject } = request;
	const id = rolledBack?.id ?? readKeyId(request, reply);
	return `${id === undefined ? 'a key' : `key ${id}`} (${JSON.stringify(name)} of ${subject.thing})`;
}

function nameKeys(issued: ReadonlyArray<Ended<Issued>>): string {
	return issued.map(nameKey).join(', ');
}

function describeIssued({ api }: ApiClient, issued: ReadonlyArray<Ended<Issued>>): string[] {
	if (issued.length === 0) return [];
	const count = issued.length === 1 ? '1 API key' : `${issued.length} API keys`;
	const off = issued.filter(
		([, { rolledBack }]) => rolledBack !== undefined && rolledBack.failure === undefined,
	);
	const left = issued.filter(([, { rolledBack }]) => rolledBack === undefined);
	const failed = issued.flatMap((ended) => {
		const failure = ended[1].rolledBack?.failure;
		return failure === undefined
			? []
			: [`${nameKey(ended)}: switching it off did not work. ${summarize(failure)}`];
	});
	const besides = new Set(issued.flatMap(([{ subject }]) => subject.besides ?? []));
	return [
		`This run had already created ${count}.`,
		...(off.length === 0
			? []
			: [`Switched off again, because nobody receives them: ${nameKeys(off)}.`]),
		...(failed.length === 0
			? []
			: [`Still live as far as is known, so ${api.offWord} them: ${failed.join(' ')}`]),
		...(left.length === 0
			? []
			: [
					`Still live, and their values are lost with this stop, so ${api.offWord} them: ${nameKeys(left)}.`,
				]),
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}

function describeFailed(
	client: ApiClient,
	failed: ReadonlyArray<Ended<Refused | Unknown>>,
): string[] {
	return failed.map(([request, outcome]) => {
		const { message, found, advice } = explainOutcome(client, request, outcome);
		return `Item ${request.itemIndex}: ${message}. ${found} ${advice}`;
	});
}

/**
 * What a run leaves behind at DigiCert when its output reaches nobody: the keys that it made, and
 * what became of them, and those that may exist.
 *
 * @returns sentences without any key's value; none when nothing was made
 */
export function describeLoss(
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
): string[] {
	return [
		...describeIssued(client, endedAs('issued', requests, outcomes)),
		...describeFailed(client, endedAs('unknown', requests, outcomes)),
	];
}

/**
 * The one error of a run that stops: about the first item that failed, in doubt before refused,
 * with everything else the user has to know, because no item of this run is put out.
 *
 * @returns undefined when every item has its key
 */
export function stopError(
	node: INode,
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
): NodeError | undefined {
	const issued = endedAs('issued', requests, outcomes);
	const unknown = endedAs('unknown', requests, outcomes);
	const failed = [...unknown, ...endedAs('refused', requests, outcomes)];
	const notStarted = requests.filter((request) => !outcomes.has(request));
	const rolledBack = issued.filter(([, outcome]) => outcome.rolledBack !== undefined);
	const [first, ...others] = failed;
	const [request, outcome] = first ?? (notStarted[0] ? [notStarted[0]] : (rolledBack[0] ?? []));
	if (request === undefined) return undefined;

	const keepThem =
		"To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.";
	const error = outcomeError(node, client, request, outcome, [
		...describeFailed(client, others),
		...describeIssued(client, issued),
		...(issued.length === 0 || first === undefined ? [] : [keepThem]),
		...countNotStarted(notStarted.length),
	]);
	// Kinds such as rate-limited tell n8n that running again helps; here it would create keys anew.
	if (issued.length > 0 || unknown.length > 0) error.failure = undefined;
	return error;
}
