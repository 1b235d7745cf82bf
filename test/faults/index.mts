/**
 * `npm run test:faults`: runs the built node in n8n's own engine against the sandbox, under
 * everything that can go wrong, and counts at the sandbox what it left behind. Ends with status 1
 * when something is that must not be.
 *
 * --creations N   how many creations to send (10000; with --broken, at most 3000)
 * --pairs N       N pairs of executions that overlap, for the same names
 * --polls N       N histories of a list of keys, polled by the trigger
 * --seed N        which runs (others each time; with --broken, 1)
 * --run PATH      one run alone, by its number or fast-check's path; looks for the smallest failure
 * --injection     throws at every call of the engine's own functions, one at a time
 * --broken        tries the suite itself on engines that are broken on purpose, and ends with
 *                 status 1 when it does not see what is wrong with one of them
 *
 * Without any of them: 10000 creations, 1000 pairs, 200 histories and most of the injection.
 */
import { parseArgs } from 'node:util';

import { inject } from './injection.mts';
import { pollSuite } from './polls.mts';
import { report, reportPolls } from './report.mts';
import { replay, runSuite } from './suite.mts';
import type { SuiteOptions } from './suite.mts';
import { tryBroken } from './tryBroken.mts';

const { values } = parseArgs({
	options: {
		broken: { type: 'boolean', default: false },
		injection: { type: 'boolean', default: false },
		creations: { type: 'string' },
		pairs: { type: 'string' },
		polls: { type: 'string' },
		seed: { type: 'string' },
		run: { type: 'string' },
	},
});
const COMMAND = 'npm run test:faults --';

/** Makes runs and prints what they left behind; gives whether all is well. */
async function count(what: SuiteOptions): Promise<boolean> {
	const result = await runSuite(what);
	const pairs = what.pairs === undefined ? '' : ` --pairs ${what.pairs}`;
	console.log(report(result, `${COMMAND} --seed ${what.seed}${pairs}`));
	return result.failed.length === 0;
}

async function poll(seed: number, histories: number): Promise<boolean> {
	const result = await pollSuite({ seed, histories });
	console.log(reportPolls(result));
	return result.failure === undefined;
}

async function main(): Promise<boolean> {
	const seed = Number(values.seed ?? (values.broken ? 1 : Date.now() % 1_000_000));
	const creations = Number(values.creations ?? (values.broken ? 3_000 : 10_000));
	const pairs = values.pairs === undefined ? undefined : Number(values.pairs);
	console.log(`Seed ${seed}`);
	if (values.broken) return await tryBroken({ seed, most: creations }, console.log);
	if (values.injection) return await inject(console.log);
	if (values.polls !== undefined) return await poll(seed, Number(values.polls));
	if (values.run !== undefined) {
		const failure = await replay({ seed, ...(pairs === undefined ? {} : { pairs }) }, values.run);
		console.log(failure ?? 'The run does not fail.');
		return failure === undefined;
	}
	if (pairs !== undefined) return await count({ seed, pairs });
	if (values.creations !== undefined) return await count({ seed, creations });
	const isWell = [
		await count({ seed, creations }),
		await count({ seed, pairs: Math.ceil(creations / 10) }),
		await poll(seed, Math.ceil(creations / 50)),
		await inject(console.log, { isWhole: false }),
	];
	return isWell.every(Boolean);
}

main().then(
	// A run that hangs must not keep the process.
	(isWell) => process.exit(isWell ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
