import { sleep } from 'n8n-workflow';

/** First pause after a 429 without Retry-After, in ms; each further one in a row doubles it. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Shortest pause, in ms, so that "Retry-After: 0" does not become a loop without end. */
const SHORTEST_PAUSE = 200;
/** A pause is slept in slices of this many ms, so that a cancelled execution ends it soon. */
const SLICE = 200;

/** Holds a whole run back while DigiCert's rate limit is reached. */
export interface Pacer {
	/** Resolves when requests may go out, with the number of pauses so far; at once when cancelled. */
	ready(): Promise<number>;
	/**
	 * Begins a pause after a 429, or joins the one that began since the refused request went out.
	 *
	 * @param pausesBefore what ready() gave before that request
	 * @param retryAfterMs what DigiCert asked for; without it, pauses grow, with jitter
	 * @returns false when the longest total wait does not allow another pause
	 */
	pause(pausesBefore: number, retryAfterMs: number | undefined): boolean;
	/** Tells that a request was let through: the next pause starts small again. */
	passed(): void;
}

/**
 * @param longestWait longest total of all pauses of the run, in ms
 * @param isCancelled whether the execution was cancelled
 */
export function createPacer(longestWait: number, isCancelled: () => boolean): Pacer {
	let resumeAt = 0;
	let pauses = 0;
	let inARow = 0;
	let waited = 0;

	function lengthOf(retryAfterMs: number | undefined): number {
		if (retryAfterMs !== undefined) return Math.max(SHORTEST_PAUSE, retryAfterMs);
		const grown = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** inARow);
		return grown * (0.75 + Math.random() / 2);
	}

	return {
		async ready() {
			while (Date.now() < resumeAt && !isCancelled()) {
				await sleep(Math.min(resumeAt - Date.now(), SLICE));
			}
			return pauses;
		},
		pause(pausesBefore, retryAfterMs) {
			const now = Date.now();
			// Requests in flight together are refused together: one pause serves them all, unless
			// DigiCert asks one of them for longer.
			const joins = pausesBefore < pauses;
			if (joins && retryAfterMs === undefined) return true;
			const until = now + lengthOf(retryAfterMs);
			if (joins && until <= resumeAt) return true;
			const added = until - Math.max(now, resumeAt);
			if (waited + added > longestWait) return false;
			waited += added;
			resumeAt = until;
			pauses += 1;
			inARow += 1;
			return true;
		},
		passed() {
			inARow = 0;
		},
	};
}
