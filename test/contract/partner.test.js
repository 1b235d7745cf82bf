'use strict';

const { openSandbox } = require('./support');

/** The format of created_at and last_used_date (B.2.1). */
const ISO_WITH_Z = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** @type {import('./support').Api} */
let api;
/** @type {import('../../sandbox/index.mts').PartnerGuide['accounts']} */
let accounts;
/** @type {import('../../sandbox/index.mts').PartnerGuide['keys']} */
let keys;
beforeAll(async () => {
	api = await openSandbox();
	({ accounts, keys } = api.sandbox.partner);
});
afterEach(() => api.sandbox.reset());
afterAll(() => api.close());

/** @typedef {keyof typeof keys} KeyName */
/** @typedef {keyof typeof accounts} AccountName */

const createKey = async (body = { name: 'Subaccount Production Key' }) =>
	(await api.partner('POST', `/api-key/account/${accounts.subaccount}`, body)).json();
const ownersSeenBy = async (/** @type {string} */ key) => {
	const { api_keys: list } = (await api.partner('GET', '/api-key', undefined, key)).json();
	return [...new Set(list.map((entry) => entry.account_id))].sort();
};
const seededKeyOf = (/** @type {number} */ ownerId) =>
	api.sandbox.keys({ api: 'partner', ownerId })[0];

describe('Create API key for subaccount (B.2.3)', () => {
	test('answers the documented example with five fields, the key among them', async () => {
		const reply = await api.partner('POST', `/api-key/account/${accounts.subaccount}`, {
			name: 'Subaccount Production Key',
		});

		expect(reply.status).toBe(201);
		expect(reply.headers['content-type']).toBe('application/json');
		expect(reply.json()).toEqual({
			id: expect.any(Number),
			name: 'Subaccount Production Key',
			api_key: expect.stringMatching(/^[a-z0-9]{50}$/),
			status: 'active',
			account_id: accounts.subaccount,
		});
	});

	test('never shows the key again', async () => {
		const { id, api_key: value } = await createKey();
		const later = await Promise.all([
			api.partner('GET', '/api-key'),
			api.partner('GET', `/api-key/${id}`),
			api.partner('PUT', `/api-key/${id}/status`, { status: 'inactive' }),
		]);

		expect(later.map(({ text }) => text).join()).not.toContain(value);
		expect(later[1].json().api_key_last4).toBe(value.slice(-4));
	});

	test('takes names of up to 200 characters', async () => {
		const status = async (/** @type {string} */ name) =>
			(await api.partner('POST', `/api-key/account/${accounts.subaccount}`, { name })).status;

		expect(await status('n'.repeat(200))).toBe(201);
		expect(await status('😀'.repeat(200))).toBe(201);
		expect(await status('n'.repeat(201))).toBe(400);
		expect(await status('')).toBe(400);
	});

	test.each([
		['a subaccount for itself', 'subaccount', () => accounts.subaccount, 403],
		['a subaccount for another', 'subaccount', () => accounts.otherSubaccount, 403],
		['a parent for itself', 'parent', () => accounts.parent, 403],
		['a parent for a stranger', 'parent', () => accounts.unrelated, 403],
		['a stranger for a subaccount', 'unrelated', () => accounts.subaccount, 403],
		['a subaccount for nobody', 'subaccount', () => 1, 403],
		['a parent for nobody', 'parent', () => 1, 404],
	])('refuses %s', async (_, keyName, accountId, status) => {
		const path = `/api-key/account/${accountId()}`;
		const reply = await api.partner(
			'POST',
			path,
			{ name: 'CI' },
			keys[/** @type {KeyName} */ (keyName)],
		);

		expect(reply.status).toBe(status);
		expect(reply.json()).toEqual({ error: expect.any(String), message: expect.any(String) });
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});
});

describe('List and Retrieve (B.2.1, B.2.2)', () => {
	test('show the seven documented fields, last_used_date once there was a use', async () => {
		const { id, api_key: value } = await createKey();
		const fresh = (await api.partner('GET', `/api-key/${id}`)).json();
		await api.partner('GET', '/api-key', undefined, value);
		const { api_keys: list } = (await api.partner('GET', '/api-key')).json();

		const expected = {
			id,
			name: 'Subaccount Production Key',
			account_id: accounts.subaccount,
			status: 'active',
			created_at: expect.stringMatching(ISO_WITH_Z),
			api_key_last4: value.slice(-4),
		};
		expect(fresh).toEqual(expected);
		expect(list.find((key) => key.id === id)).toEqual({
			...expected,
			last_used_date: expect.stringMatching(ISO_WITH_Z),
		});
	});

	test('a key that was never used can show null, when asked for', async () => {
		const other = await openSandbox({ partnerLastUsed: 'null' });
		const { api_keys: list } = (await other.partner('GET', '/api-key')).json();
		await other.close();

		expect(list.map((key) => key.last_used_date)).toContain(null);
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
	])('the %s key and a key of %s: %i', async (keyName, owner, status) => {
		const key = keys[/** @type {KeyName} */ (keyName)];
		const { id } = seededKeyOf(accounts[/** @type {AccountName} */ (owner)]);

		const reply = await api.partner('GET', `/api-key/${id}`, undefined, key);
		expect(reply.status).toBe(status);
	});

	test('take no query and know no other key', async () => {
		expect((await api.partner('GET', '/api-key?limit=5')).status).toBe(400);
		expect((await api.partner('GET', '/api-key/1')).status).toBe(404);
	});
});

describe('Update API key status (B.2.4)', () => {
	test('inactive keys are refused but stay in the list; active ones are let in again', async () => {
		const { id, api_key: value } = await createKey();
		const use = async () => (await api.partner('GET', '/api-key', undefined, value)).status;
		const set = (/** @type {string} */ status) =>
			api.partner('PUT', `/api-key/${id}/status`, { status });

		const off = await set('inactive');
		expect([off.status, off.text]).toEqual([204, '']);
		expect(await use()).toBe(403);
		expect((await api.partner('GET', `/api-key/${id}`)).json().status).toBe('inactive');
		await set('active');
		expect(await use()).toBe(200);
	});

	test('refuses strangers, and the status word of the other API', async () => {
		const { id } = seededKeyOf(accounts.subaccount);
		const path = `/api-key/${id}/status`;

		const byStranger = await api.partner('PUT', path, { status: 'inactive' }, keys.unrelated);
		const wrongWord = await api.partner('PUT', path, { status: 'revoked' });
		expect([byStranger.status, wrongWord.status]).toEqual([403, 400]);
	});
});

describe('Account management (B.3)', () => {
	const body = {
		api_key_name: 'Production API Key',
		name: 'ACME Corporation Subaccount',
		emergency_contact_emails: ['security@example.com', 'emergency@example.com'],
	};

	test('Create subaccount makes an account below the caller, with a key that works', async () => {
		const reply = await api.partner('POST', '/account/subaccount', body);
		const { account_id: accountId, api_key: key } = reply.json();

		expect(reply.status).toBe(201);
		expect(key).toMatchObject({ name: 'Production API Key', account_id: accountId });
		expect(await ownersSeenBy(key.api_key)).toEqual([accountId]);
		expect(await ownersSeenBy(keys.parent)).toContain(accountId);
		const another = await api.partner('POST', `/api-key/account/${accountId}`, { name: 'Second' });
		expect(another.status).toBe(201);
	});

	test('Create subaccount is for parents', async () => {
		const reply = await api.partner('POST', '/account/subaccount', body, keys.subaccount);

		expect(reply.status).toBe(403);
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});

	test('account settings can be read with either kind of key', async () => {
		for (const key of [keys.parent, keys.subaccount]) {
			const reply = await api.partner('GET', '/account/settings', undefined, key);
			expect(reply.json().settings).toContainEqual({
				name: 'auto_renew_subscription',
				value: '1',
				is_default: true,
			});
		}
	});
});

test('wrong and missing keys, CertCentral ones among them, are refused with 403', async () => {
	const url = `${api.sandbox.partner.baseUrl}/api-key`;
	/** @type {Record<string, string>[]} */
	const attempts = [
		{},
		{ 'x-partner-apikey': 'nobody' },
		{ 'x-partner-apikey': api.sandbox.certCentral.us.keys.administrator },
		{ 'x-dc-devkey': keys.parent },
	];
	for (const headers of attempts) {
		expect((await api.send('GET', url, { headers })).status).toBe(403);
	}
});
