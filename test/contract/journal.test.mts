import { faults } from '../../sandbox/index.mts';
import { listWith, objectWith, textLike } from '../support/matchers.mts';
import { list, record } from '../support/read.mts';
import { openSandbox } from './support.mts';
import type { Api } from './support.mts';

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

const createKey = (name: string) =>
	api.certCentral('POST', `/key/user/${us.users.person}`, { name });

describe('the journal', () => {
	test('has a line for each request, oldest first', async () => {
		const { id } = (await createKey('CI')).key();
		await api.certCentral('GET', `/key?user_id=${us.users.person}`);
		await api.certCentral('GET', `/key/${id}`);
		await api.partner('GET', '/api-key');

		expect(api.sandbox.requests()).toEqual([
			{
				seq: 1,
				at: textLike(/^\d{4}-.*Z$/),
				api: 'certcentral',
				instance: 'us',
				method: 'POST',
				path: `/key/user/${us.users.person}`,
				route: 'POST /key/user/:user_id',
				query: {},
				headerNames: listWith('x-dc-devkey', 'content-type', 'content-length'),
				name: 'CI',
				body: { name: 'CI' },
				keyLast4: us.keys.administrator.slice(-4),
				status: 201,
				createdKeyId: id,
				fault: undefined,
			},
			objectWith({ path: '/key', query: { user_id: String(us.users.person) }, body: undefined }),
			objectWith({ path: `/key/${id}` }),
			objectWith({ seq: 4, api: 'partner', instance: undefined, path: '/api-key' }),
		]);
		expect(api.sandbox.requests({ method: 'POST', name: 'CI' })).toHaveLength(1);
		expect(api.sandbox.requests(({ seq }) => seq > 1)).toHaveLength(3);
		const reads = api.sandbox.requests({ method: 'GET' }).map(({ route }) => route);
		expect(reads).toEqual(['GET /key', 'GET /key/:key_id', 'GET /api-key']);
	});

	test('records refused, broken and misdirected requests too', async () => {
		await api.certCentral('GET', '/key', undefined, 'nobody');
		await api.certCentral('POST', `/key/user/${us.users.person}`, '{');
		await api.certCentral('GET', '/nowhere');
		await api.send('GET', `${api.sandbox.origin}/elsewhere`);

		expect(api.sandbox.requests()).toEqual([
			objectWith({ status: 403, keyLast4: undefined }),
			objectWith({ status: 400, body: undefined }),
			objectWith({ status: 404, path: '/nowhere', route: 'GET /nowhere', api: 'certcentral' }),
			objectWith({ status: 404, path: '/elsewhere', api: undefined }),
		]);
	});

	test('holds no key values', async () => {
		const { value } = (await createKey('CI')).key();
		await api.certCentral('GET', '/user/me', undefined, value);
		await api.partner('GET', '/api-key');
		await api.certCentral('GET', '/user/me', undefined, 'not-a-key-at-all');
		api.sandbox.addFault(faults.echoKey());
		await createKey('CI');

		const text = JSON.stringify(api.sandbox.requests());
		const { parent } = api.sandbox.partner.keys;
		for (const secret of [value, us.keys.administrator, parent, 'not-a-key-at-all']) {
			expect(text).not.toContain(secret);
		}
	});
});

test('by hand, a key is made and changed, with a line in the journal for each', async () => {
	const { console: byHand, keys, requests } = api.sandbox;
	const { id, value } = byHand.us.makeKey({ name: 'By hand', ownerId: us.users.person });
	expect((await api.certCentral('GET', '/user/me', undefined, value)).status).toBe(200);
	byHand.us.changeKey(id, { createdAt: '2020-02-03T04:05:06Z', status: 'revoked' });

	expect(keys({ id })).toMatchObject([{ createdAt: '2020-02-03T04:05:06Z', status: 'revoked' }]);
	expect((await api.certCentral('GET', '/user/me', undefined, value)).status).toBe(403);
	const line = { api: 'certcentral', instance: 'us', status: 200 };
	expect(requests({ method: 'CONSOLE' })).toEqual([
		objectWith({ ...line, path: '/key', name: 'By hand', createdKeyId: id }),
		objectWith({ ...line, path: `/key/${id}`, body: objectWith({ status: 'revoked' }) }),
	]);
	expect(() => {
		byHand.us.changeKey(1, {});
	}).toThrow(RangeError);
});

describe('over HTTP', () => {
	const listed = async (what: string) =>
		list((await api.admin('GET', `/${what}`)).fields()[what]).map(record);

	test('requests and keys can be read, and are not journalled themselves', async () => {
		const { id } = (await createKey('CI')).key();

		expect(await listed('requests')).toEqual([objectWith({ name: 'CI', createdKeyId: id })]);
		expect(await listed('keys')).toContainEqual(objectWith({ id, name: 'CI', seeded: false }));
		expect(api.sandbox.requests()).toHaveLength(1);
	});

	test('a preset can be asked for by name, and taken back', async () => {
		const match = { name: 'CI' };
		const added = await api.admin('POST', '/faults', { preset: 'errorAfter', args: [503], match });
		expect(added.status).toBe(204);
		expect((await createKey('other')).status).toBe(201);
		expect((await createKey('CI')).status).toBe(503);
		expect((await createKey('CI')).status).toBe(201);

		await api.admin('POST', '/faults', { preset: 'dropBefore', times: 'always' });
		expect((await api.admin('DELETE', '/faults')).status).toBe(204);
		expect((await createKey('CI')).status).toBe(201);
	});

	test.each([
		['nothing', {}],
		['an unknown preset', { preset: 'explode' }],
		['arguments that make no sense', { preset: 'errorAfter', args: ['soon'] }],
		['an unknown kind', { preset: 'oddJsonAfter', args: ['explode'] }],
		['an unknown field', { preset: 'slow', delay: 5 }],
		['times in quotes', { preset: 'slow', times: '5' }],
	])('a fault that is %s is refused', async (_, body) => {
		expect((await api.admin('POST', '/faults', body)).status).toBe(400);
		expect((await createKey('CI')).status).toBe(201);
	});

	test('reset goes back to the seeded state, ids included', async () => {
		const seeded = api.sandbox.keys();
		const serviceUser = { is_api_only: true, email: 'bot@example.com', api_name: 'CI' };
		const subaccount = { api_key_name: 'CI', name: 'New' };
		const makeSome = async () => [
			(await createKey('CI')).key().id,
			(await api.certCentral('POST', '/user', serviceUser)).key().id,
			(await api.partner('POST', '/account/subaccount', subaccount)).fields().account_id,
		];
		const ids = await makeSome();
		api.sandbox.addFault({ times: Infinity, ...faults.dropBefore() });
		expect((await api.admin('POST', '/reset')).status).toBe(204);

		expect(api.sandbox.keys()).toEqual(seeded);
		expect(api.sandbox.requests()).toEqual([]);
		expect(await makeSome()).toEqual(ids);
	});
});
