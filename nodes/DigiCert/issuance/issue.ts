import type { ApiClient } from '../transport/client';
import { runInLanes } from './lanes';
import type { Outcome } from './outcome';
import { judge } from './outcome';
import { createPacer } from './pacer';
import type { IssuanceRequest } from './request';

/** How a run goes about its creations. */
export interface IssuanceSettings {
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** Longest total wait for the rate limit, in ms. */
	readonly rateLimitWaitMs: number;
	/** Start nothing new once a creation did not end as issued. */
	readonly stopOnFailure: boolean;
	/** Whether the execution was cancelled; then nothing new is started. */
	readonly isCancelled: () => boolean;
}

/**
 * Creates keys, each request sent once. Only a 429 is repeated, because DigiCert refuses it
 * before acting on it (digicert-api.md A.2 and G.2).
 *
 * @returns what became of each request that was started; the others have no entry
 */
export async function issueAll(
	client: ApiClient,
	requests: readonly IssuanceRequest[],
	settings: IssuanceSettings,
): Promise<Map<IssuanceRequest, Outcome>> {
	const outcomes = new Map<IssuanceRequest, Outcome>();
	const pacer = createPacer(settings.rateLimitWaitMs, settings.isCancelled);
	let failed = false;
	const isStopped = () => settings.isCancelled() || (failed && settings.stopOnFailure);

	async function issueOne(request: IssuanceRequest): Promise<void> {
		for (;;) {
			const pausesBefore = await pacer.ready();
			if (isStopped()) return;
			const sentAt = new Date();
			const exchange = await client.send(request.request);
			const limited = exchange.kind === 'reply' && exchange.status === 429;
			if (!limited) pacer.passed();
			else if (pacer.pause(pausesBefore, exchange.retryAfterMs)) continue;
			const outcome = judge(exchange, sentAt);
			outcomes.set(request, outcome);
			failed ||= outcome.kind !== 'issued';
			return;
		}
	}

	await runInLanes(
		requests,
		({ subject, name }) => JSON.stringify([subject.owner, name]),
		settings.concurrency,
		issueOne,
		isStopped,
	);
	return outcomes;
}
