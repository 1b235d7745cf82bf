/**
 * `npm run scan`: n8n's own community package scan on the sources and on the unpacked tarball,
 * before anything is published. It is the same analysis that n8n runs on verified packages,
 * without the look at the registry. `npm run scan -- --published` has the published version
 * scanned as n8n will, again and again until it passes: what was just published takes a while to
 * be there with its provenance. Ends with status 1 when it finds something.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isRecord } from '../test/support/read.mts';
import { readPackage, textsOf } from './manifest.mts';

const ROOT = path.dirname(import.meta.dirname);
/** Pauses between the scans of what was published, in seconds: 17 minutes together. */
const PAUSES = [0, 30, 60, 120, 240, 600];

interface Scanner {
	analyzePackage: (directory: string, patterns: string[]) => Promise<unknown>;
	SOURCE_FILE_PATTERNS: unknown;
}

function isScanner(value: unknown): value is Scanner {
	return isRecord(value) && typeof value.analyzePackage === 'function';
}

async function scan(scanner: Scanner, label: string, directory: string, patterns: string[]) {
	const result = await scanner.analyzePackage(directory, patterns);
	const { passed, message, details } = isRecord(result) ? result : {};
	console.log(`${passed === true ? 'clean ' : 'FAILED'}  ${label}`);
	if (passed !== true) console.log(details ?? message);
	return passed === true;
}

/** Scans the checkout and the tarball that would be published. @returns whether both are clean */
async function scanUnpublished(): Promise<boolean> {
	// @ts-expect-error -- it has no types
	const scanner: unknown = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	if (!isScanner(scanner)) throw new Error("n8n's scanner is not what it was");
	const folder = mkdtempSync(path.join(tmpdir(), 'digicert-scan-'));
	try {
		const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
		const tarball = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim();
		execFileSync('tar', ['-xzf', path.join(folder, tarball), '-C', folder]);
		const sources = textsOf(scanner.SOURCE_FILE_PATTERNS);
		const packed = path.join(folder, 'package');
		return [
			await scan(scanner, 'sources', ROOT, sources),
			await scan(scanner, 'tarball', packed, ['**/*.js', 'package.json']),
		].every(Boolean);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Has n8n's command scan the published version. @returns whether it passed in the end */
async function scanPublished(): Promise<boolean> {
	const { name, version } = readPackage(ROOT);
	for (const seconds of PAUSES) {
		if (seconds > 0) console.log(`Again in ${seconds} seconds, because npm may still be at work.`);
		await sleep(seconds * 1000);
		const command = ['scan-community-package', `${name}@${version}`];
		const { stdout } = spawnSync('npx', ['--no-install', ...command], { encoding: 'utf8' });
		console.log(stdout);
		// The command ends with status 0 even when it finds something.
		if (stdout.includes('has passed all security checks')) return true;
	}
	return false;
}

const published = process.argv.includes('--published');
const clean = published ? await scanPublished() : await scanUnpublished();
if (!clean) process.exitCode = 1;
