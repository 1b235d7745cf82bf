import { anyNumber, anyText, objectWith, textLike } from '../support/matchers.mts';
import { at, record } from '../support/read.mts';
import { openSandbox } from './support.mts';
import type { Api } from './support.mts';

/** The format of created_at and last_used_date (digicert-api.md B.2.1). */
const ISO_WITH_Z = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let api: Api;
let accounts: Api['sandbox']['partner']['accounts'];
let keys: Api['sandbox']['partner']['keys'];
beforeAll(async () => {
	api = await openSandbox();
	({ accounts, keys } = api.sandbox.partner);
});
afterEach(() => {
	api.sandbox.reset();
});
afterAll(() => api.close());

const NAME = 'Subaccount Production Key';
const create = (name = NAME, accountId = accounts.subaccount, key = keys.parent) =>
	api.partner('POST', `/api-key/account/${accountId}`, { name }, key);
const ownersSeenBy = async (key: string) => {
	const rows = (await api.partner('GET', '/api-key', undefined, key)).rows();
	return [...new Set(rows.map((row) => row.account_id))].sort();
};
const setStatus = (id: number, status: string, key = keys.parent) =>
	api.partner('PUT', `/api-key/${id}/status`, { status }, key);
const seededKeyOf = (ownerId: number) => at(api.sandbox.keys({ api: 'partner', ownerId }), 0);

describe('Create API key for subaccount (digicert-api.md B.2.3)', () => {
	test('answers the documented example with five fields, the key among them', async () => {
		const reply = await create();

		expect(reply.status).toBe(201);
		expect(reply.headers['content-type']).toBe('application/json');
		expect(reply.json()).toEqual({
			id: anyNumber,
			name: NAME,
			api_key: textLike(/^[a-z0-9]{50}$/),
			status: 'active',
			account_id: accounts.subaccount,
		});
	});

	test('never shows the key again', async () => {
		const { id, value } = (await create()).key();
		const info = await api.partner('GET', `/api-key/${id}`);
		const later = [info, await api.partner('GET', '/api-key'), await setStatus(id, 'inactive')];

		expect(later.map(({ text }) => text).join()).not.toContain(value);
		expect(info.fields().api_key_last4).toBe(value.slice(-4));
	});

	test.each([
		['200 characters', 'n'.repeat(200), 201],
		['200 characters of two units', '😀'.repeat(200), 201],
		['201 characters', 'n'.repeat(201), 400],
		['none', '', 400],
	])('a name of %s: %i', async (_, name, status) => {
		expect((await create(name)).status).toBe(status);
	});

	test.each([
		['a subaccount for itself', 'subaccount', 'subaccount', 403],
		['a subaccount for another', 'subaccount', 'otherSubaccount', 403],
		['a parent for itself', 'parent', 'parent', 403],
		['a parent for a stranger', 'parent', 'unrelated', 403],
		['a stranger for a subaccount', 'unrelated', 'subaccount', 403],
		['a subaccount for nobody', 'subaccount', undefined, 403],
		['a parent for nobody', 'parent', undefined, 404],
	] as const)('refuses %s', async (_, keyName, account, status) => {
		const reply = await create('CI', account ? accounts[account] : 1, keys[keyName]);

		expect(reply.status).toBe(status);
		expect(reply.json()).toEqual({ error: anyText, message: anyText });
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});
});

describe('List and Retrieve (digicert-api.md B.2.1, B.2.2)', () => {
	test('show the seven documented fields, last_used_date once there was a use', async () => {
		const { id, value } = (await create()).key();
		const fresh = (await api.partner('GET', `/api-key/${id}`)).json();
		await api.partner('GET', '/api-key', undefined, value);

		const expected = {
			id,
			name: NAME,
			account_id: accounts.subaccount,
			status: 'active',
			created_at: textLike(ISO_WITH_Z),
			api_key_last4: value.slice(-4),
		};
		expect(fresh).toEqual(expected);
		expect((await api.partner('GET', '/api-key')).rows()).toContainEqual({
			...expected,
			last_used_date: textLike(ISO_WITH_Z),
		});
	});

	test('a parent sees its own and its subaccounts, a subaccount only itself', async () => {
		expect(await ownersSeenBy(keys.parent)).toEqual(
			[accounts.parent, accounts.subaccount, accounts.otherSubaccount].sort(),
		);
		expect(await ownersSeenBy(keys.subaccount)).toEqual([accounts.subaccount]);
		expect(await ownersSeenBy(keys.unrelated)).toEqual([accounts.unrelated]);
	});

	test.each([
		['unrelated', 'subaccount', 403],
		['subaccount', 'otherSubaccount', 403],
		['subaccount', 'parent', 403],
		['subaccount', 'subaccount', 200],
		['parent', 'otherSubaccount', 200],
	] as const)('the %s key and a key of %s: %i', async (keyName, owner, status) => {
		const { id } = seededKeyOf(accounts[owner]);

		const reply = await api.partner('GET', `/api-key/${id}`, undefined, keys[keyName]);
		expect(reply.status).toBe(status);
	});

	test('take no query and know no other key', async () => {
		expect((await api.partner('GET', '/api-key?limit=5')).status).toBe(400);
		expect((await api.partner('GET', '/api-key/1')).status).toBe(404);
	});
});

describe('Update API key status (digicert-api.md B.2.4)', () => {
	test('inactive keys are refused but stay in the list; active ones are let in again', async () => {
		const { id, value } = (await create()).key();
		const use = async () => (await api.partner('GET', '/api-key', undefined, value)).status;

		const off = await setStatus(id, 'inactive');
		expect([off.status, off.text]).toEqual([204, '']);
		expect(await use()).toBe(403);
		expect((await api.partner('GET', '/api-key')).rows()).toContainEqual(
			objectWith({ id, status: 'inactive' }),
		);
		await setStatus(id, 'active');
		expect(await use()).toBe(200);
	});

	test('refuses strangers, and the status word of the other API', async () => {
		const { id } = seededKeyOf(accounts.subaccount);

		expect((await setStatus(id, 'inactive', keys.unrelated)).status).toBe(403);
		expect((await setStatus(id, 'revoked')).status).toBe(400);
	});
});

describe('Account management (digicert-api.md B.3)', () => {
	const body = {
		api_key_name: 'Production API Key',
		name: 'ACME Corporation Subaccount',
		emergency_contact_emails: ['security@example.com', 'emergency@example.com'],
	};

	test('Create subaccount makes an account below the caller, with a key that works', async () => {
		const reply = await api.partner('POST', '/account/subaccount', body);
		const { account_id: accountId, api_key: key } = reply.fields();

		expect(reply.status).toBe(201);
		expect(key).toMatchObject({ name: 'Production API Key', account_id: accountId });
		expect(await ownersSeenBy(String(record(key).api_key))).toEqual([accountId]);
		expect(await ownersSeenBy(keys.parent)).toContain(accountId);
		expect((await create('Second', Number(accountId))).status).toBe(201);
	});

	test('Create subaccount is for parents', async () => {
		const reply = await api.partner('POST', '/account/subaccount', body, keys.subaccount);

		expect(reply.status).toBe(403);
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});

	test('account settings can be read with either kind of key, and are counted (B.3.2)', async () => {
		for (const key of [keys.parent, keys.subaccount]) {
			const reply = await api.partner('GET', '/account/settings', undefined, key);
			expect(reply.fields().settings).toContainEqual({
				name: 'auto_renew_subscription',
				value: '1',
				is_default: true,
			});
		}
		expect(api.sandbox.requests({ route: 'GET /account/settings' })).toHaveLength(2);
	});
});

test('wrong and missing keys, CertCentral ones among them, are refused with 403', async () => {
	const attempts: Record<string, string>[] = [
		{},
		{ 'x-partner-apikey': 'nobody' },
		{ 'x-partner-apikey': api.sandbox.certCentral.us.keys.administrator },
		{ 'x-dc-devkey': keys.parent },
	];
	for (const path of ['/api-key', '/account/settings']) {
		for (const headers of attempts) {
			const reply = await api.send('GET', api.sandbox.partner.baseUrl + path, { headers });
			expect(reply.status).toBe(403);
		}
	}
});
