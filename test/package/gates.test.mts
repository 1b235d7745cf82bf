/** The gates themselves: each says no to what it is there for. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { checkPackage } from '../../tools/packageCheck.mts';
import { readPackage } from '../../tools/manifest.mts';
import { releaseFaults } from '../../tools/releaseCheck.mts';
import { newest, oldest } from '../e2e/toolchain/releases.mts';
import { markdown, readResults, tables, written } from '../e2e/written.mts';
import { PACKAGE_ROOT } from '../support/engine.mts';

describe('tables that e2e writes', () => {
	test.each(tables(readResults()))(
		'$mark in $page is as it was written',
		({ page, mark, rows }) => {
			expect(written(page, mark)).toBe(markdown(rows));
		},
	);

	test('are about the versions that e2e runs', () => {
		const { newest: last, oldest: first, editor } = readResults();
		expect([last.n8n, first.n8n, editor.n8n]).toEqual([
			...[newest.version, oldest.version, newest.version],
		]);
		expect([last, first].map(({ node }) => Number(node.split('.')[0]))).toEqual([
			...[newest.node, oldest.node],
		]);
	});
});

describe('package:check finds', () => {
	let copy: string;
	beforeEach(() => {
		copy = mkdtempSync(path.join(tmpdir(), 'digicert-package-'));
		const files = ['package.json', 'index.js', 'README.md', 'CHANGELOG.md', 'LICENSE'];
		for (const part of [...files, 'dist', 'nodes', 'credentials', 'icons']) {
			cpSync(path.join(PACKAGE_ROOT, part), path.join(copy, part), { recursive: true });
		}
	});
	afterEach(() => {
		rmSync(copy, { recursive: true, force: true });
	});

	const add = (file: string, content: string) => {
		mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
		writeFileSync(path.join(copy, file), content);
	};

	test('a picture under nodes, code that nothing loads, an icon of nothing', () => {
		add('nodes/junk/photo.png', 'PNG');
		add('dist/nodes/junk/photo.png', 'PNG');
		add('nodes/DigiCert/left.ts', 'export const left = 1;');
		add('dist/nodes/DigiCert/left.js', 'exports.left = 1;');
		add('icons/other.svg', '<svg/>');
		add('dist/icons/other.svg', '<svg/>');
		expect(checkPackage(copy)).toEqual([
			'dist/nodes/DigiCert/left.js is loaded by nothing',
			'icons/other.svg is the icon of nothing',
			'nodes/junk/photo.png is nothing that a node package holds',
			'dist/nodes/junk/photo.png must not be in the tarball',
		]);
	});

	test('a package without a build', () => {
		rmSync(path.join(copy, 'dist'), { recursive: true });
		expect(checkPackage(copy).join('\n')).toContain(
			'DigiCert.node.js is not there: run npm run build',
		);
	});
});

test('npm publish is refused in a checkout that was not built, with what to do', () => {
	const checkout = mkdtempSync(path.join(tmpdir(), 'digicert-publish-'));
	try {
		const parts = ['package.json', '.npmrc', 'tsconfig.json', 'CHANGELOG.md', 'index.js', 'tools'];
		const read = 'test/support/read.mts';
		for (const part of [...parts, read, 'nodes', 'credentials', 'icons']) {
			cpSync(path.join(PACKAGE_ROOT, part), path.join(checkout, part), { recursive: true });
		}
		symlinkSync(path.join(PACKAGE_ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
		const { status, stdout } = spawnSync('npm', ['publish', '--dry-run'], {
			cwd: checkout,
			encoding: 'utf8',
		});
		expect(status).not.toBe(0);
		expect(stdout).toContain('This may not be published:');
		expect(stdout).toContain('is not there: run npm run build');
	} finally {
		rmSync(checkout, { recursive: true, force: true });
	}
});

describe('release:check', () => {
	const manifest = readPackage(PACKAGE_ROOT);
	const home = 'https://github.com/someone/n8n-nodes-digicert';
	const owned = {
		...manifest,
		version: '1.2.3',
		fields: {
			author: { name: 'Some One', email: 'some.one@example.com' },
			repository: { type: 'git', url: `git+${home}.git` },
			homepage: `${home}#readme`,
			bugs: `${home}/issues`,
		},
	};
	const changelog = '# Changelog\n\n## 1.2.3 (2026-11-24)\n';

	test('lets an owned, dated version pass', () => {
		expect(releaseFaults(owned, changelog, 'someone/n8n-nodes-digicert')).toEqual([]);
	});

	test.each([
		['a placeholder', { homepage: 'https://github.com/n8n-nodes-digicert/n8n-nodes-digicert' }],
		['a link elsewhere', { bugs: 'https://github.com/other/thing/issues' }],
		['no repository', { repository: undefined }],
		['no author', { author: undefined }],
		['no owner', { author: { name: 'n8n-nodes-digicert maintainers', email: 'a@example.com' } }],
	])('refuses %s', (_, fields) => {
		const changed = { ...owned, fields: { ...owned.fields, ...fields } };
		expect(releaseFaults(changed, changelog)).not.toEqual([]);
	});

	test('refuses a version without a date, and another repository', () => {
		expect(releaseFaults(owned, '## 1.2.3 (not yet published)\n', 'other/thing')).toHaveLength(2);
	});
});
