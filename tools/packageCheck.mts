import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { isRecord, parse } from '../test/support/read.mts';
import { readPackage, textsOf, type Manifest } from './manifest.mts';

/** What a file in `dist` may require besides its own neighbours: n8n installs no other package. */
const ALLOWED_REQUIRES = ['n8n-workflow', 'node:crypto'];
const ROOT_FILES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'index.js', 'package.json'];
/** What a source may be, and the file that it becomes. Nothing else is shipped. */
const SOURCES: [pattern: RegExp, built: (file: string) => string][] = [
	[/^(nodes|credentials)\/.+\.ts$/, (file) => file.replace(/ts$/, 'js')],
	[/^nodes\/[^/]+\/[^/]+\.node\.json$/, (file) => file],
	[/^nodes\/[^/]+\/__schema__\/v\d+\.\d+\.\d+(\/[^/]+\/[^/]+)?\.json$/, (file) => file],
	[/^icons\/[^/]+\.svg$/, (file) => file],
];
/** What the compiler leaves of a module that holds types only. */
const TYPES_ONLY =
	/^"use strict";\s*Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\s*(\/\/#.*\s*)?$/;

/** Every file below the folder, relative to root, with forward slashes. */
function filesBelow(root: string, folder: string): string[] {
	const start = path.join(root, folder);
	if (!existsSync(start)) return [];
	return readdirSync(start, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
		.map((file) => file.split(path.sep).join('/'));
}

function readText(root: string, file: string): string {
	return readFileSync(path.join(root, file), 'utf8');
}

/** What the code of a built file requires, as it is written there. */
function requiresOf(root: string, file: string): string[] {
	const calls = readText(root, file).matchAll(
		/(?:\brequire|\bimport)\(\s*["'`]([^"'`]+)["'`]\s*\)/g,
	);
	return [...calls].flatMap(([, wanted]) => wanted ?? []);
}

/** The file that a relative require of another one loads, or undefined when there is none. */
function resolveRequire(root: string, file: string, wanted: string): string | undefined {
	const target = path.posix.join(path.posix.dirname(file), wanted);
	const ends = [...(path.extname(target) ? [''] : []), '.js', '.json', '/index.js'];
	return ends.map((end) => target + end).find((found) => existsSync(path.join(root, found)));
}

/**
 * Every `require` in `dist` must be relative, and there, or allowed: n8n installs a community
 * package without its development dependencies, so anything else ends when the node is loaded.
 */
function checkRequires(root: string): string[] {
	const code = filesBelow(root, 'dist').filter((file) => file.endsWith('.js'));
	return code.flatMap((file) =>
		requiresOf(root, file).flatMap((wanted) => {
			if (!wanted.startsWith('.')) {
				return ALLOWED_REQUIRES.includes(wanted) ? [] : [`${file} requires ${wanted}`];
			}
			const there = resolveRequire(root, file, wanted) !== undefined;
			return there ? [] : [`${file} requires ${wanted}, which is not in dist`];
		}),
	);
}

/** Code that neither n8n nor index.js loads does not belong into the package. */
function checkReached(root: string, { nodes, credentials }: Manifest): string[] {
	const reached = new Set<string>();
	const visit = (file: string) => {
		if (reached.has(file) || !existsSync(path.join(root, file))) return;
		reached.add(file);
		if (!file.endsWith('.js')) return;
		for (const wanted of requiresOf(root, file)) {
			const target = wanted.startsWith('.') ? resolveRequire(root, file, wanted) : undefined;
			if (target !== undefined) visit(target);
		}
	};
	for (const entry of ['index.js', ...nodes, ...credentials]) visit(entry);
	return filesBelow(root, 'dist')
		.filter((file) => file.endsWith('.js') && !reached.has(file))
		.filter((file) => !TYPES_ONLY.test(readText(root, file)))
		.map((file) => `${file} is loaded by nothing`);
}

/** n8n drops a codex without `resources`, or with another file name, without a word. */
function checkCodex(root: string, { name, nodes }: Manifest): string[] {
	return nodes.flatMap((nodeFile) => {
		const file = nodeFile.replace(/\.js$/, '.json');
		if (!existsSync(path.join(root, file))) return [`${file} (codex) is missing`];
		const codex = parse(readText(root, file));
		const { node, categories, resources } = isRecord(codex) ? codex : {};
		const type = path.basename(file, '.node.json');
		const wanted = `${name}.${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
		const pages = isRecord(resources) ? resources.primaryDocumentation : undefined;
		const filled = (list: unknown) => Array.isArray(list) && list.length > 0;
		return [
			...(node === wanted ? [] : [`${file}: "node" is not ${wanted}`]),
			...(filled(categories) ? [] : [`${file}: no categories`]),
			...(filled(pages) ? [] : [`${file}: no resources`]),
		];
	});
}

/** The icons that a built class names, relative to root. */
function iconsOf(root: string, file: string): string[] {
	if (!existsSync(path.join(root, file))) return [];
	const named = [...readText(root, file).matchAll(/["']file:([^"']+)["']/g)];
	const icons = new Set(named.flatMap(([, icon]) => icon ?? []));
	return [...icons].map((icon) => path.posix.join(path.posix.dirname(file), icon));
}

/**
 * Every icon that a built class names must be an SVG in `dist`, with different pictures for the
 * light and the dark theme; and there is no other icon.
 */
function checkIcons(root: string, { nodes, credentials }: Manifest): string[] {
	const classes = [...nodes, ...credentials];
	const faults = classes.flatMap((file) => {
		const icons = iconsOf(root, file);
		const pictures = icons.map((icon) =>
			existsSync(path.join(root, icon)) ? readText(root, icon) : '',
		);
		return [
			...(icons.length === 2 ? [] : [`${file} does not name a light and a dark icon`]),
			...icons
				.filter((_, i) => pictures[i]?.trimStart().startsWith('<svg') !== true)
				.map((icon) => `${file}: ${icon} is no SVG`),
			...(icons.length === 2 && pictures[0] === pictures[1]
				? [`${file}: its icons are the same`]
				: []),
		];
	});
	const named = new Set(classes.flatMap((file) => iconsOf(root, file)));
	const unused = filesBelow(root, 'icons').filter((file) => !named.has(`dist/${file}`));
	return [...faults, ...unused.map((file) => `${file} is the icon of nothing`)];
}

/** The paths in the tarball that npm would make. */
function packedFiles(root: string): string[] {
	const report = parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
			cwd: root,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}),
	);
	// npm 10 and 11 give a list of packages, npm 12 an object of them.
	const tarballs: unknown[] =
		Array.isArray(report) || isRecord(report) ? Object.values(report) : [];
	const [tarball] = tarballs;
	if (!isRecord(tarball) || !Array.isArray(tarball.files)) {
		throw new Error('npm pack does not list the files');
	}
	return tarball.files.flatMap((file: unknown) => (isRecord(file) ? textsOf([file.path]) : []));
}

/** The tarball must hold what the sources become by SOURCES, and nothing else. */
function checkTarball(root: string): string[] {
	const packed = packedFiles(root);
	const sources = ['credentials', 'nodes', 'icons'].flatMap((folder) => filesBelow(root, folder));
	const builtOf = (file: string) =>
		SOURCES.filter(([pattern]) => pattern.test(file)).map(([, built]) => `dist/${built(file)}`);
	const wanted = [...ROOT_FILES, ...sources.flatMap(builtOf)];
	return [
		...sources
			.filter((file) => builtOf(file).length === 0)
			.map((file) => `${file} is nothing that a node package holds`),
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
 * @param root the folder with package.json and dist
 * @returns what is wrong, one line each; empty when all is well
 */
export function checkPackage(root: string): string[] {
	const manifest = readPackage(root);
	const entries = [...manifest.nodes, ...manifest.credentials];
	const missing = entries.filter((file) => !existsSync(path.join(root, file)));
	if (missing.length > 0) {
		return missing.map((file) => `${file} is not there: run npm run build`);
	}
	return [checkRequires, checkReached, checkCodex, checkIcons, checkTarball].flatMap((check) =>
		check(root, manifest),
	);
}
