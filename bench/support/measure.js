'use strict';

/**
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ wallMs: number, cpuMs: number }>} what it took; the CPU time is this
 *   process's, in user and in system mode, all threads
 */
async function measure(work) {
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	await work();
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { wallMs, cpuMs: (user + system) / 1000 };
}

module.exports = { measure };
