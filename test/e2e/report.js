'use strict';

const { inspect } = require('node:util');

const startedAt = Date.now();

/** Tells what goes on, with the seconds since the start. @param {string} text */
function say(text) {
	const seconds = String(Math.round((Date.now() - startedAt) / 1000));
	process.stdout.write(`${seconds.padStart(5)} s  ${text}\n`);
}

/**
 * @typedef {{ passed: number, failed: number, notRun: number }} Totals
 *
 * @typedef {object} Report
 * @property {(name: string, run: () => Promise<void> | void) => Promise<boolean>} check runs one
 *   check, which fails by throwing; the others go on. Says whether it passed.
 * @property {(name: string, run: () => Promise<void>) => Promise<Totals>} part runs the checks of
 *   one part and counts them. A part that breaks off counts as one failure.
 * @property {(name: string, reason: string) => void} notRun tells of a part that could not be run
 * @property {() => Totals} totals
 */

/** @returns {Report} */
function createReport() {
	const totals = { passed: 0, failed: 0, notRun: 0 };
	const fail = (/** @type {string} */ name, /** @type {unknown} */ error) => {
		totals.failed += 1;
		say(`  FAILED  ${name}\n${inspect(error)}`);
	};
	return {
		async check(name, run) {
			try {
				await run();
			} catch (error) {
				fail(name, error);
				return false;
			}
			totals.passed += 1;
			say(`  passed  ${name}`);
			return true;
		},
		async part(name, run) {
			say(`== ${name}`);
			const before = { ...totals };
			await run().catch((error) => fail(`${name} broke off`, error));
			return {
				passed: totals.passed - before.passed,
				failed: totals.failed - before.failed,
				notRun: totals.notRun - before.notRun,
			};
		},
		notRun(name, reason) {
			totals.notRun += 1;
			say(`  NOT RUN ${name}: ${reason}`);
		},
		totals: () => ({ ...totals }),
	};
}

module.exports = { createReport, say };
