/**
 * Jest's own runner of test files, and as much less of it as a mutant needs: a file without any test
 * of the wanted ones is not loaded (n8n's engine takes seconds), and after a test that failed
 * nothing more is run. Stryker asks for neither: it runs every file, whatever it is after. It knows
 * a runner of this kind by `jest-circus` in its path.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import circus from 'jest-circus/runner';

/** What the first run noted, in which no mutant is active: the names and the time of each file. */
const NOTES = path.join(path.dirname(process.env.MUTANTS_SAMPLE ?? ''), 'tests.json');
/** Runs, by their configuration, in which a test failed. */
const failed = new WeakSet();

/** By path of the file: `{ names, ms }`. */
export const readNotes = () => (existsSync(NOTES) ? JSON.parse(readFileSync(NOTES, 'utf8')) : {});

/** A file of which nothing was run. Jest takes none without a test. */
const nothingOf = (testFilePath) => ({
	testFilePath,
	leaks: false,
	openHandles: [],
	perfStats: { start: 0, end: 0, runtime: 0, slow: false, loadTestEnvironmentStart: 0 },
	skipped: true,
	snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [] },
	numFailingTests: 0,
	numPassingTests: 0,
	numPendingTests: 1,
	numTodoTests: 0,
	testResults: [
		{
			...{ ancestorTitles: [], title: 'not run', fullName: 'not run', status: 'pending' },
			...{ failureMessages: [], failureDetails: [], numPassingAsserts: 0 },
		},
	],
});

/** Leaves out what has not run yet. Jest asks for a test's mode when it comes to it. */
function skipRest({ children }) {
	for (const child of children) {
		if (child.type === 'describeBlock') skipRest(child);
		else child.mode = 'skip';
	}
}

/** Ends a file with its first test that fails: those of a folder are one file (group.mts). */
function endWithFirstFailure(environment) {
	const handle = environment.handleTestEvent?.bind(environment);
	environment.handleTestEvent = async (event, state) => {
		await handle?.(event, state);
		if (event.name === 'test_done' && event.test.errors.length > 0) {
			skipRest(state.rootDescribeBlock);
		}
	};
}

/** As Jest calls it. */
export default async function runFile(globalConfig, config, environment, runtime, file, send) {
	const { testNamePattern } = globalConfig;
	const pattern = testNamePattern && new RegExp(testNamePattern);
	const isFirst = process.env.__STRYKER_ACTIVE_MUTANT__ === undefined;
	const names = isFirst ? undefined : readNotes()[file]?.names;
	const isWanted = pattern === undefined || names?.some((name) => pattern.test(name));
	if (failed.has(globalConfig) || isWanted === false) return nothingOf(file);

	if (!isFirst) endWithFirstFailure(environment);
	const startedAt = performance.now();
	const result = await circus.default(globalConfig, config, environment, runtime, file, send);
	if (result.numFailingTests > 0 && !isFirst) failed.add(globalConfig);
	if (isFirst) {
		const noted = {
			names: result.testResults.map(({ fullName }) => fullName),
			ms: performance.now() - startedAt,
		};
		writeFileSync(NOTES, JSON.stringify({ ...readNotes(), [file]: noted }));
	}
	return result;
}
