'use strict';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

/** What the compiler leaves of a module that holds types only. */
const TYPES_ONLY =
	/^"use strict";\s*Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\s*(\/\/#.*\s*)?$/;

/** Built modules without any code: there is nothing in them to be covered. */
function typesOnly(folder) {
	if (!existsSync(path.join(__dirname, folder))) return [];
	return readdirSync(path.join(__dirname, folder), { recursive: true })
		.map((file) => path.join(folder, String(file)))
		.filter((file) => file.endsWith('.js'))
		.filter((file) => TYPES_ONLY.test(readFileSync(path.join(__dirname, file), 'utf8')));
}

/** Tests run the built package, which is instrumented as it is; only they themselves are compiled. */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.{mts,js}'],
	moduleFileExtensions: ['js', 'mts', 'json', 'node'],
	transform: {
		'\\.mts$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
			},
		],
	},
	// A busy machine must not break a test: none of them is about time.
	testTimeout: 60_000,
	maxWorkers: '100%',
	collectCoverage: true,
	collectCoverageFrom: [
		'dist/{nodes,credentials}/**/*.js',
		...typesOnly('dist').map((file) => `!${file}`),
	],
	coverageReporters: ['text'],
	coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
