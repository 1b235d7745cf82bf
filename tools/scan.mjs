/**
 * Runs n8n's own community package scan on the sources and on the unpacked tarball, before
 * anything is published. It is the same analysis that n8n runs on verified packages, without the
 * look at the registry.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(path.join(tmpdir(), 'digicert-scan-'));

async function scan(label, directory, patterns) {
	const { passed, message, details } = await analyzePackage(directory, patterns);
	console.log(`${passed ? 'clean ' : 'FAILED'}  ${label}`);
	if (!passed) console.log(details ?? message);
	return passed;
}

try {
	const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
	const [{ filename }] = JSON.parse(
		execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
	);
	execFileSync('tar', ['-xzf', path.join(folder, filename), '-C', folder]);
	const sources = await scan('sources', root, SOURCE_FILE_PATTERNS);
	const tarball = await scan('tarball', path.join(folder, 'package'), ['**/*.js', 'package.json']);
	if (!sources || !tarball) process.exitCode = 1;
} finally {
	rmSync(folder, { recursive: true, force: true });
}
