'use strict';

const { INVALID_KEY, codesIn, openSandbox } = require('./support');

const MISSING_PERMISSION = 'access_denied|missing_permission';

/** @type {import('./support').Api} */
let api;
/** @type {import('./support').Api['sandbox']['certCentral']['us']} */
let us;
beforeAll(async () => {
	api = await openSandbox();
	({ us } = api.sandbox.certCentral);
});
afterEach(() => api.sandbox.reset());
afterAll(() => api.close());

describe('a wrong key (section E)', () => {
	test.each([
		['no key', () => ({})],
		['an unknown key', () => ({ 'x-dc-devkey': 'nobody' })],
		[
			'a key of the other instance',
			() => ({ 'x-dc-devkey': api.sandbox.certCentral.eu.keys.administrator }),
		],
		['a partner key', () => ({ 'x-dc-devkey': api.sandbox.partner.keys.parent })],
		['the right key in the wrong header', () => ({ 'x-partner-apikey': us.keys.administrator })],
	])('%s is refused with the recorded 403', async (_, headers) => {
		for (const [method, path] of [
			['GET', '/key'],
			['GET', '/user/me'],
			['POST', `/key/user/${us.users.person}`],
		]) {
			const body = method === 'POST' ? { name: 'CI' } : undefined;
			const reply = await api.send(method, us.baseUrl + path, { headers: headers(), body });
			expect([reply.status, reply.json()]).toEqual([403, INVALID_KEY]);
		}
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});
});

test('the two instances hold separate users and keys', async () => {
	const created = await api.certCentral('POST', `/key/user/${us.users.person}`, { name: 'CI' });
	const { id, api_key: value } = created.json();
	const elsewhere = await api.certCentral('GET', `/key/${id}`, undefined, undefined, 'eu');
	const refused = await api.certCentral('GET', '/user/me', undefined, value, 'eu');
	const european = await api.certCentral('GET', '/user/me', undefined, undefined, 'eu');

	expect(elsewhere.status).toBe(404);
	expect(refused.status).toBe(403);
	expect(european.json().id).toBe(api.sandbox.certCentral.eu.users.administrator);
	expect(api.sandbox.holds(value)).toMatchObject({ instance: 'us' });
});

/**
 * Requests of each kind.
 *
 * @type {Record<string, () => [method: string, path: string, body?: object]>}
 */
const requests = {
	'list keys': () => ['GET', '/key'],
	'create a key': () => ['POST', `/key/user/${us.users.person}`, { name: 'CI' }],
	'list users': () => ['GET', '/user'],
	'read me': () => ['GET', '/user/me'],
	'add a service user': () => [
		'POST',
		'/user',
		{ is_api_only: true, email: 'bot@example.com', api_name: 'CI' },
	],
};

describe('the role of a key (A.3)', () => {
	test.each([
		['administrator', ['list keys', 'create a key', 'list users', 'read me', 'add a service user']],
		['viewOnly', ['list keys', 'list users', 'read me']],
		['userManagement', ['list users', 'read me', 'add a service user']],
		['orders', []],
	])('%s may: %s', async (keyName, allowed) => {
		const key = us.keys[/** @type {keyof typeof us.keys} */ (keyName)];
		for (const [what, make] of Object.entries(requests)) {
			const [method, path, body] = make();
			const reply = await api.certCentral(method, path, body, key);
			if (allowed.includes(what)) {
				expect([what, reply.status]).toEqual([what, method === 'POST' ? 201 : 200]);
			} else {
				expect([what, reply.status, codesIn(reply)]).toEqual([what, 403, [MISSING_PERMISSION]]);
			}
		}
	});
});

describe('a user who is not an administrator', () => {
	/** @param {string} method @param {string} path @param {object} [body] */
	const asStandard = (method, path, body) =>
		api.certCentral(method, path, body, us.keys.standardUser);

	test('works with their own keys', async () => {
		const created = await asStandard('POST', `/key/user/${us.users.standard}`, { name: 'Mine' });
		const { id } = created.json();
		const { api_keys: keys } = (await asStandard('GET', '/key')).json();

		expect(created.status).toBe(201);
		expect(keys.every(({ user }) => user.id === us.users.standard)).toBe(true);
		expect(keys.map((key) => key.id)).toContain(id);
		expect((await asStandard('PUT', `/key/${id}/status`, { status: 'revoked' })).status).toBe(204);
	});

	test('is refused what belongs to others', async () => {
		const [othersKey] = api.sandbox.keys({ instance: 'us', ownerId: us.users.administrator });
		/** @type {[method: string, path: string, body?: object][]} */
		const attempts = [
			['POST', `/key/user/${us.users.person}`, { name: 'CI' }],
			['GET', `/key?user_id=${us.users.person}`],
			['GET', `/key/${othersKey.id}`],
			['PUT', `/key/${othersKey.id}`, { name: 'CI' }],
			['PUT', `/key/${othersKey.id}/status`, { status: 'revoked' }],
			['GET', `/user/${us.users.person}`],
			['GET', '/user'],
			['GET', '/user/api-only'],
			['POST', '/user', { is_api_only: true, email: 'bot@example.com', api_name: 'CI' }],
		];
		for (const [method, path, body] of attempts) {
			const reply = await asStandard(method, path, body);
			expect([path, reply.status, codesIn(reply)]).toEqual([path, 403, [MISSING_PERMISSION]]);
		}
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});
});

test('a key may revoke itself', async () => {
	const [{ id }] = api.sandbox.keys({ name: 'Administrator', instance: 'us' });

	expect((await api.certCentral('PUT', `/key/${id}/status`, { status: 'revoked' })).status).toBe(
		204,
	);
	expect((await api.certCentral('GET', '/user/me')).status).toBe(403);
});
