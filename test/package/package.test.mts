import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { checkPackage } from '../../tools/packageCheck.mts';
import { parse, record } from '../support/read.mts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PACKAGE = record(parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
const PARTS = ['package.json', 'index.js', 'README.md', 'CHANGELOG.md', 'LICENSE'];
const FOLDERS = ['dist', 'nodes', 'credentials', 'icons'];
const NODE_JS = 'dist/nodes/DigiCert/DigiCert.node.js';
const CODEX = 'dist/nodes/DigiCert/DigiCert.node.json';

test('the built package is fit to ship', () => {
	expect(checkPackage(ROOT)).toEqual([]);
});

describe('package:check finds', () => {
	let copy: string;
	beforeEach(() => {
		copy = mkdtempSync(path.join(tmpdir(), 'digicert-package-'));
		for (const part of [...PARTS, ...FOLDERS]) {
			cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
		}
	});
	afterEach(() => {
		rmSync(copy, { recursive: true, force: true });
	});

	const at = (file: string) => path.join(copy, file);
	const append = (file: string, code: string) => {
		writeFileSync(at(file), readFileSync(at(file), 'utf8') + code);
	};
	const change = (file: string, edit: (json: Record<string, unknown>) => void) => {
		const json = record(parse(readFileSync(at(file), 'utf8')));
		edit(json);
		writeFileSync(at(file), JSON.stringify(json));
	};

	test.each([
		[
			'a package that n8n does not install',
			() => {
				append(NODE_JS, "\nrequire('undici');");
			},
			`${NODE_JS} requires undici`,
		],
		[
			'a file that was not built',
			() => {
				append(NODE_JS, "\nrequire('./missing');");
			},
			`${NODE_JS} requires ./missing, which is not in dist`,
		],
		[
			'a codex under a name that n8n does not read',
			() => {
				renameSync(at(CODEX), at('dist/nodes/DigiCert/DigiCert.json'));
			},
			`${CODEX} (codex) is missing`,
		],
		[
			'a codex that n8n drops',
			() => {
				change(CODEX, (codex) => delete codex.resources);
			},
			`${CODEX}: no resources`,
		],
		[
			'a codex of another node',
			() => {
				change(CODEX, (codex) => (codex.node = 'other'));
			},
			`${CODEX}: "node" is not n8n-nodes-digicert.digiCert`,
		],
		[
			'a missing icon',
			() => {
				rmSync(at('dist/icons/digicert.dark.svg'));
			},
			`${NODE_JS}: dist/icons/digicert.dark.svg is no SVG`,
		],
		[
			'the same icon twice',
			() => {
				cpSync(at('dist/icons/digicert.svg'), at('dist/icons/digicert.dark.svg'));
			},
			`${NODE_JS}: its icons are the same`,
		],
		[
			'a file too many in the tarball',
			() => {
				writeFileSync(at('dist/tsconfig.tsbuildinfo'), '{}');
			},
			'dist/tsconfig.tsbuildinfo must not be in the tarball',
		],
		[
			'a file too few in the tarball',
			() => {
				rmSync(at('CHANGELOG.md'));
			},
			'CHANGELOG.md is not in the tarball',
		],
	])('%s', (_, breakIt, fault) => {
		breakIt();
		expect(checkPackage(copy)).toContain(fault);
	});
});

test('index.js gives both nodes and both credentials', () => {
	const entry = record(createRequire(import.meta.url)(ROOT));
	expect(Object.keys(entry).sort()).toEqual([
		...['DigiCert', 'DigiCertCertCentralApi', 'DigiCertPartnerApi', 'DigiCertTrigger'],
	]);
	const makes = Object.values(entry).map((type) =>
		typeof type === 'function' ? record(Reflect.construct(type, [])) : {},
	);
	const names = makes.map(({ name, description }) => name ?? record(description).name);
	expect(names).toEqual(
		expect.arrayContaining([
			...['digiCert', 'digiCertTrigger', 'digiCertCertCentralApi', 'digiCertPartnerApi'],
		]),
	);
});

test('nothing is installed along with it, and what it is developed with is pinned', () => {
	expect(PACKAGE.dependencies).toBeUndefined();
	expect(PACKAGE.optionalDependencies).toBeUndefined();
	expect(PACKAGE.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	for (const name of ['n8n-core', 'n8n-workflow', 'undici', 'jest', 'gulp']) {
		expect(record(PACKAGE.devDependencies)[name]).toMatch(/^\d+\.\d+\.\d+$/);
	}
});

test('the lock names no registry', () => {
	expect(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
