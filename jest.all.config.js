'use strict';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const path = require('node:path');

const one = require('./jest.config.js');

/** What the compiler leaves of a module that holds types only. */
const TYPES_ONLY =
	/^"use strict";\s*Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\s*(\/\/#.*\s*)?$/;

const filesIn = (folder) =>
	existsSync(path.join(__dirname, folder))
		? readdirSync(path.join(__dirname, folder), { recursive: true }).map((file) =>
				path.join(folder, String(file)),
			)
		: [];

/** Built modules without any code: there is nothing in them to be covered. */
const typesOnly = filesIn('dist')
	.filter((file) => file.endsWith('.js'))
	.filter((file) => TYPES_ONLY.test(readFileSync(path.join(__dirname, file), 'utf8')));

/** Folders whose files run together (test/support/group.mts). */
const grouped = filesIn('test')
	.filter((file) => file.endsWith('.group.mts'))
	.map((file) => `<rootDir>/${path.dirname(file)}/[^/]+\\.test\\.mts$`);

/** All tests, with coverage, as `npm test` runs them. */
module.exports = {
	...one,
	testMatch: [...one.testMatch, '<rootDir>/test/**/*.group.mts'],
	testPathIgnorePatterns: grouped,
	testSequencer: '<rootDir>/test/support/groupsFirst.mjs',
	// A worker waits for answers and timeouts, and groups differ in length.
	maxWorkers: 2 * availableParallelism(),
	collectCoverage: true,
	collectCoverageFrom: ['dist/{nodes,credentials}/**/*.js', ...typesOnly.map((file) => `!${file}`)],
	coverageReporters: ['text'],
	coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
