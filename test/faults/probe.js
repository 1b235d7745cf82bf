'use strict';

const { get } = require('node:http');

/** Pause between two probes, in ms. */
const PAUSE = 150;

/**
 * Makes a request on a connection of its own. Connections are taken in the order in which they
 * come, so what was sent before is with the server once this is answered.
 *
 * @param {string} origin of a sandbox
 * @returns {Promise<void>}
 */
function ask(origin) {
	return new Promise((resolve, reject) => {
		const request = get(`${origin}/sandbox/probe`, { agent: false }, (response) =>
			response.resume().once('end', resolve),
		);
		request.once('error', reject);
	});
}

/**
 * Watches how long a request takes on this machine while a run is made, to tell a run with planned
 * faults alone from one in which the machine was too busy to answer in time.
 *
 * @param {string} origin of a sandbox
 */
function startProbe(origin) {
	let slowest = 0;
	let ended = false;

	async function watch() {
		while (!ended) {
			const startedAt = Date.now();
			await ask(origin);
			slowest = Math.max(slowest, Date.now() - startedAt);
			await new Promise((resolve) => setTimeout(resolve, PAUSE));
		}
	}
	const watching = watch();

	return {
		/** @returns {Promise<number>} how long the slowest one took, in ms */
		async end() {
			ended = true;
			await watching;
			return slowest;
		},
	};
}

module.exports = { ask, startProbe };
