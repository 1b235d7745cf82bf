'use strict';

const startedAt = Date.now();

/** Tells what goes on, with the seconds since the start. @param {string} text */
function say(text) {
	const seconds = String(Math.round((Date.now() - startedAt) / 1000));
	process.stdout.write(`${seconds.padStart(5)} s  ${text}\n`);
}

/**
 * @typedef {object} Report
 * @property {(name: string, run: () => Promise<void> | void) => Promise<boolean>} check runs one
 *   check, which fails by throwing; the others go on. Says whether it passed.
 * @property {(name: string, reason: string) => void} notRun tells of a part that could not be run
 * @property {() => { passed: number, failed: number, notRun: number }} totals
 */

/** @returns {Report} */
function createReport() {
	const totals = { passed: 0, failed: 0, notRun: 0 };
	return {
		async check(name, run) {
			try {
				await run();
			} catch (error) {
				totals.failed += 1;
				const { stack, message } = /** @type {Error} */ (error);
				say(`  FAILED  ${name}\n${stack ?? message}`);
				return false;
			}
			totals.passed += 1;
			say(`  passed  ${name}`);
			return true;
		},
		notRun(name, reason) {
			totals.notRun += 1;
			say(`  NOT RUN ${name}: ${reason}`);
		},
		totals: () => ({ ...totals }),
	};
}

module.exports = { createReport, say };
