'use strict';

const { parseArgs } = require('node:util');

const { endWithThisProcess, stopAll } = require('./processes');
const { createReport, say } = require('./report');
const { runEditor } = require('./parts/editor');
const { runExamples } = require('./parts/examples');
const { runProduct } = require('./parts/product');
const { runQueue } = require('./parts/queue');
const { CACHE } = require('./toolchain/cache');
const { nodeOf } = require('./toolchain/node');
const { newest, oldest } = require('./toolchain/releases');
const { table, writeBetween } = require('./written');

const USAGE = `Usage: npm run e2e -- [part …] [--screenshots] [--write]

Parts; newest, oldest, editor and examples when none is named:
  newest    the package in the newest n8n that installs
  oldest    the same in the oldest n8n that we support
  editor    the node in the editor of the newest, in a browser
  examples  the example workflows in the newest, with Debian's Custodia and n8n's own API
  queue     the newest in queue mode, with Redis, PostgreSQL and two workers

  --screenshots       editor, examples: takes the pictures of the documentation anew
  --write             newest with oldest and editor: writes the README's table of versions;
                      queue: writes the counts in docs/scaling-out.md
  E2E_CACHE=<folder>  where n8n, Node.js and servers are kept between runs
  CHROMIUM=<path>     the browser
`;
const USUAL = ['newest', 'oldest', 'editor', 'examples'];

/**
 * @typedef {import('./report').Report} Report
 * @typedef {import('./report').Totals} Totals
 * @typedef {{ screenshots?: boolean, write?: boolean }} Flags
 */

/** @type {Record<string, (report: Report, flags: Flags) => Promise<void>>} */
const PARTS = {
	newest: async (report) => await runProduct(report, newest),
	oldest: async (report) => await runProduct(report, oldest),
	editor: async (report, { screenshots = false }) => await runEditor(report, newest, screenshots),
	examples: async (report, { screenshots = false }) =>
		await runExamples(report, newest, screenshots),
	queue: async (report, { write = false }) => await runQueue(report, newest, write),
};

/** @param {Totals | undefined} totals */
function inWords(totals) {
	if (totals === undefined || totals.notRun > 0) return 'not run';
	return `${totals.passed} checks passed`;
}

/** @param {Record<string, Totals>} results */
async function writeVersions(results) {
	const row = async (/** @type {typeof newest} */ release, /** @type {string[]} */ ...cells) => [
		release.version,
		(await nodeOf(release.node)).version,
		...cells,
	];
	const rows = [
		await row(newest, inWords(results.newest), inWords(results.editor)),
		await row(oldest, inWords(results.oldest), 'not tried'),
	];
	const head = ['n8n', 'Node.js', 'Credentials, workflows, triggers', 'Editor'];
	await writeBetween('README.md', 'versions', table(head, rows));
}

async function main() {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: {
			help: { type: 'boolean' },
			screenshots: { type: 'boolean' },
			write: { type: 'boolean' },
		},
	});
	if (values.help) return void process.stdout.write(USAGE);
	const parts = positionals.length > 0 ? positionals : USUAL;
	const unknown = parts.find((part) => !Object.hasOwn(PARTS, part));
	if (unknown !== undefined) throw new Error(`There is no part ${unknown}.\n\n${USAGE}`);

	endWithThisProcess();
	say(`the cache is ${CACHE}`);
	const report = createReport();
	/** @type {Record<string, Totals>} */
	const results = {};
	for (const part of parts) {
		results[part] = await report.part(part, async () => await PARTS[part](report, values));
	}
	await stopAll();

	const { passed, failed, notRun } = report.totals();
	if (values.write && failed === 0 && USUAL.every((part) => part in results)) {
		await writeVersions(results);
	}
	if (notRun > 0) process.stdout.write(`${notRun} not run\n`);
	process.stdout.write(`${passed} passed, ${failed} failed\n`);
	process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
	process.stderr.write(`${error.stack}\n`);
	process.exitCode = 1;
});
