import type { ApiClient } from '../http/client';
import type { Pacer } from '../http/pacer';
import { sendPaced } from '../http/sendPaced';
import { runInLanes } from './lanes';
import type { Outcome, Withheld } from './outcome';
import { judge } from './outcome';
import { laneOf } from './request';
import type { IssuanceRequest } from './request';

/** How a run goes about its creations. */
export interface IssuanceSettings {
	/** Holds the whole run back while the rate limit is reached. */
	readonly pacer: Pacer;
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** Send nothing for a key that an earlier request of the run has made, or may have made. */
	readonly oncePerName: boolean;
	/** Start nothing new once a creation did not end as issued. */
	readonly stopOnFailure: boolean;
	/** Whether the execution was cancelled; then nothing new is started. */
	readonly isCancelled: () => boolean;
}

/**
 * Creates keys, each request sent once; only a 429 is repeated.
 *
 * @param client one that a cancelled execution does not interrupt: a request that is broken off
 *   leaves a key that nobody can name
 * @returns what became of each request that was started; the others have no entry
 */
export async function issueAll(
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	{ pacer, concurrency, oncePerName, stopOnFailure, isCancelled }: IssuanceSettings,
): Promise<Map<IssuanceRequest, Outcome>> {
	const outcomes = new Map<IssuanceRequest, Outcome>();
	const taken = new Map<string, Withheld>();
	let failed = false;
	const isStopped = () => isCancelled() || (failed && stopOnFailure);

	async function issueOne(request: IssuanceRequest): Promise<void> {
		const lane = laneOf(request);
		const withheld = oncePerName ? taken.get(lane) : undefined;
		if (withheld !== undefined) {
			outcomes.set(request, withheld);
			return;
		}
		const sent = await sendPaced(client, pacer, request.request, isStopped);
		if (sent === undefined) return;
		const outcome = judge(request, sent);
		outcomes.set(request, outcome);
		failed ||= outcome.kind !== 'issued';
		if (outcome.kind !== 'refused') {
			taken.set(lane, { kind: 'withheld', earlier: request });
		}
	}

	await runInLanes(requests, laneOf, concurrency, issueOne, isStopped);
	return outcomes;
}
