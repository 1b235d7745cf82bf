'use strict';

const { execFile } = require('node:child_process');
const { readdirSync, statSync } = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const { fetchTarball, install, npm, ROOT } = require('../support/npmCache');
const { inTurns } = require('../support/stats');

const RUN = path.join(__dirname, '..', 'support', 'loadRun.js');
const OWN = 'n8n-nodes-digicert';
/**
 * The most downloaded community packages on npm that are what this one is: nodes for the HTTP API
 * of one service, with a credential of their own.
 */
const OTHERS = [
	{ name: 'n8n-nodes-evolution-api', version: '1.0.4' },
	{ name: '@devlikeapro/n8n-nodes-chatwoot', version: '1.0.2' },
	{ name: '@mendable/n8n-nodes-firecrawl', version: '2.1.2' },
];

/** Files below a folder, links not followed. @param {string} folder */
function filesBelow(folder) {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name));
}

/** @param {string[]} files */
const sizeOf = (files) => files.reduce((sum, file) => sum + statSync(file).size, 0);

/** What this checkout would publish. */
function ownSizes() {
	const [{ size, unpackedSize }] = JSON.parse(
		npm(ROOT, 'pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'),
	);
	return { label: OWN, folder: ROOT, tarball: size, installed: unpackedSize, packages: 1 };
}

/** @param {{ name: string, version: string }} other */
function sizesOf({ name, version }) {
	const spec = `${name}@${version}`;
	const modules = path.join(install(spec), 'node_modules');
	const files = filesBelow(modules);
	const packages = files.filter((file) =>
		/node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file),
	);
	return {
		label: spec,
		folder: path.join(modules, name),
		tarball: statSync(fetchTarball(spec)).size,
		installed: sizeOf(files),
		packages: packages.length,
	};
}

/**
 * What the package costs those who install it.
 *
 * @param {{ rounds: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function footprint({ rounds }) {
	const all = [ownSizes(), ...OTHERS.map(sizesOf)];
	/** @param {string} folder */
	async function load(folder) {
		const { stdout } = await promisify(execFile)(process.execPath, [RUN, folder]);
		return { ms: Number(stdout) };
	}
	const measures = Object.fromEntries(
		all.map(({ label, folder }) => [label, async () => await load(folder)]),
	);
	// The first round brings the files into the system's cache.
	await inTurns(1, measures);
	const found = await inTurns(rounds * 2 - 1, measures);
	const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(0);
	return {
		title: '(e) Loading and size',
		notes: [
			"Beside the three most downloaded community packages of the same kind on npm. Loading is n8n's own loader, each time in a new process that has loaded n8n's engine before. 'Installed' is what n8n's installation brings, with the packages that it depends on.",
		],
		rows: all.map(({ label }) => ({
			what: `load ${label}`,
			unit: 'ms',
			values: found[label].ms,
		})),
		ratios: [],
		table: {
			head: ['package', 'tarball, kB', 'installed, kB', 'packages installed'],
			rows: all.map(({ label, tarball, installed, packages }) => [
				label,
				kilobytes(tarball),
				kilobytes(installed),
				packages,
			]),
		},
	};
}

module.exports = { footprint };
