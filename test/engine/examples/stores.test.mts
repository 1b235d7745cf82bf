import type { INodeExecutionData } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import { loadExample } from '../../support/examples.mts';
import type { Setup } from '../../support/examples.mts';
import { ec, pemOf } from '../../support/keyPairs.mts';
import { byId, changing, NO_KEYS, POST, PUT, useLab } from '../../support/lab.mts';
import { at, present, record, text } from '../../support/read.mts';
import { startAws } from '../../support/standIns/aws.mts';
import type { AwsStandIn } from '../../support/standIns/aws.mts';
import { startCustodia } from '../../support/standIns/custodia.mts';
import type { CustodiaStandIn } from '../../support/standIns/custodia.mts';
import { startN8nApi } from '../../support/standIns/n8nApi.mts';
import type { N8nApiStandIn } from '../../support/standIns/n8nApi.mts';
import type { StandInServer, StoreFault } from '../../support/standIns/server.mts';
import { startVault } from '../../support/standIns/vault.mts';
import type { VaultStandIn } from '../../support/standIns/vault.mts';

interface Stands {
	vault: VaultStandIn;
	custodia: CustodiaStandIn;
	n8n: N8nApiStandIn;
	aws: AwsStandIn;
}

const lab = useLab();
let started: Stands | undefined;
const stands = () => present(started, 'The stores');
const servers = (): StandInServer[] => {
	const { vault, custodia, n8n, aws } = stands();
	return [vault, custodia, n8n, aws];
};

beforeAll(async () => {
	started = {
		vault: await startVault(),
		custodia: await startCustodia(),
		n8n: await startN8nApi(),
		aws: await startAws(),
	};
});
beforeEach(() => {
	const type = 'digiCertCertCentralApi';
	stands().n8n.stored.set('1', { id: '1', name: 'Made by hand', type, data: {} });
});
afterEach(() => {
	for (const server of servers()) server.reset();
});
afterAll(async () => {
	await Promise.all(
		servers().map(async (server) => {
			await server.close();
		}),
	);
});

const OWNER = () => lab.sandbox.certCentral.us.users.person;
/** What the sub-workflow is called that keys are handed over to. */
const STORE = 'store';
const NAME = 'Build server (rotated by n8n)';

interface Store {
	file: string;
	setup: (stands: Stands) => Setup;
	server: (stands: Stands) => StandInServer;
	/** The method that it is written to with. */
	write: string;
	/** The newest value in it. */
	held: (stands: Stands) => unknown;
	/** Where the first key is. */
	place: () => string;
}

const STORES: Store[] = [
	{
		file: 'store-in-vault.json',
		setup: ({ vault }) => ({
			settings: { vault: vault.mount },
			credentials: { httpHeaderAuth: vault.header },
		}),
		server: ({ vault }) => vault,
		write: 'POST',
		held: ({ vault }) => [...vault.secrets.values()].at(-1)?.at(-1)?.api_key,
		place: () => `digicert/${OWNER()}/Build%20server%20(rotated%20by%20n8n)`,
	},
	{
		file: 'store-in-custodia.json',
		setup: ({ custodia }) => ({
			settings: { custodia: custodia.address },
			credentials: { httpHeaderAuth: custodia.header },
		}),
		server: ({ custodia }) => custodia,
		write: 'PUT',
		held: ({ custodia }) => [...custodia.secrets.values()].at(-1),
		place: () => `digicert/Build%20server%20(rotated%20by%20n8n)-${at(lab.created(), 0).id}`,
	},
	{
		file: 'store-in-aws-secrets-manager.json',
		setup: ({ aws }) => ({
			settings: { endpoint: 'http://secretsmanager.eu-central-1.amazonaws.com/' },
			credentials: { aws: aws.credential },
			awsProxy: aws.url,
		}),
		server: ({ aws }) => aws,
		write: 'POST',
		held: ({ aws }) => [...aws.secrets.values()].at(-1)?.at(-1)?.value,
		place: () => `digicert/${OWNER()}/Build+server+=28rotated+by+n8n=29`,
	},
	{
		file: 'store-in-n8n-credential.json',
		setup: ({ n8n }) => ({
			settings: { n8n_api: n8n.api, credential_id: '1' },
			credentials: { n8nApi: { apiKey: n8n.apiKey, baseUrl: n8n.api } },
		}),
		server: ({ n8n }) => n8n,
		write: 'PATCH',
		held: ({ n8n }) => n8n.stored.get('1')?.data.apiKey,
		place: () => '1',
	},
];
const VAULT = at(STORES, 0);
const AWS = at(STORES, 2);
const N8N = at(STORES, 3);
type Body = Record<string, unknown>;

/** Imports a store's workflow as the one that keys are handed over to. */
async function importStore({ file, setup }: Store): Promise<void> {
	const workflow = await loadExample(file, lab.sandbox, lab.engine, setup(stands()));
	lab.engine.subWorkflows.add(STORE, workflow);
}

/** Performs the operation Create of a resource, and hands the key over. */
async function handOver(resource: string, parameters: object) {
	const delivery = { deliverTo: 'workflow', handOverWorkflow: byId(STORE) };
	const execution = await lab.perform(resource, 'create', [{}], {
		parameters: { restrictedToRoleId: 0, ...delivery, ...parameters },
		settings: { onError: 'continueErrorOutput' },
	});
	return { stored: execution.items('Next'), failed: execution.items('Failed') };
}

/** Creates a user's key and hands it over. */
const create = async (options: object = { lostReply: 'revoke' }) =>
	await handOver('userApiKey', { userId: byId(OWNER()), name: NAME, options });

/** Runs an example that hands keys over. @returns its items, and what it failed with */
async function run(file: string, replace: Record<string, string> = {}) {
	const setup = { replace, handOverTo: STORE };
	const workflow = await loadExample(file, lab.sandbox, lab.engine, setup);
	const execution = await lab.run(workflow);
	const { status, error } = execution;
	const { message = '', description = '' } = error ?? {};
	const failure = `${message}\n${description ?? ''}`;
	expect(failure).not.toMatch(/undefined|\[object|[a-z0-9]{40}/i);
	return { status, items: (node: string) => execution.items(node), failure };
}

/** As if every key were old. */
const rotate = async () =>
	await run('rotate-on-schedule.json', { '$now.minus({ days: 60 })': '$now.plus({ days: 1 })' });

const heldKey = ({ held }: Store) => lab.sandbox.holds(text(held(stands())));
const said = ([item]: INodeExecutionData[]) => record(present(item).json);
const errorOf = ([item]: INodeExecutionData[]) => {
	const { message, description } = present(item?.error);
	return `${message} ${description ?? ''}`;
};

describe.each(STORES)('$file', (store) => {
	beforeEach(async () => {
		await importStore(store);
	});
	const { write } = store;
	const fault = (more: Partial<StoreFault>) => {
		store.server(stands()).addFault({ method: write, when: 'before', ...more });
	};

	test('stores a key, reads it back, and ends with one item that says where it is', async () => {
		const output = said((await create()).stored);
		expect(heldKey(store)).toMatchObject({ id: output.id, status: 'active' });
		const placed = Object.values(record(output.hand_over));
		expect(placed).toContain(store.place());
	});

	test('stores the first keys of two service users, each under its own ID', async () => {
		for (const email of ['a@digicert.example', 'b@digicert.example']) {
			const { stored } = await handOver('serviceUser', { email, name: NAME, containerIds: '' });
			const { key_id: id, hand_over: place } = said(stored);
			expect(heldKey(store)).toMatchObject({ id, status: 'active' });
			expect(place).toMatchObject({ key_id: id });
		}
	});

	test.each([
		['has no key where it belongs', ({ api_key: key, ...body }: Body) => ({ ...body, first: key })],
		[
			'may have the ID of the account',
			({ account_id: id, api_key: key }: Body) => ({ id, api_key: record(key).api_key }),
		],
	])('an answer of Create Subaccount that %s is not called stored', async (_, change) => {
		lab.fault(changing(change), POST);
		const parameters = { subaccountName: 'A', name: NAME, emergencyContactEmails: '' };
		expect(errorOf((await handOver('subaccount', parameters)).failed)).toContain('does not give');
		expect(lab.statuses()).toEqual(['inactive']);
	});

	test('stores the successor of a rotation, and the old key is switched off', async () => {
		await create();
		const { status, items } = await rotate();
		expect(status).toBe('success');
		expect(lab.statuses()).toEqual(['revoked', 'active']);
		expect(heldKey(store)?.id).toBe(at(lab.created(), 1).id);
		const report = text(said(items('Your mail or chat node')).report);
		expect(report).toContain(`Key ${at(lab.created(), 0).id} (`);
		expect(report).toContain(`replaced by key ${at(lab.created(), 1).id}, and is revoked.`);
	});

	test('an answer of the store that is lost does no harm', async () => {
		fault({ when: 'after' });
		expect((await create()).failed).toEqual([]);
		expect(heldKey(store)).toMatchObject({ status: 'active' });
	});

	test('a store that refuses fails; the key is off, and in a rotation both stay', async () => {
		fault({ status: 403, times: 9 });
		expect(errorOf((await create()).failed)).toContain('does not give key');
		expect(lab.statuses()).toEqual(['revoked']);
		store.server(stands()).reset();
		stands().n8n.stored.set('1', { id: '1', name: '', type: '', data: {} });

		await create();
		fault({ status: 403, times: 9 });
		const { failure } = await rotate();
		const [, old, successor] = lab.created();
		expect(failure).toMatch(/^1 of 1 keys that are due were not rotated\./);
		expect(failure).toMatch(`[key ${present(successor).id}, "${present(successor).name}": live]`);
		expect(lab.statuses()).toEqual(['revoked', 'active', 'active']);
		expect(heldKey(store)?.id).toBe(present(old).id);

		// The next night: no third key, and it fails again.
		expect((await rotate()).failure).toMatch(/^2 of 2 keys/);
		expect(lab.created()).toHaveLength(3);
	});
});

test.each([VAULT, at(STORES, 1), N8N])(
	'$file: what the store gives back has to be the key',
	async (store) => {
		await importStore(store);
		store.server(stands()).addFault({ method: 'GET', when: 'before', status: 200 });
		expect(errorOf((await create()).failed)).toContain('does not give key');
		expect(lab.statuses()).toEqual(['revoked']);
	},
);

test('store-in-n8n-credential.json: an encrypted key is not called stored', async () => {
	await importStore(N8N);
	const recipientPublicKey = pemOf(ec('P-256').publicKey);
	expect(errorOf((await create({ recipientPublicKey })).failed)).toContain('does not give key');
	expect(lab.statuses()).toEqual(['revoked']);
	expect(stands().n8n.stored.get('1')?.name).toBe('Made by hand');
});

test('store-in-vault.json: a first key is never written over a secret', async () => {
	await importStore(VAULT);
	await create({});
	expect(errorOf((await create({})).failed)).toContain('does not give key');
	expect(lab.statuses()).toEqual(['active', 'revoked']);
	expect(heldKey(VAULT)?.id).toBe(at(lab.created(), 0).id);
});

test.each([VAULT, AWS])('$file: a successor of another name takes the old place', async (store) => {
	await importStore(store);
	await create();
	const { id } = at(lab.created(), 0);
	const delivery = { deliverTo: 'workflow', handOverWorkflow: byId(STORE) };
	const parameters = { keyId: byId(id), name: 'Other', options: {}, ...delivery };
	const execution = await lab.perform('userApiKey', 'rotate', [{}], {
		parameters: { ...parameters, afterHandOver: 'switchOffOld', handOverFailed: 'keepBoth' },
	});
	const output = said(execution.items('DigiCert'));
	expect(output.hand_over).toMatchObject({ place: store.place() });
	expect(heldKey(store)).toMatchObject({ id: output.id, status: 'active' });
	expect(lab.statuses()).toEqual(['revoked', 'active']);
});

test('store-in-aws-secrets-manager.json: no two names share a secret', async () => {
	await importStore(AWS);
	const names = [
		'a b',
		'a+b',
		'a=20b',
		'a-b',
		"a'b",
		'サーバ',
		'キー',
		'build-server',
		'build=2Dserver',
	];
	for (const name of names) {
		await handOver('userApiKey', { userId: byId(OWNER()), name, options: {} });
	}
	const secrets = [...stands().aws.secrets.keys()];
	expect(secrets).toHaveLength(names.length);
	// What AWS takes; and it advises against a dash with six characters at the end.
	for (const secret of secrets) expect(secret).toMatch(/^(?!.*-.{6}$)[\w/+=.@-]+$/);
});

test.each(['.', '..', '../1/Build server', 'a/..'])(
	'store-in-vault.json: a key named "%s" stays in its folder',
	async (name) => {
		await importStore(VAULT);
		const { stored } = await handOver('userApiKey', { userId: byId(OWNER()), name, options: {} });
		const { place } = record(said(stored).hand_over);
		const { pathname } = new URL(decodeURIComponent(text(place)), 'http://localhost/');
		expect(pathname.split('/', 3).join('/')).toBe(`/digicert/${OWNER()}`);
		expect(pathname.length).toBeGreaterThan(`/digicert/${OWNER()}/`.length);
		expect(heldKey(VAULT)).toMatchObject({ name });
	},
);

describe('rotate-on-schedule.json', () => {
	beforeEach(async () => {
		await importStore(VAULT);
	});

	test('rotates keys of that name only, and one that fails does not keep the others', async () => {
		const off = () => lab.sandbox.keys(({ seeded, status }) => seeded && status !== 'active');
		const before = off().length;
		await lab.createUserKeys(['A', 'B', 'C'].map((name) => lab.item(`${name} rotated by n8n`)));
		stands().vault.addFault({ method: 'POST', when: 'before', status: 403 });
		const { failure, items } = await rotate();
		expect(failure).toMatch(
			/^1 of 3 keys that are due were not rotated\..*\[key \d+, ".*": live\]\n/,
		);
		expect(items('Your mail or chat node')).toHaveLength(2);
		expect(lab.statuses().filter((status) => status === 'revoked')).toHaveLength(2);
		expect(lab.created()).toHaveLength(6);
		expect(off()).toHaveLength(before);
	});

	test('a key that is not due is left alone', async () => {
		await create();
		expect(await run('rotate-on-schedule.json')).toMatchObject({ status: 'success' });
		expect(lab.statuses()).toEqual(['active']);
	});

	test("a lost reply of DigiCert's leaves the old key as the only live one", async () => {
		await create();
		lab.fault(faults.dropAfter(), POST);
		expect((await rotate()).failure).toContain(': switched_off]');
		expect(lab.statuses()).toEqual(['active', 'revoked']);
		expect(heldKey(VAULT)?.id).toBe(at(lab.created(), 0).id);
	});

	test('an old key that could not be switched off is told, and fails the next night', async () => {
		await create();
		lab.fault(faults.errorBefore(403), { ...PUT, times: 1 });
		const { status, items } = await rotate();
		expect(status).toBe('success');
		expect(said(items('Your mail or chat node')).report).toMatch(/is active\. Switching it off/);
		expect((await rotate()).failure).toMatch(/^2 of 2 keys/);
		expect(lab.statuses()).toEqual(['active', 'active']);
	});
});

describe('break-glass.json', () => {
	beforeEach(async () => {
		await importStore(VAULT);
		await lab.createUserKeys([lab.item('Leaked')]);
	});
	const leaked = () => at(lab.created(), 0);
	const breakGlass = async () =>
		await run('break-glass.json', { '"value": 184': `"value": ${leaked().id}` });
	const refusing = () => {
		stands().vault.addFault({ method: 'POST', when: 'before', status: 403 });
	};

	test('replaces the key, and switches it off', async () => {
		const { items } = await breakGlass();
		expect(said(items('Replaced')).report).toMatch(`Key ${leaked().id} is switched off.`);
		expect(lab.statuses()).toEqual(['revoked', 'active']);
		expect(heldKey(VAULT)?.id).toBe(at(lab.created(), 1).id);
	});

	test.each([
		['the store refuses', refusing, 'may have no successor in the store', ['revoked', 'active']],
		[
			'it was not switched off at first',
			() => {
				lab.fault(faults.errorBefore(403), { ...PUT, times: 1 });
			},
			'Its successor is in the store',
			['revoked', 'active'],
		],
	])(
		'when %s, it is switched off all the same, and this fails',
		async (_, arrange, words, left) => {
			arrange();
			const { failure } = await breakGlass();
			expect(failure).toMatch(new RegExp(`^Key ${leaked().id} is switched off, .*${words}`));
			expect(lab.statuses()).toEqual(left);
		},
	);

	test('a key that DigiCert does not switch off is called live', async () => {
		refusing();
		lab.fault(faults.errorBefore(403), { ...PUT, times: 9 });
		const { failure } = await breakGlass();
		expect(failure).toMatch(`KEY ${leaked().id} IS STILL LIVE`);
		expect(failure).toMatch(`[key ${at(lab.created(), 1).id}, "`);
		expect(lab.statuses()).toEqual(['active', 'active']);
	});
});

describe('onboard-subaccount.json', () => {
	beforeEach(async () => {
		await importStore(VAULT);
	});
	const onboard = async () => await run('onboard-subaccount.json');

	test('stores a key of known form, and switches the first one off', async () => {
		const { items } = await onboard();
		const [first, key, ...more] = lab.created();
		expect(more).toEqual([]);
		expect([first?.status, key?.status]).toEqual(['inactive', 'active']);
		expect(key?.ownerId).toBe(first?.ownerId);
		expect(said(items('Onboarded')).report).toMatch(/^Subaccount \d+ has the key \d+, which/);
		expect(heldKey(VAULT)?.id).toBe(key?.id);
	});

	test.each([
		[
			'the store refuses',
			() => {
				stands().vault.addFault({ method: 'POST', when: 'before', status: 403 });
			},
			/^Subaccount \d+ exists, without a key in the store\. \[key \d+, "ACME production.*": switched_off\]/,
			['inactive', 'inactive'],
		],
		[
			'the first key is not in the list',
			() => {
				lab.fault(NO_KEYS, { match: { method: 'GET' }, times: Infinity });
			},
			/^The subaccount exists, but its first key may be live\nIt is named Onboarding /,
			['active'],
		],
		[
			'no subaccount is made',
			() => {
				lab.fault(faults.errorBefore(403), { match: { path: '/account/subaccount' } });
			},
			/403/,
			[],
		],
	])('when %s, it fails and says what is left', async (_, arrange, words, left) => {
		arrange();
		expect((await onboard()).failure).toMatch(words);
		expect(lab.statuses()).toEqual(left);
	});
});
