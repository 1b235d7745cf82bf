'use strict';

/**
 * Loads one package as n8n does, in a process that has n8n's engine and nothing else yet:
 * `node loadRun.js <folder>` prints the ms it took.
 */
require('../../test/support/engine');
const { PackageDirectoryLoader } = require('n8n-core');

async function main() {
	const startedAt = performance.now();
	await new PackageDirectoryLoader(process.argv[2]).loadAll();
	console.log(performance.now() - startedAt);
}

main().catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
