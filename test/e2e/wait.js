'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

const PAUSE_MS = 200;

/**
 * Asks again and again until there is an answer.
 *
 * @template T
 * @param {string} what it waits for; named when it does not come
 * @param {() => Promise<T | undefined>} ask
 * @param {number} [limitMs]
 * @returns {Promise<T>}
 * @throws {Error} when there is none in time
 */
async function until(what, ask, limitMs = 60_000) {
	const end = Date.now() + limitMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s for ${what}, in vain`);
		await sleep(PAUSE_MS);
	}
}

module.exports = { until };
