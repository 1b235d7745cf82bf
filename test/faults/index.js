'use strict';

/**
 * `npm run test:faults`: runs the built node in n8n's own engine against the sandbox, under every
 * fault that the sandbox knows, and counts at the sandbox what it left behind. Ends with status 1
 * when something is that must not be.
 *
 * --creations N   how many creation requests to send (10000; with --broken, at most 3000)
 * --seed N        the schedule (a new one each time; with --broken, 1)
 * --run N         one run of the schedule alone
 * --broken        tries the suite itself on engines that are broken on purpose, and ends with
 *                 status 1 when it does not see what is wrong with one of them
 */
const { parseArgs } = require('node:util');

const { tryBroken } = require('./broken');
const { report } = require('./report');
const { runSuite } = require('./suite');

/** @returns {Promise<boolean>} whether all is well */
async function main() {
	const { values } = parseArgs({
		options: {
			broken: { type: 'boolean', default: false },
			creations: { type: 'string' },
			seed: { type: 'string' },
			run: { type: 'string' },
		},
	});
	const { broken, run } = values;
	const seed = Number(values.seed ?? (broken ? 1 : Date.now() % 1_000_000));
	const creations = Number(values.creations ?? (broken ? 3_000 : 10_000));
	if (broken) return await tryBroken({ seed, creations }, (line) => console.log(line));

	console.log(`Seed ${seed}`);
	const result = await runSuite({ seed, creations, run: run === undefined ? run : Number(run) });
	console.log(report(result, { seed, command: 'npm run test:faults --' }));
	return result.failed.length === 0;
}

main().then(
	(isWell) => {
		process.exitCode = isWell ? 0 : 1;
	},
	(error) => {
		console.error(error);
		process.exitCode = 1;
	},
);
