'use strict';

/**
 * `npm run bench`: measures what the README claims, and writes BENCHMARKS.md. Names of parts run
 * these only, `--quick` makes everything small and once; both print and write nothing.
 *
 *   npm run bench
 *   npm run bench -- overhead concurrency
 *   npm run bench -- --quick
 */
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');

const prettier = require('prettier');

const { version: coreVersion } = require('n8n-core/package.json');
const { version: workflowVersion } = require('n8n-workflow/package.json');
const { version: undiciVersion } = require('undici/package.json');
const { version } = require('../package.json');
const { VERSION: httpRequestVersion } = require('./support/httpRequestNode');
const { isKept, partText, reportText } = require('./support/report');
const { ROOT } = require('./support/npmCache');

const PARTS = {
	overhead: () => require('./parts/overhead').overhead,
	concurrency: () => require('./parts/concurrency').concurrency,
	rateLimit: () => require('./parts/rateLimit').rateLimit,
	scale: () => require('./parts/scale').scale,
	footprint: () => require('./parts/footprint').footprint,
	faults: () => require('./parts/faults').faults,
};
const VERSIONS = {
	'n8n-nodes-digicert': version,
	'n8n-core': coreVersion,
	'n8n-workflow': workflowVersion,
	'HTTP Request node': `n8n's own, from n8n-nodes-base ${httpRequestVersion}, unchanged`,
	undici: undiciVersion,
};

async function main() {
	const { values, positionals } = parseArgs({
		options: { quick: { type: 'boolean', default: false } },
		allowPositionals: true,
	});
	const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
	if (unknown.length > 0)
		throw new Error(`No such part: ${unknown}. There are ${Object.keys(PARTS)}`);

	const extent = values.quick ? { rounds: 1, share: 0.1 } : { rounds: 5, share: 1 };
	/** @type {import('./support/report').Part[]} */
	const found = [];
	for (const [name, load] of Object.entries(PARTS)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		const part = await load()(extent);
		found.push(part);
		console.log(`${partText(part)}\n`);
	}
	const missed = found.flatMap(({ ratios }) => ratios).filter((ratio) => !isKept(ratio));
	console.log(
		missed.length === 0 ? 'All ratios are kept.' : `${missed.length} ratios are not kept.`,
	);
	if (values.quick || positionals.length > 0) return;
	const file = path.join(ROOT, 'BENCHMARKS.md');
	const text = await prettier.format(reportText(found, VERSIONS), { filepath: file });
	writeFileSync(file, text);
}

main().then(
	// A run that hangs must not keep the process.
	() => process.exit(),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
