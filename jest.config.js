'use strict';

/** Tests are plain Node.js and run the built package, so nothing is transformed. */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.js'],
	transform: {},
	maxWorkers: '100%',
	collectCoverage: true,
	collectCoverageFrom: [
		'dist/{nodes,credentials}/**/*.js',
		// These hold types only.
		'!dist/nodes/DigiCert/**/{types,exchange,explanation,request}.js',
	],
	coverageReporters: ['text'],
	coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
