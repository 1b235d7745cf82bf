'use strict';

const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');

/** What a file in `dist` may require besides its own neighbours: n8n installs no other package. */
const ALLOWED_REQUIRES = ['n8n-workflow', 'node:crypto'];
const ROOT_FILES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'index.js', 'package.json'];

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} every file below the folder, relative to root, with forward slashes
 */
function filesBelow(root, folder) {
	const start = path.join(root, folder);
	if (!existsSync(start)) return [];
	return readdirSync(start, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
		.map((file) => file.split(path.sep).join('/'));
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {any} the parsed JSON file
 */
function readJson(root, file) {
	return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

/**
 * Every `require` in `dist` must be relative, and there, or allowed: n8n installs a community
 * package without its development dependencies, so anything else ends when the node is loaded.
 *
 * @param {string} root
 */
function checkRequires(root) {
	const faults = [];
	for (const file of filesBelow(root, 'dist').filter((name) => name.endsWith('.js'))) {
		const code = readFileSync(path.join(root, file), 'utf8');
		for (const [, wanted] of code.matchAll(
			/(?:\brequire|\bimport)\(\s*["'`]([^"'`]+)["'`]\s*\)/g,
		)) {
			if (!wanted.startsWith('.')) {
				if (!ALLOWED_REQUIRES.includes(wanted)) faults.push(`${file} requires ${wanted}`);
				continue;
			}
			const target = path.join(root, path.dirname(file), wanted);
			const there = ['', '.js', '.json', '/index.js'].some((end) => {
				return existsSync(target + end) && !(end === '' && !path.extname(target));
			});
			if (!there) faults.push(`${file} requires ${wanted}, which is not in dist`);
		}
	}
	return faults;
}

/**
 * n8n drops a codex without `resources`, or with another file name, without a word.
 *
 * @param {string} root
 */
function checkCodex(root) {
	const { name, n8n } = readJson(root, 'package.json');
	return n8n.nodes.flatMap((/** @type {string} */ nodeFile) => {
		const file = nodeFile.replace(/\.js$/, '.json');
		if (!existsSync(path.join(root, file))) return [`${file} (codex) is missing`];
		const codex = readJson(root, file);
		const type = path.basename(file, '.node.json');
		const wanted = `${name}.${type[0].toLowerCase()}${type.slice(1)}`;
		return [
			...(codex.node === wanted ? [] : [`${file}: "node" is not ${wanted}`]),
			...(codex.categories?.length > 0 ? [] : [`${file}: no categories`]),
			...(codex.resources?.primaryDocumentation?.length > 0 ? [] : [`${file}: no resources`]),
		];
	});
}

/**
 * Every icon that a built class names must be an SVG in `dist`, with different pictures for the
 * light and the dark theme.
 *
 * @param {string} root
 */
function checkIcons(root) {
	const { n8n } = readJson(root, 'package.json');
	const faults = [];
	for (const file of [...n8n.nodes, ...n8n.credentials]) {
		const code = readFileSync(path.join(root, file), 'utf8');
		const icons = [...code.matchAll(/["']file:([^"']+)["']/g)].map(([, icon]) => icon);
		if (new Set(icons).size !== 2) faults.push(`${file} does not name a light and a dark icon`);
		const pictures = icons.map((icon) => {
			const target = path.join(root, path.dirname(file), icon);
			return existsSync(target) ? readFileSync(target, 'utf8') : '';
		});
		icons.forEach((icon, i) => {
			if (!pictures[i].trimStart().startsWith('<svg'))
				faults.push(`${file}: ${icon} is no SVG in dist`);
		});
		if (icons.length === 2 && pictures[0] === pictures[1])
			faults.push(`${file}: its icons are the same`);
	}
	return faults;
}

/**
 * The tarball must hold what the sources call for, and nothing else.
 *
 * @param {string} root
 */
function checkTarball(root) {
	const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	/** @type {string[]} */
	const packed = JSON.parse(report)[0].files.map(
		(/** @type {{ path: string }} */ file) => file.path,
	);
	const built = ['credentials', 'nodes', 'icons'].flatMap((folder) => filesBelow(root, folder));
	const wanted = [...ROOT_FILES, ...built.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`)];
	return [
		...wanted
			.filter((file) => !packed.includes(file))
			.map((file) => `${file} is not in the tarball`),
		...packed
			.filter((file) => !wanted.includes(file))
			.map((file) => `${file} must not be in the tarball`),
	];
}

/**
 * Checks a built package the way n8n will meet it.
 *
 * @param {string} root the folder with package.json and dist
 * @returns {string[]} what is wrong, one line each; empty when all is well
 */
function checkPackage(root) {
	return [checkRequires, checkCodex, checkIcons, checkTarball].flatMap((check) => check(root));
}

module.exports = { checkPackage };
