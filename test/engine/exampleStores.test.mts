import { request } from 'undici';

import { faults } from '../../sandbox/index.mts';
import type { Execution } from '../support/engine.mts';
import { loadExample } from '../support/examples.mts';
import type { Setup } from '../support/examples.mts';
import { byId, useLab } from '../support/lab.mts';
import { anyText, textWith } from '../support/matchers.mts';
import { shortenPauses } from '../support/pauses.mts';
import { at, text } from '../support/read.mts';
import { startCustodia } from '../support/standIns/custodia.mts';
import type { CustodiaStandIn } from '../support/standIns/custodia.mts';
import { startN8nApi } from '../support/standIns/n8nApi.mts';
import type { N8nApiStandIn } from '../support/standIns/n8nApi.mts';
import type { StoreFault } from '../support/standIns/server.mts';
import { startVault } from '../support/standIns/vault.mts';
import type { VaultStandIn } from '../support/standIns/vault.mts';
import { jsonOf } from '../support/told.mts';

const lab = useLab();
shortenPauses();
let vault: VaultStandIn;
let custodia: CustodiaStandIn;
let n8n: N8nApiStandIn;

beforeAll(async () => {
	[vault, custodia, n8n] = await Promise.all([startVault(), startCustodia(), startN8nApi()]);
});
afterEach(() => {
	for (const store of [vault, custodia, n8n]) store.reset();
});
afterAll(async () => {
	await Promise.all(
		[vault, custodia, n8n].map(async (store) => {
			await store.close();
		}),
	);
});

async function run(file: string, setup: Setup): Promise<Execution> {
	const execution = await lab.run(await loadExample(file, lab.sandbox, lab.engine, setup));
	expect(execution.status).toBe('success');
	return execution;
}

/** What the workflow reports, by the node that says it. */
function reports(execution: Execution): unknown[] {
	const told = execution.run.data.resultData.runData['Tell somebody'] ?? [];
	expect(said(execution).join()).not.toMatch(/undefined|\[object|[a-z0-9]{40}/i);
	return told.map(({ source }) => source[0]?.previousNode);
}

const said = (execution: Execution) =>
	execution.items('Tell somebody').map(({ json }) => text(json.report));
const { statuses } = lab;

describe.each([
	{
		file: 'store-in-vault.json',
		setup: () => ({
			settings: { vault: vault.mount },
			credentials: { httpHeaderAuth: vault.header },
		}),
		store: () => vault,
		write: 'POST',
		held: () => vault.secrets.get('digicert/1538858/build-server')?.map((data) => data.api_key),
	},
	{
		file: 'store-in-custodia.json',
		setup: () => ({
			settings: { custodia: custodia.address },
			credentials: { httpHeaderAuth: custodia.header },
		}),
		store: () => custodia,
		write: 'PUT',
		held: () => [custodia.secrets.get('digicert/build-server')],
	},
])('$file', ({ file, setup, store, write, held }) => {
	test('creates a key and puts it into the store', async () => {
		const execution = await run(file, setup());
		expect(reports(execution)).toEqual(['Stored']);
		expect(lab.created()).toMatchObject([{ name: 'build-server', status: 'active' }]);
		const [value] = held() ?? [];
		expect(lab.sandbox.holds(text(value))?.id).toBe(at(lab.created(), 0).id);
	});

	test('does not write over a secret, and revokes the key that has no place', async () => {
		await run(file, setup());
		const before = held();
		const { id } = at(lab.created(), 0);
		await lab.perform('userApiKey', 'revoke', [{}], {
			parameters: { keyId: byId(id) },
		});
		expect(reports(await run(file, setup()))).toEqual(['Not stored']);
		expect(held()).toEqual(before);
		expect(statuses()).toEqual(['revoked', 'revoked']);
	});

	test.each<[string, StoreFault]>([
		['refuses', { method: write, when: 'before', status: 503 }],
		['breaks off', { method: write, when: 'before' }],
		['loses the answer', { method: write, when: 'after' }],
		['does not give it back', { method: 'GET', when: 'before', status: 500 }],
		['gives something else back', { method: 'GET', when: 'before', status: 200 }],
	])('when the store %s, the key is revoked and the report says so', async (_, fault) => {
		// Reading is tried three times.
		store().addFault({ ...fault, times: 3 });
		const execution = await run(file, setup());
		expect(reports(execution)).toEqual(['Not stored']);
		expect(statuses()).toEqual(['revoked']);
		expect(said(execution)[0]).toContain(String(at(lab.created(), 0).id));
	});

	test('a key that cannot be revoked is named', async () => {
		store().addFault({ method: write, when: 'before', status: 403 });
		lab.sandbox.addFault({ match: { method: 'PUT' }, ...faults.errorBefore(403) });
		const execution = await run(file, setup());
		expect(reports(execution)).toEqual(['Not stored and live']);
		expect(said(execution)[0]).toContain(`key ${at(lab.created(), 0).id}`);
	});

	test('a second run while the key lives creates nothing', async () => {
		await run(file, setup());
		expect(reports(await run(file, setup()))).toEqual(['No key was delivered']);
		expect(statuses()).toEqual(['active']);
	});
});

test('store-in-custodia.json: no key is created while the store does not answer', async () => {
	custodia.addFault({ method: 'POST', when: 'before', status: 503 });
	const execution = await run('store-in-custodia.json', {
		settings: { custodia: custodia.address },
		credentials: { httpHeaderAuth: custodia.header },
	});
	expect(reports(execution)).toEqual(['Store not ready']);
	expect(lab.sandbox.requests()).toEqual([]);
});

describe('onboard-subaccount.json', () => {
	const onboard = async () =>
		await run('onboard-subaccount.json', {
			settings: { vault: vault.mount },
			credentials: { httpHeaderAuth: vault.header },
		});

	test('stores a key of known form, and switches the first one off', async () => {
		expect(reports(await onboard())).toEqual(['Stored']);
		expect(lab.created()).toHaveLength(2);
		const [first, key] = [at(lab.created(), 0), at(lab.created(), 1)];
		expect([first.status, key.status]).toEqual(['inactive', 'active']);
		expect(key).toMatchObject({ name: 'ACME production', ownerId: first.ownerId });
		const [secret = {}] = vault.secrets.get(`digicert/subaccounts/${key.ownerId}`) ?? [];
		expect(secret).toMatchObject({ key_id: key.id, name: 'ACME production' });
		expect(lab.sandbox.holds(text(secret.api_key))?.id).toBe(key.id);
	});

	test.each<[string, StoreFault]>([
		['refuses', { method: 'POST', when: 'before', status: 403 }],
		['does not answer', { method: 'POST', when: 'before' }],
	])('when the store %s, no key stays live', async (_, fault) => {
		vault.addFault(fault);
		const execution = await onboard();
		expect(reports(execution)).toEqual(['Not stored']);
		expect(statuses()).toEqual(['inactive', 'inactive']);
		expect(said(execution)[0]).toContain(`subaccount ${at(lab.created(), 1).ownerId}`);
	});

	test.each([
		['cannot be listed', { match: { method: 'GET' }, ...faults.errorBefore(403) }],
		[
			'is not in the list',
			{
				when: 'before' as const,
				action: 'reply' as const,
				reply: { status: 200, body: { api_keys: [] } },
				match: { method: 'GET' },
			},
		],
	])('a first key that %s is named, and nothing more is created', async (_, fault) => {
		lab.sandbox.addFault({ times: Infinity, ...fault });
		const execution = await onboard();
		expect(reports(execution)).toEqual(['First key not found']);
		expect(lab.created()).toHaveLength(1);
		expect(said(execution)[0]).toContain(at(lab.created(), 0).name);
	});

	test('without a subaccount nothing else is done', async () => {
		lab.sandbox.addFault({ match: { path: '/account' }, ...faults.errorBefore(403) });
		expect(reports(await onboard())).toEqual(['No subaccount']);
		expect(lab.sandbox.requests()).toHaveLength(1);
	});
});

describe('rotate-on-schedule.json', () => {
	const PATH = 'digicert/1538858/build-server';

	/** The id of the key that the store holds, which is in use. */
	async function storedKey() {
		await run('store-in-vault.json', {
			settings: { vault: vault.mount },
			credentials: { httpHeaderAuth: vault.header },
		});
		const { us } = lab.sandbox.certCentral;
		const headers = { 'x-dc-devkey': text(inStore()?.api_key) };
		expect((await request(`${us.baseUrl}/user/me`, { headers })).statusCode).toBe(200);
		lab.sandbox.clearFaults();
		return at(lab.created(), 0).id;
	}

	/** Every key that exists is due. */
	const rotate = async (nameContains = '') =>
		await run('rotate-on-schedule.json', {
			settings: { vault: vault.mount, days: -1, name_contains: nameContains },
			credentials: { httpHeaderAuth: vault.header },
		});
	const inStore = () => vault.secrets.get(PATH)?.at(-1);
	const seededOff = () => lab.sandbox.keys(({ seeded, status }) => seeded && status !== 'active');

	test('rotates the keys that the store holds, and no others', async () => {
		const old = await storedKey();
		const before = seededOff().length;
		const execution = await rotate();
		expect(reports(execution)).toEqual(['Rotated']);
		expect(statuses()).toEqual(['revoked', 'active']);
		const successor = at(lab.created(), 1);
		expect(inStore()).toMatchObject({ key_id: successor.id, replaces: old });
		expect(lab.sandbox.holds(text(inStore()?.api_key))).toMatchObject({
			id: successor.id,
			lastUsedAt: anyText,
		});
		expect(seededOff()).toHaveLength(before);
		expect(execution.items('Not in this store')).toHaveLength(5);
	});

	test('tries the new key where Settings say, as in Europe', async () => {
		const { baseUrl, keys, users } = lab.sandbox.certCentral.eu;
		const credentials = {
			httpHeaderAuth: vault.header,
			digiCertCertCentralApi: { apiKey: keys.administrator, region: 'custom', baseUrl },
		};
		const settings = { vault: vault.mount, user_id: users.serviceUser };
		await run('store-in-vault.json', { settings, credentials });
		const execution = await run('rotate-on-schedule.json', {
			settings: { vault: vault.mount, days: -1, digicert: baseUrl },
			credentials,
		});
		expect(reports(execution)).toEqual(['Rotated']);
		expect(statuses()).toEqual(['revoked', 'active']);
		expect(new Set(lab.sandbox.requests().map(({ instance }) => instance))).toEqual(
			new Set(['eu']),
		);
	});

	test('one key that is not stored does not touch the others', async () => {
		const credentials = { httpHeaderAuth: vault.header };
		for (const name of ['first', 'second', 'third']) {
			const settings = { vault: vault.mount, key_name: name };
			await run('store-in-vault.json', { settings, credentials });
		}
		const [first, second, third] = lab.created().map(({ id }) => id);
		vault.addFault({ method: 'POST', when: 'before', status: 403 });
		const execution = await rotate();
		expect(new Set(reports(execution))).toEqual(new Set(['Rotated', 'Not stored']));
		expect(statuses()).toEqual(['active', 'revoked', 'revoked', 'revoked', 'active', 'active']);
		expect(said(execution).sort()).toMatchObject([
			textWith(`Key ${second} (second) was replaced`),
			textWith(`Key ${third} (third) was replaced`),
			textWith(`successor of key ${first} (first)`),
		]);
		const [, , , , ...successors] = lab.created();
		for (const { id, name } of successors) {
			expect(vault.secrets.get(`digicert/1538858/${name}`)?.at(-1)?.key_id).toBe(id);
		}
	});

	test('with days at 0 and a name, one key is rotated at once', async () => {
		const credentials = { httpHeaderAuth: vault.header };
		for (const name of ['first', 'second']) {
			await run('store-in-vault.json', {
				settings: { vault: vault.mount, key_name: name },
				credentials,
			});
		}
		const execution = await run('rotate-on-schedule.json', {
			settings: { vault: vault.mount, days: 0, name_contains: 'second' },
			credentials,
		});
		expect(reports(execution)).toEqual(['Rotated']);
		expect(statuses()).toEqual(['active', 'revoked', 'active']);
	});

	test('a key that is not due is left alone', async () => {
		await storedKey();
		const execution = await run('rotate-on-schedule.json', {
			settings: { vault: vault.mount },
			credentials: { httpHeaderAuth: vault.header },
		});
		expect(reports(execution)).toEqual([]);
		expect(statuses()).toEqual(['active']);
	});

	test.each<[string, StoreFault]>([
		['refuses', { method: 'POST', when: 'before', status: 403 }],
		['breaks off before it writes', { method: 'POST', when: 'before' }],
	])('when the store %s, the new key is revoked and the old one stays', async (_, fault) => {
		const old = await storedKey();
		vault.addFault(fault);
		expect(reports(await rotate())).toEqual(['Not stored']);
		expect(statuses()).toEqual(['active', 'revoked']);
		expect(inStore()?.key_id).toBe(old);
	});

	test('when the store has written but its answer is lost, the rotation goes on', async () => {
		await storedKey();
		vault.addFault({ method: 'POST', when: 'after' });
		expect(reports(await rotate())).toEqual(['Rotated']);
		expect(statuses()).toEqual(['revoked', 'active']);
		expect(inStore()?.key_id).toBe(at(lab.created(), 1).id);
	});

	test.each<[string, StoreFault, RegExp]>([
		['is away', { method: 'GET', when: 'before', times: 3 }, /closed unexpectedly/],
		[
			'gives an answer without a secret',
			{ method: 'GET', when: 'before', status: 200 },
			/with neither of them/,
		],
	])('when the store then %s, both keys stay live and are named', async (_, fault, reason) => {
		const old = await storedKey();
		vault.addFault({
			method: 'POST',
			when: 'after',
			then: fault,
		});
		const execution = await rotate('build-server');
		expect(reports(execution)).toEqual(['Store in doubt']);
		expect(statuses()).toEqual(['active', 'active']);
		for (const id of [old, at(lab.created(), 1).id])
			expect(said(execution)[0]).toContain(String(id));
		expect(said(execution)[0]).toMatch(reason);
	});

	test.each([
		['the stored key cannot be tried', { match: { path: '/user/me' }, times: 3 }, /403/],
		['the old key cannot be revoked', { match: { method: 'PUT' }, times: 1 }, /DigiCert refused/],
	])('when %s, both stay, and the next run goes on there', async (_, fault, reason) => {
		await storedKey();
		lab.sandbox.addFault({ ...faults.errorBefore(403), ...fault });
		const execution = await rotate();
		expect(reports(execution)).toEqual(['Old key stays live']);
		expect(said(execution)[0]).toMatch(reason);
		expect(statuses()).toEqual(['active', 'active']);

		const next = await rotate('build-server');
		expect(next.items('Revoke the old key')).toHaveLength(1);
		expect(at(lab.created(), 0).status).toBe('revoked');
	});

	test('a live successor that the store does not hold is named, and no other is made', async () => {
		const old = await storedKey();
		await lab.createUserKeys([{ user: 1538858, name: 'build-server' }]);
		const execution = await rotate();
		expect(reports(execution)).toEqual(['Another live key']);
		expect(said(execution)[0]).toContain(String(at(lab.created(), 1).id));
		expect(statuses()).toEqual(['active', 'active']);
		expect(inStore()?.key_id).toBe(old);
	});

	test.each([
		['refuses to be read', { status: 403 }, 'It answered with status 403.'],
		['is away', {}, 'closed unexpectedly'],
		['gives an answer that is none', { status: 200 }, 'status 200, but with no secret.'],
	])('when the store %s, nothing is rotated', async (_, fault, reason) => {
		await storedKey();
		vault.addFault({ method: 'GET', when: 'before', times: Infinity, ...fault });
		const execution = await rotate();
		expect(new Set(reports(execution))).toEqual(new Set(['Store not read']));
		expect(said(execution)[0]).toContain(reason);
		expect(statuses()).toEqual(['active']);
	});

	test("a lost reply of DigiCert's leaves the old key as the only live one", async () => {
		const old = await storedKey();
		lab.sandbox.addFault({ match: { method: 'POST' }, ...faults.dropAfter() });
		expect(reports(await rotate())).toEqual(['Not rotated']);
		expect(statuses()).toEqual(['active', 'revoked']);
		expect(inStore()?.key_id).toBe(old);
	});
});

describe('key-to-n8n-credential.json', () => {
	const refresh = async (credentialId: string, api = n8n.api) =>
		await run('key-to-n8n-credential.json', {
			settings: { n8n_api: api, credential_id: credentialId },
			credentials: { n8nApi: { apiKey: n8n.apiKey, baseUrl: api } },
		});

	/** @returns the ID of the credential that the first run made */
	async function made(): Promise<string> {
		const execution = await refresh('');
		return text(jsonOf(execution, 0, 'Enter this ID in Settings').credential_id);
	}
	const heldKey = () => lab.sandbox.holds(text(n8n.stored.get('1')?.data.apiKey));

	test('makes a credential with a new key, whose ID ends its name', async () => {
		await made();
		const { id } = at(lab.created(), 0);
		expect(n8n.stored.get('1')).toMatchObject({
			name: `DigiCert for build servers, key ${id}`,
			type: 'digiCertCertCentralApi',
		});
		expect(heldKey()).toMatchObject({ id, status: 'active' });
	});

	test('a second run without the ID makes no second key', async () => {
		await made();
		expect(reports(await refresh(''))).toEqual(['No key']);
		expect(statuses()).toEqual(['active']);
	});

	test.each<[string, StoreFault]>([
		['refuses', { method: 'POST', when: 'before', status: 403 }],
		['breaks off', { method: 'POST', when: 'after' }],
	])('when n8n %s the new credential, its key is revoked', async (_, fault) => {
		n8n.addFault(fault);
		expect(reports(await refresh(''))).toEqual(['No credential']);
		expect(statuses()).toEqual(['revoked']);
	});

	test('rotates the key in the credential', async () => {
		const credential = await made();
		expect(reports(await refresh(credential))).toEqual(['Rotated']);
		expect(statuses()).toEqual(['revoked', 'active']);
		const { id } = at(lab.created(), 1);
		expect(heldKey()).toMatchObject({ id });
		expect(n8n.stored.get('1')?.name).toMatch(new RegExp(`, key ${id}$`));

		expect(reports(await refresh(credential))).toEqual(['Rotated']);
		expect(statuses()).toEqual(['revoked', 'revoked', 'active']);
	});

	test.each<[string, StoreFault]>([
		['refuses', { method: 'PATCH', when: 'before', status: 403 }],
		['breaks off before it writes', { method: 'PATCH', when: 'before' }],
	])('when n8n %s, the new key is revoked and the old one stays', async (_, fault) => {
		const credential = await made();
		n8n.addFault(fault);
		expect(reports(await refresh(credential))).toEqual(['Not changed']);
		expect(statuses()).toEqual(['active', 'revoked']);
		expect(heldKey()?.id).toBe(at(lab.created(), 0).id);
	});

	test('when n8n has written but its answer is lost, the rotation goes on', async () => {
		const credential = await made();
		n8n.addFault({ method: 'PATCH', when: 'after' });
		expect(reports(await refresh(credential))).toEqual(['Rotated']);
		expect(heldKey()?.id).toBe(at(lab.created(), 1).id);
		expect(statuses()).toEqual(['revoked', 'active']);
	});

	test.each<[string, StoreFault]>([
		['is away', { method: 'GET', when: 'before', times: 3 }],
		['gives an answer without a name', { method: 'GET', when: 'before', status: 200 }],
	])('when n8n then %s, both keys stay live and are named', async (_, fault) => {
		const credential = await made();
		n8n.addFault({
			method: 'PATCH',
			when: 'after',
			then: fault,
		});
		const execution = await refresh(credential);
		expect(reports(execution)).toEqual(['In doubt']);
		expect(statuses()).toEqual(['active', 'active']);
		for (const { id } of lab.created()) expect(said(execution)[0]).toContain(String(id));
	});

	test('a credential whose name tells no key, or that is not there, changes nothing', async () => {
		const credential = await made();
		Object.assign(n8n.stored.get('1') ?? {}, { name: 'Renamed' });
		expect(reports(await refresh(credential))).toEqual(['Not rotated']);
		expect(reports(await refresh('404'))).toEqual(['Not rotated']);
		expect(statuses()).toEqual(['active']);
	});

	test('a live successor that the credential does not hold is named', async () => {
		const credential = await made();
		await lab.createUserKeys([{ user: 1538858, name: 'DigiCert for build servers' }]);
		expect(reports(await refresh(credential))).toEqual(['Another live key']);
		expect(statuses()).toEqual(['active', 'active']);
	});
});
