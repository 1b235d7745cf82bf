'use strict';

/**
 * `npm run test:faults`: runs the built node in n8n's own engine against the sandbox, under every
 * fault that the sandbox knows, and counts at the sandbox what it left behind. Ends with status 1
 * when something is that must not be.
 *
 * --creations N   how many creation requests to send (10000)
 * --seed N        the schedule (a new one each time)
 * --run N         one run of the schedule alone
 */
const { parseArgs } = require('node:util');

const { report } = require('./report');
const { runSuite } = require('./suite');

async function main() {
	const { values } = parseArgs({
		options: {
			creations: { type: 'string', default: '10000' },
			seed: { type: 'string', default: String(Date.now() % 1_000_000) },
			run: { type: 'string' },
		},
	});
	const seed = Number(values.seed);
	const run = values.run === undefined ? undefined : Number(values.run);
	console.log(`Seed ${seed}`);
	const result = await runSuite({ seed, run, creations: Number(values.creations) });
	console.log(report(result, { seed, command: 'npm run test:faults --' }));
	process.exitCode = result.failed.length === 0 ? 0 : 1;
}

main().catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
