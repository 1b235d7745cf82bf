import { at } from '../support/read.mts';
import { INVALID_KEY, openSandbox } from './support.mts';
import type { Api } from './support.mts';

const MISSING_PERMISSION = 'access_denied|missing_permission';

let api: Api;
let us: Api['sandbox']['certCentral']['us'];
beforeAll(async () => {
	api = await openSandbox();
	({ us } = api.sandbox.certCentral);
});
afterEach(() => {
	api.sandbox.reset();
});
afterAll(() => api.close());

type Call = [method: string, path: string, body?: object];

const serviceUser = { is_api_only: true, email: 'bot@example.com', api_name: 'CI' };
const calls = (): Record<string, Call> => ({
	'list keys': ['GET', '/key'],
	'create a key': ['POST', `/key/user/${us.users.person}`, { name: 'CI' }],
	'list users': ['GET', '/user'],
	'read me': ['GET', '/user/me'],
	'add a service user': ['POST', '/user', serviceUser],
});

test.each([
	['no key', () => ({})],
	['an unknown key', () => ({ 'x-dc-devkey': 'nobody' })],
	[
		'a key of the other instance',
		() => ({ 'x-dc-devkey': api.sandbox.certCentral.eu.keys.administrator }),
	],
	['a partner key', () => ({ 'x-dc-devkey': api.sandbox.partner.keys.parent })],
	['the right key in the wrong header', () => ({ 'x-partner-apikey': us.keys.administrator })],
])('%s is refused with the recorded 403 (digicert-api.md E)', async (_, headers) => {
	for (const [method, path, body] of Object.values(calls())) {
		const reply = await api.send(method, us.baseUrl + path, { headers: headers(), body });
		expect([reply.status, reply.json()]).toEqual([403, INVALID_KEY]);
	}
	expect(api.sandbox.keys({ seeded: false })).toEqual([]);
});

test('the two instances hold separate users and keys', async () => {
	const created = await api.certCentral('POST', `/key/user/${us.users.person}`, { name: 'CI' });
	const { id, value } = created.key();
	const elsewhere = await api.certCentral('GET', `/key/${id}`, undefined, undefined, 'eu');
	const refused = await api.certCentral('GET', '/user/me', undefined, value, 'eu');
	const european = await api.certCentral('GET', '/user/me', undefined, undefined, 'eu');

	expect([elsewhere.status, refused.status]).toEqual([404, 403]);
	expect(european.fields().id).toBe(api.sandbox.certCentral.eu.users.administrator);
	expect(api.sandbox.holds(value)).toMatchObject({ instance: 'us' });
});

test.each([
	['administrator', ['list keys', 'create a key', 'list users', 'read me', 'add a service user']],
	['viewOnly', ['list keys', 'list users', 'read me']],
	['userManagement', ['list users', 'read me', 'add a service user']],
	['orders', []],
] as const)('a key with the role %s may (digicert-api.md A.3): %j', async (keyName, allowed) => {
	for (const [what, [method, path, body]] of Object.entries(calls())) {
		const reply = await api.certCentral(method, path, body, us.keys[keyName]);
		if (allowed.some((each) => each === what)) {
			expect([what, reply.status]).toEqual([what, method === 'POST' ? 201 : 200]);
		} else {
			expect([what, reply.status, reply.codes()]).toEqual([what, 403, [MISSING_PERMISSION]]);
		}
	}
});

describe('a user who is not an administrator', () => {
	const asStandard = (...[method, path, body]: Call) =>
		api.certCentral(method, path, body, us.keys.standardUser);

	test('works with their own keys', async () => {
		const created = await asStandard('POST', `/key/user/${us.users.standard}`, { name: 'Mine' });
		const { id } = created.key();
		const keys = (await asStandard('GET', '/key')).rows();

		expect(created.status).toBe(201);
		expect(api.sandbox.keys({ instance: 'us', ownerId: us.users.standard })).toHaveLength(2);
		expect(keys.map((key) => key.id)).toEqual([expect.any(Number), id]);
		expect((await asStandard('PUT', `/key/${id}/status`, { status: 'revoked' })).status).toBe(204);
	});

	test('is refused what belongs to others', async () => {
		const { id } = at(api.sandbox.keys({ instance: 'us', ownerId: us.users.administrator }), 0);
		const attempts: Call[] = [
			['POST', `/key/user/${us.users.person}`, { name: 'CI' }],
			['GET', `/key?user_id=${us.users.person}`],
			['GET', `/key/${id}`],
			['PUT', `/key/${id}`, { name: 'CI' }],
			['PUT', `/key/${id}/status`, { status: 'revoked' }],
			['GET', `/user/${us.users.person}`],
			['GET', '/user'],
			['GET', '/user/api-only'],
			['POST', '/user', serviceUser],
		];
		for (const call of attempts) {
			const reply = await asStandard(...call);
			expect([call, reply.status, reply.codes()]).toEqual([call, 403, [MISSING_PERMISSION]]);
		}
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});
});

test('a key may revoke itself', async () => {
	const { id } = at(api.sandbox.keys({ name: 'Administrator', instance: 'us' }), 0);
	const revoke = await api.certCentral('PUT', `/key/${id}/status`, { status: 'revoked' });

	expect(revoke.status).toBe(204);
	expect((await api.certCentral('GET', '/user/me')).status).toBe(403);
});
