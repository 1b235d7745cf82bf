import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { list, number, parse, record } from '../../test/support/read.mts';
import { fetchTarball, install, npm, ROOT } from '../support/npmCache.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns, median, ratios } from '../support/stats.mts';

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
/** Loads one package as n8n does, in a process that has n8n's engine and nothing else yet. */
const LOAD = `
	const { PackageDirectoryLoader } = require('n8n-core');
	const startedAt = performance.now();
	const loaded = new PackageDirectoryLoader(process.argv[1]).loadAll();
	loaded.then(() => process.stdout.write(String(performance.now() - startedAt), () => process.exit()));
`;

/** What this checkout would publish. */
function ownSizes() {
	const packed = npm(ROOT, 'pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error');
	const { size, unpackedSize } = record(list(parse(packed))[0]);
	return {
		label: OWN,
		folder: ROOT,
		tarball: number(size),
		installed: number(unpackedSize),
		packages: 1,
	};
}

async function sizesOf({ name, version }: { name: string; version: string }) {
	const spec = `${name}@${version}`;
	const modules = path.join(await install(spec), 'node_modules');
	// Links are not followed.
	const files = readdirSync(modules, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name));
	const isPackage = (file: string) => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file);
	return {
		label: spec,
		folder: path.join(modules, name),
		tarball: statSync(await fetchTarball(spec)).size,
		installed: files.reduce((sum, file) => sum + statSync(file).size, 0),
		packages: files.filter(isPackage).length,
	};
}

/** What the package costs those who install it. */
export async function footprint({ rounds }: Extent): Promise<Part> {
	const all = [ownSizes(), ...(await Promise.all(OTHERS.map(sizesOf)))];
	const userFolder = mkdtempSync(path.join(tmpdir(), 'digicert-load-'));
	async function load(folder: string) {
		const { stdout } = await promisify(execFile)(process.execPath, ['-e', LOAD, folder], {
			cwd: ROOT,
			env: { ...process.env, N8N_USER_FOLDER: userFolder, N8N_ENCRYPTION_KEY: 'for this only' },
		});
		return { ms: Number(stdout) };
	}
	const measures = Object.fromEntries(all.map(({ label, folder }) => [label, () => load(folder)]));
	// The first round brings the files into the system's cache.
	await inTurns(1, measures);
	const found = await inTurns(rounds * 4 + 1, measures);
	rmSync(userFolder, { recursive: true });
	const others = all.slice(1).map(({ label }) => label);
	const [lightest = ''] = others.sort((a, b) => median(found(a, 'ms')) - median(found(b, 'ms')));
	const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
	return {
		title: '(e) Loading and size',
		notes: [
			"Beside the three most downloaded community packages of the same kind on npm. Loading is n8n's own loader, each time in a new process that has loaded n8n's engine before. 'Installed' is what n8n's installation brings, with the packages that it depends on.",
		],
		rows: all.map(({ label }) => ({
			what: `load ${label}`,
			unit: 'ms',
			values: found(label, 'ms'),
		})),
		ratios: [
			{
				what: `load ${OWN} : the lightest, ${lightest}`,
				values: ratios(found(OWN, 'ms'), found(lightest, 'ms')),
				bound: 1.3,
			},
		],
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
