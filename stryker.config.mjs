/**
 * Mutation testing over the built product, which is what the tests run: `npm run test:mutants`
 * (tools/mutants/index.mts) takes a random sample of all mutants and passes it by way of this file, which
 * is Stryker's configuration and a plugin of its own. Stryker cannot sample by itself.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import all from './jest.all.config.js';

/** Path of a list of the mutants to try. */
const SAMPLE = process.env.MUTANTS_SAMPLE;

/**
 * Tests that read the code and the pages as texts: they would see that the code is not as it was
 * built, and nothing of what it does. The sandbox's own tests never load the product.
 */
const READ_TEXTS = [
	'test/package/',
	'test/contract/',
	'test/faults/broken\\.test',
	'test/descriptions/(citations|docs|readme|troubleshooting)\\.test',
];

/** What tells one mutant from all others, however they are numbered. */
function keyOf({ fileName, location: { start, end }, mutatorName, replacement }) {
	const file = fileName.replaceAll('\\', '/').replace(/^.*\/(?=dist\/)/, '');
	const place = [start.line, start.column, end.line, end.column].join(':');
	return `${file}:${place} ${mutatorName} ${replacement}`;
}

/** Lets the mutants of the sample pass. To Stryker, the others do not compile, so they count for nothing. */
class SampleChecker {
	async init() {
		this.sample = new Set(JSON.parse(readFileSync(SAMPLE, 'utf8')).map(keyOf));
	}

	async group(mutants) {
		return [mutants.map(({ id }) => id)];
	}

	async check(mutants) {
		return Object.fromEntries(
			mutants.map((mutant) => [
				mutant.id,
				this.sample.has(keyOf(mutant))
					? { status: 'passed' }
					: { status: 'compileError', reason: 'not in the sample' },
			]),
		);
	}
}

/** Prints each mutant that no test saw as soon as that is known, and how many were tried: all take hours. */
class SurvivorReporter {
	tried = 0;

	onMutantTested({ fileName, location, status, mutatorName, replacement }) {
		if (['Ignored', 'CompileError'].includes(status)) return;
		this.tried += 1;
		if (this.tried % 25 === 0) console.log(`${this.tried} tried`);
		if (!['Survived', 'NoCoverage', 'Pending'].includes(status)) return;
		const { line, column } = location.start;
		const place = `${path.relative(import.meta.dirname, fileName)}:${line}:${column}`;
		console.log(`${status}  ${place}  ${mutatorName}: ${replacement.replace(/\s+/g, ' ')}`);
	}
}

export const strykerPlugins = [
	declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker),
	declareClassPlugin(PluginKind.Reporter, 'survivors', SurvivorReporter),
];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	mutate: ['dist/{nodes,credentials}/**/*.js'],
	plugins: ['@stryker-mutator/jest-runner', import.meta.filename],
	checkers: SAMPLE === undefined ? [] : ['sample'],
	testRunner: 'jest',
	coverageAnalysis: 'perTest',
	// Every test loads the node, so no file is related to fewer tests than all.
	jest: {
		configFile: 'jest.all.config.js',
		config: {
			testPathIgnorePatterns: [...all.testPathIgnorePatterns, ...READ_TEXTS],
			testRunner: '<rootDir>/tools/mutants/jest-circus-brief.mjs',
			testSequencer: '<rootDir>/tools/mutants/cheapestFirst.mjs',
		},
		enableFindRelatedTests: false,
	},
	ignorePatterns: ['docs/images', 'coverage', 'reports'],
	// Outside of the checkout, which has to stay clean however this ends.
	tempDirName: SAMPLE === undefined ? '.stryker-tmp' : path.join(path.dirname(SAMPLE), 'checkout'),
	concurrency: 2,
	// Each n8n-core that Jest loads stays in memory: 4 GB were full after all files one by one.
	testRunnerNodeArgs: ['--max-old-space-size=8192'],
	maxTestRunnerReuse: 12,
	// The engine takes seconds to load, also when a mutant lets a test end early.
	timeoutMS: 60_000,
	// All tests one after the other, in one process, on a machine that may be busy.
	dryRunTimeoutMinutes: 30,
	reporters: ['survivors'],
	fileLogLevel: 'off',
	logLevel: 'error',
	allowConsoleColors: false,
};
