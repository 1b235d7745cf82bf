'use strict';

/**
 * Single files of tests: `npx jest test/engine/heart/names`. They run the built package as it is;
 * only they themselves are compiled. All of them run by jest.all.config.js.
 */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.mts'],
	moduleFileExtensions: ['js', 'mts', 'json', 'node'],
	transform: {
		// An ES module, which jest loads in CommonJS tests from Node 24.9 on only.
		'/node_modules/jose/.+\\.js$': [
			'@swc/jest',
			{ jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
		],
		'\\.mts$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
				module: { type: 'commonjs' },
			},
		],
	},
	transformIgnorePatterns: ['/node_modules/(?!jose/)'],
	// A busy machine must not break a test: none of them is about time.
	testTimeout: 60_000,
	maxWorkers: '100%',
};
