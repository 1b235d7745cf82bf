'use strict';

const { faults } = require('../../sandbox/index.mts');
const { openSandbox } = require('./support');

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

const createKey = (/** @type {string} */ name) =>
	api.certCentral('POST', `/key/user/${us.users.person}`, { name });

describe('the journal', () => {
	test('has a line for each request, oldest first', async () => {
		const { id } = (await createKey('CI')).json();
		await api.certCentral('GET', `/key?user_id=${us.users.person}`);
		const list = await api.partner('GET', '/api-key');

		expect(list.status).toBe(200);
		expect(api.sandbox.requests()).toEqual([
			{
				seq: 1,
				at: expect.stringMatching(/^\d{4}-.*Z$/),
				api: 'certcentral',
				instance: 'us',
				method: 'POST',
				path: `/key/user/${us.users.person}`,
				query: {},
				headerNames: expect.arrayContaining(['x-dc-devkey', 'content-type', 'content-length']),
				name: 'CI',
				body: { name: 'CI' },
				keyLast4: us.keys.administrator.slice(-4),
				status: 201,
				createdKeyId: id,
				fault: undefined,
			},
			expect.objectContaining({
				seq: 2,
				path: '/key',
				query: { user_id: String(us.users.person) },
				body: undefined,
			}),
			expect.objectContaining({ seq: 3, api: 'partner', instance: undefined, path: '/api-key' }),
		]);
	});

	test('can be asked for some of them', async () => {
		await createKey('one');
		await createKey('two');
		await api.certCentral('GET', '/key');

		expect(api.sandbox.requests({ method: 'POST', name: 'two' })).toHaveLength(1);
		expect(api.sandbox.requests(({ seq }) => seq > 1)).toHaveLength(2);
	});

	test('records refused, broken and misdirected requests too', async () => {
		await api.certCentral('GET', '/key', undefined, 'nobody');
		await api.certCentral('POST', `/key/user/${us.users.person}`, '{');
		await api.certCentral('GET', '/nowhere');
		await api.send('GET', `${api.sandbox.origin}/elsewhere`);

		expect(api.sandbox.requests()).toEqual([
			expect.objectContaining({ status: 403, keyLast4: undefined }),
			expect.objectContaining({ status: 400, body: undefined }),
			expect.objectContaining({ status: 404, path: '/nowhere', api: 'certcentral' }),
			expect.objectContaining({ status: 404, path: '/elsewhere', api: undefined }),
		]);
	});

	test('holds no key values', async () => {
		const { api_key: value } = (await createKey('CI')).json();
		await api.certCentral('GET', '/user/me', undefined, value);
		await api.partner('GET', '/api-key');
		await api.certCentral('GET', '/user/me', undefined, 'not-a-key-at-all');

		const text = JSON.stringify(api.sandbox.requests());
		for (const secret of [
			value,
			us.keys.administrator,
			api.sandbox.partner.keys.parent,
			'not-a-key-at-all',
		]) {
			expect(text).not.toContain(secret);
		}
	});
});

describe('over HTTP', () => {
	/** @param {string} method @param {string} path @param {object} [body] */
	const admin = (method, path, body) =>
		api.send(method, `${api.sandbox.origin}/sandbox${path}`, { body });
	const read = async (/** @type {string} */ path) => (await admin('GET', path)).json();

	test('requests and keys can be read, and are not journalled themselves', async () => {
		const { id } = (await createKey('CI')).json();
		const { requests } = await read('/requests');
		const { keys } = await read('/keys');

		expect(requests).toEqual([expect.objectContaining({ name: 'CI', createdKeyId: id })]);
		expect(keys.find((/** @type {import('./support').Row} */ key) => key.id === id)).toMatchObject({
			name: 'CI',
			seeded: false,
		});
		expect(api.sandbox.requests()).toHaveLength(1);
	});

	test('holds says whose value it is', async () => {
		const { id, api_key: value } = (await createKey('CI')).json();
		const held = (await admin('POST', '/holds', { api_key: value })).json();
		const unknown = (await admin('POST', '/holds', { api_key: 'nobody' })).json();

		expect(held.key).toMatchObject({ id, last4: value.slice(-4) });
		expect(unknown).toEqual({ key: null });
	});

	test('a preset can be asked for by name, and taken back', async () => {
		const match = { name: 'CI' };
		const added = await admin('POST', '/faults', { preset: 'errorAfter', args: [503], match });
		expect(added.status).toBe(201);
		expect((await createKey('other')).status).toBe(201);
		expect((await createKey('CI')).status).toBe(503);
		expect((await createKey('CI')).status).toBe(201);

		await admin('POST', '/faults', { preset: 'dropBefore', times: 'always' });
		expect((await admin('DELETE', '/faults')).status).toBe(204);
		expect((await createKey('CI')).status).toBe(201);
	});

	test('a fault can be spelt out', async () => {
		const reply = { status: 418, headers: { 'x-kind': 'teapot' }, body: { short: true } };
		await admin('POST', '/faults', { when: 'before', action: 'reply', reply, times: 'always' });

		for (let i = 0; i < 2; i += 1) {
			const answer = await createKey('CI');
			expect([answer.status, answer.headers['x-kind']]).toEqual([418, 'teapot']);
			expect(answer.json()).toEqual({ short: true });
		}
	});

	test.each([
		['nothing', {}],
		['an unknown preset', { preset: 'explode' }],
		['arguments that make no sense', { preset: 'errorAfter', args: ['soon'] }],
		['an unknown field', { preset: 'slow', delay: 5 }],
		['a number in quotes', { when: 'after', action: 'pass', delayMs: '5' }],
		['half a reply that was not made', { when: 'before', action: 'half' }],
	])('a fault that is %s is refused', async (_, body) => {
		expect((await admin('POST', '/faults', body)).status).toBe(400);
		expect((await createKey('CI')).status).toBe(201);
	});

	test('one request can ask for a preset in its header', async () => {
		const ask = (/** @type {string} */ preset) =>
			api.send('POST', `${us.baseUrl}/key/user/${us.users.person}`, {
				headers: { 'x-dc-devkey': us.keys.administrator, 'x-sandbox-fault': preset },
				body: { name: 'CI' },
			});

		await expect(ask('dropAfter')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(api.sandbox.keys({ name: 'CI' })).toHaveLength(1);
		expect(api.sandbox.requests()[0].fault).toBe('dropAfter');
		expect((await ask('toString')).status).toBe(400);
		expect(api.sandbox.keys({ name: 'CI' })).toHaveLength(1);
	});

	test('reset goes back to the seeded state, ids included', async () => {
		const seeded = api.sandbox.keys();
		const serviceUser = { is_api_only: true, email: 'bot@example.com', api_name: 'CI' };
		const subaccount = { api_key_name: 'CI', name: 'New' };
		const makeSome = async () => [
			(await createKey('CI')).json().id,
			(await api.certCentral('POST', '/user', serviceUser)).json().id,
			(await api.partner('POST', '/account/subaccount', subaccount)).json().account_id,
		];
		const ids = await makeSome();
		api.sandbox.addFault({ times: Infinity, ...faults.dropBefore() });
		expect((await admin('POST', '/reset')).status).toBe(204);

		expect(api.sandbox.keys()).toEqual(seeded);
		expect(api.sandbox.requests()).toEqual([]);
		expect(await makeSome()).toEqual(ids);
	});
});
