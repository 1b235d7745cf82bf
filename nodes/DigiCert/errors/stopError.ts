import type { INode } from 'n8n-workflow';

import type { Issued, Outcome, Refused, Unknown } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../transport/client';
import type { NodeError } from './build';
import { explainOutcome, outcomeError } from './outcomeError';

/** A run's requests by how they ended, each in input order. */
interface Ends {
	readonly issued: Array<readonly [IssuanceRequest, Issued]>;
	readonly failed: Array<readonly [IssuanceRequest, Refused | Unknown]>;
	readonly notStarted: IssuanceRequest[];
}

function sortByEnd(
	requests: readonly IssuanceRequest[],
	outcomes: ReadonlyMap<IssuanceRequest, Outcome>,
): Ends {
	const ends: Ends = { issued: [], failed: [], notStarted: [] };
	for (const request of requests) {
		const outcome = outcomes.get(request);
		if (outcome === undefined) ends.notStarted.push(request);
		else if (outcome.kind === 'issued') ends.issued.push([request, outcome]);
		else ends.failed.push([request, outcome]);
	}
	return ends;
}

/** Names the keys whose values are lost because the node stops. */
function describeIssued({ api }: ApiClient, issued: Ends['issued']): string[] {
	if (issued.length === 0) return [];
	const count = issued.length === 1 ? '1 API key' : `${issued.length} API keys`;
	const keys = issued.map(
		([{ name, subject }, { reply }]) =>
			`key ${String(reply.id)} (${JSON.stringify(name)} of ${subject.owner})`,
	);
	return [
		`This run had already created ${count}: ${keys.join(', ')}. The values are lost with this stop, and the keys are still live: ${api.offWord} them. To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.`,
	];
}

function describeNotStarted(count: number): string[] {
	if (count === 0) return [];
	return [count === 1 ? '1 item was not started.' : `${count} items were not started.`];
}

/**
 * The one error of a run that stops: about the first item that failed, with everything else the
 * user has to know, because no item of this run is put out.
 *
 * @returns undefined when every request ended with a key
 */
export function stopError(
	node: INode,
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	outcomes: ReadonlyMap<IssuanceRequest, Outcome>,
): NodeError | undefined {
	const { issued, failed, notStarted } = sortByEnd(requests, outcomes);
	const [firstFailed, ...others] = failed;
	const [request, outcome] = firstFailed ?? [notStarted[0], undefined];
	if (request === undefined) return undefined;

	// Others that were in flight when the first one failed.
	const alsoFailed = others.map(([other, end]) => {
		const { message, found, advice } = explainOutcome(client, other, end);
		return `Item ${other.itemIndex}: ${message}. ${found} ${advice}`;
	});
	return outcomeError(node, client, request, outcome, [
		...alsoFailed,
		...describeIssued(client, issued),
		...describeNotStarted(notStarted.length),
	]);
}
