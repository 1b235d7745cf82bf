import { sleep } from 'n8n-workflow';

import { classify } from './classify';
import type { ApiClient, ApiRequest } from './client';
import type { Exchange } from './exchange';

/**
 * How long this package waits of its own accord, in ms. In one object, so that tests can wait for
 * less; nothing else changes it.
 */
export const pauses = {
	/** Before a call that reads or sets something is sent a second time; doubles, with jitter. */
	repeat: 200,
	/**
	 * Before the second look for a key that a request may be creating yet, at most: by then, a
	 * gateway that gave up on DigiCert has its answer, or there is none.
	 */
	secondLook: 2000,
	/** Between looks for an own key in a list that does not show it yet; doubles. */
	ownKey: 250,
	/** After a 429 without Retry-After. Short, because one request ends the pause alone. */
	rateLimit: 250,
	/** Shortest after a 429, so that "Retry-After: 0" does not become a loop without end. */
	rateLimitLeast: 200,
	/** Least total wait for the rate limit when keys are looked for or switched off. */
	rateLimitForCare: 60_000,
};

/**
 * How much longer each further pause in a row is. DigiCert's limits are rolling windows of seconds
 * and of minutes that may change without notice (digicert-api.md A.2), and a run goes on up to one
 * pause too late: growing by a twentieth loses about a twentieth of the window, however long it is.
 */
const GROWTH = 1.05;
const LONGEST_PAUSE = 30_000;
/** A pause is slept in slices of this many ms, so that a run that stops ends it soon. */
const SLICE = 200;

/** Holds a whole run back while DigiCert's rate limit is reached. */
export interface Pacer {
	/**
	 * Resolves when a request may go out, with the number of its turn. After a pause one request
	 * goes out alone, and the others wait for what becomes of it.
	 *
	 * @param isStopped once true, no pause is waited for: nothing is going to be sent
	 */
	ready(isStopped: () => boolean): Promise<number>;
	/**
	 * After a 429: begins a pause, or joins the one that began since the turn.
	 *
	 * @param retryAfterMs what DigiCert asked for; without it, pauses grow, with jitter
	 * @returns false when the longest total wait does not allow another pause
	 */
	pause(turn: number, retryAfterMs: number | undefined): boolean;
	/** Ends a turn, whatever came of it. Without a pause since it began, the next one is short again. */
	end(turn: number): void;
}

/** @param longestWait longest total of all pauses of the run, in ms */
export function createPacer(longestWait: number): Pacer {
	let resumeAt = 0;
	let begun = 0;
	let inARow = 0;
	let waited = 0;
	let isTrialDue = false;
	/** The turn that goes out alone, and those that wait for what becomes of it. */
	let trial: number | undefined;
	let waiting: Array<() => void> = [];

	function lengthOf(retryAfterMs: number | undefined): number {
		if (retryAfterMs !== undefined) return Math.max(pauses.rateLimitLeast, retryAfterMs);
		const grown = Math.min(LONGEST_PAUSE, pauses.rateLimit * GROWTH ** inARow);
		return grown * (0.75 + Math.random() / 2);
	}

	return {
		async ready(isStopped) {
			for (;;) {
				for (;;) {
					const left = resumeAt - performance.now();
					if (left <= 0 || isStopped()) break;
					await sleep(Math.min(left, SLICE));
				}
				if (trial === undefined) break;
				await new Promise<void>((resolve) => waiting.push(resolve));
			}
			if (isTrialDue) trial = begun;
			isTrialDue = false;
			return begun;
		},
		pause(turn, retryAfterMs) {
			const now = performance.now();
			// Requests in flight together are refused together: one pause serves them all, unless
			// DigiCert asks one of them for longer.
			const joins = turn < begun;
			if (joins && retryAfterMs === undefined) return true;
			const length = lengthOf(retryAfterMs);
			const until = now + length;
			if (joins && until <= resumeAt) return true;
			// Not `until - now`, whose rounding would make five pauses of 200 ms more than 1 s.
			const added = resumeAt > now ? until - resumeAt : length;
			if (waited + added > longestWait) return false;
			waited += added;
			resumeAt = until;
			begun += 1;
			inARow += 1;
			isTrialDue = true;
			return true;
		},
		end(turn) {
			if (trial === turn) {
				trial = undefined;
				for (const goOn of waiting) goOn();
				waiting = [];
			}
			// What went out before the pause says nothing of the limit now.
			if (turn === begun) inARow = 0;
		},
	};
}

/**
 * Sends a request when the rate limit allows it. A 429 is waited for and sent again, because
 * DigiCert refuses it before acting on it (digicert-api.md A.2 and G.2); nothing else is.
 *
 * @param isStopped once true, the request is not sent (again)
 * @returns the last answer, a 429 if the wait ended with it; undefined when it was stopped before
 *   one came that says more than a 429, so that nothing was done
 */
export async function sendPaced(
	client: ApiClient,
	pacer: Pacer,
	request: ApiRequest,
	isStopped: () => boolean,
): Promise<Exchange | undefined> {
	for (;;) {
		const turn = await pacer.ready(isStopped);
		try {
			if (isStopped()) return undefined;
			const exchange = await client.send(request);
			if (exchange.kind !== 'reply' || classify(exchange) !== 'limited') return exchange;
			if (!pacer.pause(turn, exchange.retryAfterMs)) return exchange;
		} finally {
			// Whatever is thrown, those that wait for this turn go on.
			pacer.end(turn);
		}
	}
}
