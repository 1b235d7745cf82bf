/**
 * `npm run test:mutants -- --count 400 --seed 1`: changes the built product in one small place at
 * a time, at random places, and looks whether a test fails. Prints each mutant that was not seen
 * (stryker.config.mjs), and the share of those that were. Ends with status 1 when fewer than 95 %
 * were seen.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { Stryker } from '@stryker-mutator/core';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import fc from 'fast-check';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** The least share that has to be seen. */
const ENOUGH = 0.95;

/** What the compiler puts into every file, and nobody wrote. */
const BOILERPLATE = 'Object.defineProperty(exports, "__esModule"';

/** All mutants of the built product, in the order of their files. */
async function allMutants() {
	const files = ['dist/credentials', 'dist/nodes'].flatMap((folder) =>
		readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.js'))
			.sort()
			.map((file) => path.join(ROOT, folder, file)),
	);
	const quiet = () => undefined;
	const off = () => false;
	const instrumenter = new Instrumenter({
		...{ trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet },
		...{ isTraceEnabled: off, isDebugEnabled: off, isInfoEnabled: off },
		...{ isWarnEnabled: off, isErrorEnabled: off, isFatalEnabled: off },
	});
	const sources = files.map((name) => ({
		name,
		mutate: true,
		content: readFileSync(name, 'utf8'),
	}));
	const options = { plugins: null, excludedMutations: [], ignorers: [] };
	const { mutants } = await instrumenter.instrument(sources, options);
	// Its lines count from 0.
	const lines = new Map(sources.map(({ name, content }) => [name, content.split('\n')]));
	return mutants.filter(
		({ fileName, location }) =>
			lines.get(fileName)?.[location.start.line]?.startsWith(BOILERPLATE) !== true,
	);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			count: { type: 'string', default: '400' },
			seed: { type: 'string', default: String(Math.trunc(Date.now() / 1000)) },
		},
	});
	const [count, seed] = [Number(values.count), Number(values.seed)];
	const folder = mkdtempSync(path.join(tmpdir(), 'digicert-mutants-'));
	process.env.MUTANTS_SAMPLE = path.join(folder, 'sample.json');
	try {
		const mutants = await allMutants();
		const length = Math.min(count, mutants.length);
		const some = fc.subarray(mutants, { minLength: length, maxLength: length });
		const [sample = []] = fc.sample(some, { seed, numRuns: 1 });
		console.log(`${sample.length} of ${mutants.length} mutants, with --seed ${seed}`);
		writeFileSync(process.env.MUTANTS_SAMPLE, JSON.stringify(sample));
		const results = await new Stryker({ configFile: 'stryker.config.mjs' }).runMutationTest();

		const tried = results.filter(({ status }) => status !== 'CompileError' && status !== 'Ignored');
		// A file of tests that cannot even be loaded is Stryker's RuntimeError.
		const failed = ['Killed', 'Timeout', 'RuntimeError'];
		const seen = tried.filter(({ status }) => failed.includes(status));
		const share = seen.length / Math.max(1, tried.length);
		console.log(`${seen.length} of ${tried.length} seen: ${(100 * share).toFixed(1)} %`);
		if (tried.length < sample.length || share < ENOUGH) process.exitCode = 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

await main();
