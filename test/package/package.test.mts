import { spawnSync } from 'node:child_process';
import {
	appendFileSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { checkPackage } from '../../tools/packageCheck.mts';
import { parse, record } from '../support/read.mts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PACKAGE = record(parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
const PARTS = ['package.json', 'index.js', 'README.md', 'CHANGELOG.md', 'LICENSE'];
const FOLDERS = ['dist', 'nodes', 'credentials', 'icons'];
const DIST = path.join(ROOT, 'dist/nodes/DigiCert');
const load = (file: string): unknown => createRequire(import.meta.url)(path.join(DIST, file));
const NODE_JS = 'dist/nodes/DigiCert/DigiCert.node.js';
const CODEX = 'dist/nodes/DigiCert/DigiCert.node.json';
const TRIGGER_CODEX = 'dist/nodes/DigiCert/DigiCertTrigger.node.json';
const TRIGGER = 'n8n-nodes-digicert.digiCertTrigger';

test('the built package is fit to ship', () => {
	expect(checkPackage(ROOT)).toEqual([]);
});

test('loads what creates keys, and what polls, when they are first used', () => {
	const say = "require('.'); console.log(Object.keys(require.cache).join('\\n'))";
	const { stdout } = spawnSync(process.execPath, ['-e', say], { cwd: ROOT, encoding: 'utf8' });
	const loaded = stdout.split('\n').map((file) => path.relative(DIST, file));
	expect(loaded).toContain('DigiCert.node.js');
	expect(loaded).toContain('operations/userApiKey/create.operation.js');
	expect(loaded).not.toContain('issuance/issueKeys.js');
	expect(loaded).not.toContain('trigger/poll.js');
});

describe('two versions of the package, where it was updated on disk while n8n was running', () => {
	const { loadIssuance, VERSION } = record(load('operations/loadIssuance.js'));
	const issuance = record(load('issuance/issueKeys.js'));

	test('are told apart by what each part says', () => {
		expect([VERSION, issuance.VERSION]).toEqual([PACKAGE.version, PACKAGE.version]);
	});

	test('create no keys together', async () => {
		if (typeof loadIssuance !== 'function') throw new Error('loadIssuance is no function');
		expect(await Reflect.apply(loadIssuance, undefined, [])).toBe(issuance);
		issuance.VERSION = 'another one';
		await expect(Reflect.apply(loadIssuance, undefined, [])).rejects.toThrow(
			'This package was updated while n8n was running',
		);
		issuance.VERSION = VERSION;
	});

	test('nor do they where the new one does not load beside the old one', async () => {
		jest.resetModules();
		jest.doMock(path.join(DIST, 'issuance/issueKeys.js'), () => {
			throw new Error('Cannot find module');
		});
		const again = record(load('operations/loadIssuance.js')).loadIssuance;
		if (typeof again !== 'function') throw new Error('loadIssuance is no function');
		await expect(Reflect.apply(again, undefined, [])).rejects.toThrow(
			'updated while n8n was running',
		);
	});
});

/** Copies the package, breaks it, and says what the check finds: all at once, because npm is slow. */
function faultsOf(breakIt: (at: (file: string) => string) => void): string[] {
	const copy = mkdtempSync(path.join(tmpdir(), 'digicert-package-'));
	try {
		for (const part of [...PARTS, ...FOLDERS]) {
			cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
		}
		breakIt((file) => path.join(copy, file));
		return checkPackage(copy);
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

describe('package:check finds', () => {
	let found: string[];
	beforeAll(() => {
		found = [
			...faultsOf((at) => {
				appendFileSync(at(NODE_JS), "\nrequire('undici');\nrequire('./missing');");
				renameSync(at(CODEX), at('dist/nodes/DigiCert/DigiCert.json'));
				writeFileSync(at(TRIGGER_CODEX), '{ "node": "other", "categories": ["Development"] }');
				rmSync(at('dist/icons/digicert.dark.svg'));
				writeFileSync(at('dist/tsconfig.tsbuildinfo'), '{}');
				rmSync(at('CHANGELOG.md'));
			}),
			...faultsOf((at) => {
				cpSync(at('dist/icons/digicert.svg'), at('dist/icons/digicert.dark.svg'));
				for (const folder of ['nodes/junk', 'dist/nodes/junk']) {
					mkdirSync(at(folder));
					writeFileSync(at(`${folder}/photo.png`), 'PNG');
				}
				for (const file of ['nodes/DigiCert/left.ts', 'dist/nodes/DigiCert/left.js']) {
					writeFileSync(at(file), 'exports.left = 1;');
				}
				for (const folder of ['icons', 'dist/icons']) writeFileSync(at(`${folder}/other.svg`), '');
			}),
		];
	});

	test('a package without a build', () => {
		const faults = faultsOf((at) => {
			rmSync(at('dist'), { recursive: true });
		});
		expect(faults.join('\n')).toContain('DigiCert.node.js is not there: run npm run build');
	});

	test.each([
		['a package that n8n does not install', `${NODE_JS} requires undici`],
		['a file that was not built', `${NODE_JS} requires ./missing, which is not in dist`],
		['a codex under a name that n8n does not read', `${CODEX} (codex) is missing`],
		['a codex that n8n drops', `${TRIGGER_CODEX}: no resources`],
		['a codex of another node', `${TRIGGER_CODEX}: "node" is not ${TRIGGER}`],
		['a missing icon', `${NODE_JS}: dist/icons/digicert.dark.svg is no SVG`],
		['the same icon twice', `${NODE_JS}: its icons are the same`],
		['a file too many in the tarball', 'dist/tsconfig.tsbuildinfo must not be in the tarball'],
		['a file too few in the tarball', 'CHANGELOG.md is not in the tarball'],
		['code that nothing loads', 'dist/nodes/DigiCert/left.js is loaded by nothing'],
		['an icon of nothing', 'icons/other.svg is the icon of nothing'],
		['a picture under nodes', 'nodes/junk/photo.png is nothing that a node package holds'],
		['a built picture', 'dist/nodes/junk/photo.png must not be in the tarball'],
	])('%s', (_, fault) => {
		expect(found).toContain(fault);
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
