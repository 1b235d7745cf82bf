'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { readdirSync, rmSync } = require('node:fs');
const path = require('node:path');
const gulp = require('gulp');

/** Everything in the package that the compiler does not make. */
const ASSETS = ['icons/**/*.svg', 'nodes/**/__schema__/**/*.json'];
const ASSET = /\.(svg|png)$|[\\/]__schema__[\\/]/;

/**
 * `n8n-node build`. Its spinner writes a line for each turn where there is no terminal, so there
 * its output is kept, and shown when it fails.
 */
async function compile() {
	const stdio = process.stdout.isTTY ? 'inherit' : ['ignore', 'pipe', 'pipe'];
	const { status, stdout, stderr } = spawnSync('n8n-node', ['build'], { stdio, encoding: 'utf8' });
	if (status === 0) return;
	process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
	throw new Error(`n8n-node build ended with status ${status}`);
}

/** Copies icons and schemas to dist. Bytes are copied as they are: gulp's default damages pictures. */
function copyAssets() {
	return gulp.src(ASSETS, { base: '.', encoding: false }).pipe(gulp.dest('dist'));
}

/**
 * Removes assets from dist that have no source: what was renamed while watching, and pictures
 * that `n8n-node build` picks up from any other folder and would publish.
 */
async function pruneAssets() {
	const entries = readdirSync('dist', { recursive: true, withFileTypes: true });
	const sources = new Set(
		['icons', 'nodes'].flatMap((folder) =>
			readdirSync(folder, { recursive: true }).map((file) => path.join(folder, String(file))),
		),
	);
	for (const entry of entries.filter((found) => found.isFile())) {
		const file = path.join(entry.parentPath, entry.name);
		if (ASSET.test(file) && !sources.has(path.relative('dist', file))) rmSync(file);
	}
}

const assets = gulp.series(copyAssets, pruneAssets);

/** Compiles and copies assets on every change; `tsc --watch` alone copies nothing. */
async function watchAll() {
	gulp.watch(ASSETS, { ignoreInitial: false }, assets);
	const compiler = spawn('tsc', ['--watch', '--preserveWatchOutput'], { stdio: 'inherit' });
	await once(compiler, 'exit');
}

/** Checks the built package: codex, icons, requires, contents of the tarball. */
async function checkBuiltPackage() {
	const { tsImport } = await import('tsx/esm/api');
	const { checkPackage } = await tsImport('./tools/packageCheck.mts', __filename);
	const faults = checkPackage(__dirname);
	if (faults.length > 0)
		throw new Error(`The package is not fit to ship:\n  ${faults.join('\n  ')}`);
}

exports.assets = assets;
exports.build = gulp.series(compile, assets);
exports.watch = watchAll;
exports['package:check'] = checkBuiltPackage;
