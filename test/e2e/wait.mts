import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 200;

/**
 * Asks again and again until there is an answer.
 *
 * @param what it waits for; named when it does not come
 * @throws {Error} when there is none in time
 */
export async function until<T>(
	what: string,
	ask: () => Promise<T | undefined> | T | undefined,
	limitMs = 60_000,
): Promise<T> {
	const end = Date.now() + limitMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s for ${what}, in vain`);
		await sleep(PAUSE_MS);
	}
}
