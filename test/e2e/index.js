'use strict';

const { parseArgs } = require('node:util');

const { endWithThisProcess, stopAll } = require('./processes');
const { createReport, say } = require('./report');
const { CACHE } = require('./toolchain/cache');
const { newest, oldest } = require('./toolchain/releases');
const { runEditor } = require('./parts/editor');
const { runProduct } = require('./parts/product');
const { runQueue } = require('./parts/queue');

const USAGE = `Usage: npm run e2e -- [part …] [--screenshots]

Parts; newest, oldest and editor when none is named:
  newest    the package in the newest n8n that installs
  oldest    the same in the oldest n8n that we support
  editor    the node in the editor of the newest, in a browser; with --screenshots it takes the
            README's pictures anew
  queue     the newest in queue mode, with Redis, PostgreSQL and two workers

  E2E_CACHE=<folder>  where n8n and Node.js are kept between runs
`;

/**
 * @typedef {{ screenshots?: boolean }} Flags
 * @type {Record<string, (report: import('./report').Report, flags: Flags) => Promise<unknown>>}
 */
const PARTS = {
	newest: async (report) => await runProduct(report, newest),
	oldest: async (report) => await runProduct(report, oldest),
	editor: async (report, { screenshots = false }) => await runEditor(report, newest, screenshots),
	queue: async (report) => await runQueue(report, newest),
};

async function main() {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: { help: { type: 'boolean' }, screenshots: { type: 'boolean' } },
	});
	if (values.help) return void process.stdout.write(USAGE);
	const parts = positionals.length > 0 ? positionals : ['newest', 'oldest', 'editor'];
	const unknown = parts.find((part) => !Object.hasOwn(PARTS, part));
	if (unknown !== undefined) throw new Error(`There is no part ${unknown}.\n\n${USAGE}`);

	endWithThisProcess();
	const report = createReport();
	say(`the cache is ${CACHE}`);
	for (const part of parts) {
		say(`== ${part}`);
		await report.check(
			`${part} ran to its end`,
			async () => void (await PARTS[part](report, values)),
		);
	}
	await stopAll();
	const { passed, failed, notRun } = report.totals();
	if (notRun > 0) process.stdout.write(`${notRun} not run\n`);
	process.stdout.write(`${passed} passed, ${failed} failed\n`);
	process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
	process.stderr.write(`${error.stack}\n`);
	process.exitCode = 1;
});
