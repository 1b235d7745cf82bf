import type { ApiClient } from '../transport/client';
import type { Pacer } from '../transport/pacer';
import { sendPaced } from '../transport/sendPaced';
import { runInLanes } from './lanes';
import type { Outcome } from './outcome';
import { judge } from './outcome';
import type { IssuanceRequest } from './request';

/** How a run goes about its creations. */
export interface IssuanceSettings {
	/** Holds the whole run back while the rate limit is reached. */
	readonly pacer: Pacer;
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** Start nothing new once a creation did not end as issued. */
	readonly stopOnFailure: boolean;
	/** Whether the execution was cancelled; then nothing new is started. */
	readonly isCancelled: () => boolean;
}

/**
 * Creates keys, each request sent once; only a 429 is repeated.
 *
 * @returns what became of each request that was started; the others have no entry
 */
export async function issueAll(
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	{ pacer, concurrency, stopOnFailure, isCancelled }: IssuanceSettings,
): Promise<Map<IssuanceRequest, Outcome>> {
	const outcomes = new Map<IssuanceRequest, Outcome>();
	let failed = false;
	const isStopped = () => isCancelled() || (failed && stopOnFailure);

	async function issueOne(request: IssuanceRequest): Promise<void> {
		const sent = await sendPaced(client, pacer, request.request, isStopped);
		if (sent === undefined) return;
		const outcome = judge(request, sent);
		outcomes.set(request, outcome);
		failed ||= outcome.kind !== 'issued';
	}

	await runInLanes(
		requests,
		({ subject, name }) => JSON.stringify([subject.thing, name]),
		concurrency,
		issueOne,
		isStopped,
	);
	return outcomes;
}
