'use strict';

/**
 * What the benchmark compares this package with, brought by npm into a folder outside of it:
 * nothing of it is needed to develop or to use the package. No install script is run.
 */
const { execFileSync } = require('node:child_process');
const {
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const CACHE = path.join(
	process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
	'n8n-nodes-digicert',
	'bench',
);

/** @param {string} folder @param {string[]} args */
function npm(folder, ...args) {
	return execFileSync('npm', args, {
		cwd: folder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

/**
 * A folder of the cache, filled once.
 *
 * @param {string} name
 * @param {(folder: string) => void} fill
 * @returns {string} the folder
 */
function cached(name, fill) {
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
 *
 * @param {string} folder
 * @param {string[]} names
 */
function linkOwn(folder, names) {
	for (const name of names) {
		const link = path.join(folder, 'node_modules', name);
		rmSync(link, { recursive: true, force: true });
		mkdirSync(path.dirname(link), { recursive: true });
		symlinkSync(path.join(ROOT, 'node_modules', name), link);
	}
}

/**
 * Gets a package's tarball.
 *
 * @param {string} spec name and version
 * @returns {string} its path
 */
function fetchTarball(spec) {
	const folder = cached(`${spec}.tarball`, (target) => {
		npm(target, 'pack', '--silent', spec);
	});
	const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
	if (file === undefined) throw new Error(`npm pack left no tarball of ${spec}`);
	return path.join(folder, file);
}

/**
 * Installs a package with its dependencies as n8n does: without development and peer ones.
 *
 * @param {string} spec name and version
 * @returns {string} the folder that has its node_modules
 */
function install(spec) {
	const folder = cached(spec, (target) => {
		npm(
			target,
			'install',
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--no-audit',
			'--no-fund',
			spec,
		);
	});
	linkOwn(folder, ['n8n-workflow']);
	return folder;
}

module.exports = { ROOT, cached, fetchTarball, install, linkOwn, npm };
