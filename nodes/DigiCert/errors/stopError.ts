import type { INode } from 'n8n-workflow';

import type { Issued, Outcome, Refused, Unknown } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../transport/client';
import { countNotStarted } from './build';
import type { NodeError } from './build';
import { explainOutcome, outcomeError } from './outcomeError';

type Outcomes = ReadonlyMap<IssuanceRequest, Outcome>;

/** A run's requests by how they ended, each in input order. */
interface Ends {
	readonly issued: Array<readonly [IssuanceRequest, Issued]>;
	readonly failed: Array<readonly [IssuanceRequest, Refused | Unknown]>;
	readonly notStarted: IssuanceRequest[];
}

function sortByEnd(requests: readonly IssuanceRequest[], outcomes: Outcomes): Ends {
	const ends: Ends = { issued: [], failed: [], notStarted: [] };
	for (const request of requests) {
		const outcome = outcomes.get(request);
		if (outcome === undefined) ends.notStarted.push(request);
		else if (outcome.kind === 'issued') ends.issued.push([request, outcome]);
		else ends.failed.push([request, outcome]);
	}
	return ends;
}

/** Names a key that exists. Must not throw, whatever DigiCert sent: the others have to be named too. */
function nameKey([{ name, subject, keyIdOf }, { reply }]: Ends['issued'][number]): string {
	const id = keyIdOf(reply);
	const isId = typeof id === 'number' || typeof id === 'string';
	return `${isId ? `key ${id}` : 'a key'} (${JSON.stringify(name)} of ${subject.thing})`;
}

function describeIssued({ api }: ApiClient, issued: Ends['issued']): string[] {
	if (issued.length === 0) return [];
	const count = issued.length === 1 ? '1 API key' : `${issued.length} API keys`;
	const besides = new Set(issued.flatMap(([{ subject }]) => subject.besides ?? []));
	return [
		`This run had already created ${count}: ${issued.map(nameKey).join(', ')}. The values are lost with this stop, and the keys are still live: ${api.offWord} them.`,
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}

function describeFailed(client: ApiClient, failed: Ends['failed']): string[] {
	return failed.map(([request, outcome]) => {
		const { message, found, advice } = explainOutcome(client, request, outcome);
		return `Item ${request.itemIndex}: ${message}. ${found} ${advice}`;
	});
}

/**
 * What a run leaves behind at DigiCert when its output reaches nobody: the keys that exist, and
 * those that may exist.
 *
 * @returns sentences without any key's value; none when nothing is left behind
 */
export function describeLoss(
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
): string[] {
	const { issued, failed } = sortByEnd(requests, outcomes);
	const unknown = failed.filter(([, { kind }]) => kind === 'unknown');
	return [...describeIssued(client, issued), ...describeFailed(client, unknown)];
}

/**
 * The one error of a run that stops: about the first item that failed, in doubt before refused,
 * with everything else the user has to know, because no item of this run is put out.
 *
 * @returns undefined when every request ended with a key
 */
export function stopError(
	node: INode,
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
): NodeError | undefined {
	const { issued, failed, notStarted } = sortByEnd(requests, outcomes);
	const firstUnknown = failed.find(([, { kind }]) => kind === 'unknown');
	const [request, outcome] = firstUnknown ?? failed[0] ?? [notStarted[0], undefined];
	if (request === undefined) return undefined;

	const others = failed.filter(([other]) => other !== request);
	const keepThem =
		"To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.";
	const error = outcomeError(node, client, request, outcome, [
		...describeFailed(client, others),
		...describeIssued(client, issued),
		...(issued.length === 0 ? [] : [keepThem]),
		...countNotStarted(notStarted.length),
	]);
	// Kinds such as rate-limited tell n8n that running again helps; here it would create keys anew.
	if (issued.length > 0 || firstUnknown !== undefined) error.failure = undefined;
	return error;
}
