/** The gates themselves: each says no to what it is there for. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readPackage } from '../../tools/manifest.mts';
import { table, unaligned } from '../../tools/markdown.mts';
import { releaseFaults } from '../../tools/releaseCheck.mts';
import { newest, oldest } from '../e2e/toolchain/releases.mts';
import { readResults, tables, written } from '../e2e/written.mts';
import { PACKAGE_ROOT } from '../support/engine.mts';

describe('tables that e2e writes', () => {
	test.each(tables(readResults()))(
		'$mark in $page is as it was written',
		({ page, mark, rows }) => {
			expect(written(page, mark)).toBe(unaligned(table(rows)));
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
