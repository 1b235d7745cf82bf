/**
 * What the benchmark compares this package with, brought by npm into a folder outside of it:
 * nothing of it is needed to develop or to use the package. No install script is run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '..', '..');
const CACHE = path.join(
	process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
	'n8n-nodes-digicert',
	'bench',
);

/** Runs npm in a folder and gives what it prints. */
export function npm(folder: string, ...args: readonly string[]): string {
	return execFileSync('npm', args, {
		cwd: folder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

/** A folder of the cache, filled once. */
export function cached(name: string, fill: (folder: string) => void): string {
	const folder = path.join(CACHE, name.replaceAll('/', '+'));
	const done = path.join(folder, 'complete');
	if (existsSync(done)) return folder;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
	fill(folder);
	writeFileSync(done, '');
	return folder;
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
export function fetchTarball(spec: string): string {
	const folder = cached(`${spec}.tarball`, (target) => npm(target, 'pack', '--silent', spec));
	const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
	if (file === undefined) throw new Error(`npm pack left no tarball of ${spec}`);
	return path.join(folder, file);
}

/**
 * Installs a package with its dependencies as n8n does, without development and peer ones, and
 * gives the folder that has its node_modules.
 */
export function install(spec: string): string {
	const folder = cached(spec, (target) =>
		npm(
			target,
			'install',
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--no-audit',
			'--no-fund',
			spec,
		),
	);
	linkOwn(folder, ['n8n-workflow']);
	return folder;
}
