import { expect } from '@playwright/test';

import { faults } from '../../../sandbox/index.mts';
import { at, text } from '../../support/read.mts';
import { itemsOf } from '../n8n/client.mts';
import { newestSecret, reports, test, type Bench } from './bench.mts';

const BUILD_SERVER = 'digicert/1538858/build-server';

test.beforeEach(({ bench }) => {
	bench.reset();
});

/** Credential of the vault. */
const vaultOnly = ({ headers }: Bench) => ({ credentials: [headers.vault] });

test('store-in-vault.json, with a stand-in: stored, or revoked', async ({ bench }) => {
	const { sandbox, statuses, vault } = bench;
	const run = async () => reports(await bench.run('store-in-vault.json', vaultOnly(bench)));
	expect(await run()).toEqual(['Stored']);
	const value = text(newestSecret(bench, BUILD_SERVER).api_key);
	expect(sandbox.holds(value)?.status).toBe('active');

	// As if the key had been revoked and forgotten in the store.
	sandbox.reset();
	expect(await run()).toEqual(['Not stored']);
	expect(statuses()).toEqual(['revoked']);

	bench.reset();
	vault.addFault({ method: 'POST', when: 'after' });
	expect(await run()).toEqual(['Not stored']);
	expect(statuses()).toEqual(['revoked']);
});

test('onboard-subaccount.json: stored, or no key stays live', async ({ bench }) => {
	const { sandbox, statuses, vault } = bench;
	const run = async () => reports(await bench.run('onboard-subaccount.json', vaultOnly(bench)));
	expect(await run()).toEqual(['Stored']);
	expect(statuses()).toEqual(['inactive', 'active']);
	const key = at(sandbox.keys({ seeded: false }), 1);
	const value = text(newestSecret(bench, `digicert/subaccounts/${key.ownerId}`).api_key);
	expect(sandbox.holds(value)?.id).toBe(key.id);

	bench.reset();
	vault.addFault({ method: 'POST', when: 'before', status: 503 });
	expect(await run()).toEqual(['Not stored']);
	expect(statuses()).toEqual(['inactive', 'inactive']);
});

test('rotate-on-schedule.json: rotated, or the old key stays', async ({ bench }) => {
	const { sandbox, statuses, vault } = bench;
	const file = 'rotate-on-schedule.json';
	// Every key that exists is due.
	const due = { ...vaultOnly(bench), replace: { '"value": 60': '"value": -1' } };
	const rotate = async () => reports(await bench.run(file, due));
	const held = () => newestSecret(bench, BUILD_SERVER).key_id;
	const created = (n: number) => at(sandbox.keys({ seeded: false }), n).id;
	const seeded = () => sandbox.keys({ seeded: true }).map(({ status }) => status);

	const before = seeded();
	await bench.run('store-in-vault.json', vaultOnly(bench));
	expect(reports(await bench.run(file, vaultOnly(bench)))).toEqual([]);
	expect(await rotate()).toEqual(['Rotated']);
	expect(statuses()).toEqual(['revoked', 'active']);
	expect(held()).toBe(created(1));

	vault.addFault({ method: 'POST', when: 'before', status: 403 });
	expect(await rotate()).toEqual(['Not stored']);
	expect(statuses()).toEqual(['revoked', 'active', 'revoked']);
	expect(held()).toBe(created(1));

	vault.addFault({ method: 'POST', when: 'after' });
	expect(await rotate()).toEqual(['Rotated']);
	expect(statuses()).toEqual(['revoked', 'revoked', 'revoked', 'active']);
	expect(held()).toBe(created(3));
	expect(seeded()).toEqual(before);
});

const BOTH = ['active', 'active'];
const AWAY = { method: 'GET', when: 'before', times: 3 } as const;

for (const { node, reason, left, fault } of [
	{
		node: 'Old key stays live',
		reason: /403/,
		left: BOTH,
		fault: ({ sandbox }: Bench) =>
			sandbox.addFault({ match: { path: '/user/me' }, ...faults.errorBefore(403), times: 3 }),
	},
	{
		node: 'Store in doubt',
		reason: /hold\. \S/,
		left: BOTH,
		fault: ({ vault }: Bench) => {
			vault.addFault({ method: 'POST', when: 'after', then: AWAY });
		},
	},
	{
		node: 'Store not read',
		reason: /status 403\.$/,
		left: ['active'],
		fault: ({ vault }: Bench) => {
			vault.addFault({ ...AWAY, status: 403 });
		},
	},
]) {
	test(`rotate-on-schedule.json: ${node}, with the reason and without a key`, async ({ bench }) => {
		await bench.run('store-in-vault.json', vaultOnly(bench));
		fault(bench);
		const execution = await bench.run('rotate-on-schedule.json', {
			...vaultOnly(bench),
			replace: { '"value": 60': '"value": 0', '"value": ""': '"value": "build-server"' },
		});
		expect(reports(execution)).toEqual([node]);
		const report = text(at(itemsOf(execution, 'Tell somebody'), 0).report);
		expect(report).toMatch(reason);
		expect(report).not.toMatch(/undefined|\[object/);
		expect(bench.issuedKeys().filter((key) => report.includes(key))).toEqual([]);
		expect(bench.statuses()).toEqual(left);
	});
}

test('store-in-custodia.json, the real one: stored once, and no key without it', async ({
	bench,
}) => {
	const { custodia, sandbox, statuses } = bench;
	const credentials = [bench.headers.custodia];
	const replace = { '"build-server"': '"e2e server"' };
	const run = async () =>
		reports(await bench.run('store-in-custodia.json', { credentials, replace }));
	const stored = async () => await custodia.read('digicert/e2e%20server');
	expect(await run()).toEqual(['Stored']);
	const value = text(await stored());
	expect(sandbox.holds(value)?.status).toBe('active');
	expect(statuses()).toEqual(['active']);

	// As if the key had been revoked and forgotten in the store, which refuses to write over it.
	sandbox.reset();
	expect(await run()).toEqual(['Not stored']);
	expect(statuses()).toEqual(['revoked']);
	expect(await stored()).toBe(value);

	bench.reset();
	await custodia.stop();
	expect(await run()).toEqual(['Store not ready']);
	expect(sandbox.requests()).toEqual([]);
});
