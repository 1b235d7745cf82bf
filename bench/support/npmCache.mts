/**
 * What the benchmark compares this package with, brought by npm into a folder outside of it:
 * nothing of it is needed to develop or to use the package. No install script is run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { cached } from '../../test/e2e/toolchain/cache.mts';

export const ROOT = path.join(import.meta.dirname, '..', '..');

/** Runs npm in a folder and gives what it prints. */
export function npm(folder: string, ...args: readonly string[]): string {
	return execFileSync('npm', args, {
		cwd: folder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

/** A folder of the cache, filled once, in which npm can be run. */
export async function npmFolder(name: string, fill: (folder: string) => unknown): Promise<string> {
	return await cached(path.join('bench', name.replaceAll('/', '+')), async (folder) => {
		writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
		await fill(folder);
	});
}

/**
 * Makes packages of this checkout's installation known in a folder of the cache, so that they are
 * loaded once and are the same for both.
 */
export function linkOwn(folder: string, names: readonly string[]): void {
	for (const name of names) {
		const link = path.join(folder, 'node_modules', name);
		rmSync(link, { recursive: true, force: true });
		mkdirSync(path.dirname(link), { recursive: true });
		symlinkSync(path.join(ROOT, 'node_modules', name), link);
	}
}

/** The path of a package's tarball. `spec` is its name and version. */
export async function fetchTarball(spec: string): Promise<string> {
	const folder = await npmFolder(`${spec}.tarball`, (target) =>
		npm(target, 'pack', '--silent', spec),
	);
	const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
	if (file === undefined) throw new Error(`npm pack left no tarball of ${spec}`);
	return path.join(folder, file);
}

/**
 * Installs a package with its dependencies as n8n does, without development and peer ones, and
 * gives the folder that has its node_modules.
 */
export async function install(spec: string): Promise<string> {
	const options = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
	const folder = await npmFolder(spec, (target) => npm(target, 'install', ...options, spec));
	linkOwn(folder, ['n8n-workflow']);
	return folder;
}
