import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PACKAGE_ROOT } from '../support/engine.mts';
import { apply, BROKEN, pathIn } from './broken.mts';
import type { Broken } from './broken.mts';
import { inject } from './injection.mts';
import { pollSuite } from './polls.mts';
import { runSuite } from './suite.mts';

/** Makes a broken copy of the built package in an empty folder. */
function copyBroken({ changes }: Broken, folder: string): void {
	for (const part of ['dist', 'package.json']) {
		cpSync(path.join(PACKAGE_ROOT, part), path.join(folder, part), { recursive: true });
	}
	symlinkSync(path.join(PACKAGE_ROOT, 'node_modules'), path.join(folder, 'node_modules'));
	for (const one of changes) {
		const file = pathIn(folder, one[0]);
		writeFileSync(file, apply(one, readFileSync(file, 'utf8')));
	}
}

/** Runs the suite on one broken engine until it is seen what is wrong with it. */
async function isSeen({ shows, by }: Broken, packageRoot: string, seed: number, most: number) {
	if (by === 'injection') return !(await inject(() => undefined, { packageRoot, until: shows }));
	if (by === 'polls') {
		const { counts } = await pollSuite({ seed, histories: most / 10, until: shows }, packageRoot);
		return counts.has(shows);
	}
	const extent = by === 'pairs' ? { pairs: Math.ceil(most / 10) } : { creations: most };
	const { failed } = await runSuite({ seed, ...extent, until: shows, packageRoot });
	return failed.some(({ findings }) => findings.some(({ violation }) => violation === shows));
}

/**
 * Tries the suite itself on every broken engine.
 *
 * @param most creations that are sent to see what is wrong with one of them
 * @returns whether the suite saw what is wrong with each
 */
export async function tryBroken(
	{ seed, most }: { seed: number; most: number },
	print: (line: string) => void,
): Promise<boolean> {
	let allSeen = true;
	for (const broken of BROKEN) {
		const startedAt = performance.now();
		const folder = mkdtempSync(path.join(tmpdir(), 'digicert-broken-'));
		try {
			copyBroken(broken, folder);
			const seen = await isSeen(broken, folder, seed, most);
			allSeen &&= seen;
			const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
			print(
				`${seen ? 'seen    ' : 'NOT SEEN'}  an engine that ${broken.name}: "${broken.shows}" (${seconds} s)`,
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	}
	return allSeen;
}
