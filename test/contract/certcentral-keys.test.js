'use strict';

const { INVALID_KEY, codesIn, openSandbox } = require('./support');

/** The format of create_date and last_used_date (A.4.1). */
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

/** @type {import('./support').Api} */
let api;
/** @type {import('../../sandbox/index.mts').CertCentralGuide['users']} */
let users;
beforeAll(async () => {
	api = await openSandbox();
	({ users } = api.sandbox.certCentral.us);
});
afterEach(() => api.sandbox.reset());
afterAll(() => api.close());

/** @param {{ name: string, restricted_to_role_id?: number }} [body] @param {number} [userId] */
const createKey = async (body = { name: 'New API Key' }, userId = users.person) =>
	(await api.certCentral('POST', `/key/user/${userId}`, body)).json();

describe('Create key (A.4.3)', () => {
	test('answers the documented example with an id and a key', async () => {
		const reply = await api.certCentral('POST', `/key/user/${users.person}`, {
			name: 'New API Key',
		});

		expect(reply.status).toBe(201);
		expect(reply.headers['content-type']).toBe('application/json');
		expect(reply.headers['cache-control']).toBe('private,no-cache');
		expect(reply.headers).not.toHaveProperty('retry-after');
		expect(reply.json()).toEqual({
			id: expect.any(Number),
			api_key: expect.stringMatching(/^[a-z0-9]{47}$/),
		});
	});

	test('makes the key for the user in the path, service users too, with the role asked for', async () => {
		const { id } = await createKey({ name: 'CI', restricted_to_role_id: 102 }, users.serviceUser);

		const key = (await api.certCentral('GET', `/key/${id}`)).json();
		expect(key).toMatchObject({
			name: 'CI',
			status: 'active',
			restricted_to_role_id: 102,
			user: { id: users.serviceUser },
		});
	});

	test('lets names repeat', async () => {
		const first = await createKey();
		const second = await createKey();

		expect(second.id).not.toBe(first.id);
		expect(second.api_key).not.toBe(first.api_key);
	});

	test.each([
		['no name', { restricted_to_role_id: 0 }],
		['an empty name', { name: '' }],
		['a name that is no string', { name: 7 }],
		['an unknown role', { name: 'CI', restricted_to_role_id: 104 }],
		['a role in quotes', { name: 'CI', restricted_to_role_id: '102' }],
		['an unknown field', { name: 'CI', restrictedToRoleId: 102 }],
	])('refuses %s with 400', async (_, body) => {
		const reply = await api.certCentral('POST', `/key/user/${users.person}`, body);

		expect(reply.status).toBe(400);
		expect(codesIn(reply)).toEqual(['bad_request']);
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});

	test.each(['{ "name": ', ''])(
		'answers the broken body %j with bad_request_format',
		async (body) => {
			const reply = await api.certCentral('POST', `/key/user/${users.person}`, body);

			expect(reply.status).toBe(400);
			expect(codesIn(reply)).toEqual(['bad_request_format']);
		},
	);

	test('answers 404 for an unknown user and 400 for "me"', async () => {
		const unknown = await api.certCentral('POST', '/key/user/1', { name: 'CI' });
		const me = await api.certCentral('POST', '/key/user/me', { name: 'CI' });

		expect([unknown.status, codesIn(unknown)]).toEqual([404, ['not_found|user']]);
		expect(me.status).toBe(400);
	});

	test('never shows the key again', async () => {
		const { id, api_key: value } = await createKey();
		await api.certCentral('GET', '/user/me', undefined, value);

		const later = await Promise.all([
			api.certCentral('GET', '/key'),
			api.certCentral('GET', `/key/${id}`),
			api.certCentral('GET', `/key?user_id=${users.person}`),
			api.certCentral('PUT', `/key/${id}`, { name: 'Renamed' }),
			api.send('GET', `${api.sandbox.origin}/sandbox/keys`),
			api.send('GET', `${api.sandbox.origin}/sandbox/requests`),
		]);
		expect(later.map(({ text }) => text).join()).not.toContain(value);
		expect(JSON.stringify(api.sandbox.keys())).not.toContain(value);
		expect(api.sandbox.holds(value)).toMatchObject({ id, last4: value.slice(-4) });
	});
});

describe('List keys and Get key info (A.4.1, A.4.2)', () => {
	test('show the access key object, without last_used_date until the key was used', async () => {
		const { id, api_key: value } = await createKey();
		const fresh = (await api.certCentral('GET', `/key/${id}`)).json();
		await api.certCentral('GET', '/user/me', undefined, value);
		const used = (await api.certCentral('GET', `/key/${id}`)).json();

		const expected = {
			id,
			user: {
				id: users.person,
				first_name: expect.any(String),
				last_name: expect.any(String),
			},
			status: 'active',
			create_date: expect.stringMatching(ISO_WITH_OFFSET),
			name: 'New API Key',
			is_legacy: false,
			restricted_to_role_id: 0,
		};
		expect(fresh).toEqual(expected);
		expect(used).toEqual({
			...expected,
			last_used_date: expect.stringMatching(ISO_WITH_OFFSET),
		});
	});

	test('list all keys, revoked ones and ACME directory URLs among them', async () => {
		const { api_keys: keys } = (await api.certCentral('GET', '/key')).json();

		expect(keys.map(({ id }) => id)).toEqual(
			api.sandbox.keys({ instance: 'us' }).map(({ id }) => id),
		);
		expect(keys.filter(({ status }) => status === 'revoked')).toHaveLength(1);
		expect(keys.filter((key) => key.acme_directory_url)).toEqual([
			expect.objectContaining({ acme_directory_url: '******nnAA', validity_days: '365' }),
		]);
	});

	test('list the keys of one user', async () => {
		const { id } = await createKey({ name: 'CI' }, users.serviceUser);
		const reply = await api.certCentral('GET', `/key?user_id=${users.serviceUser}`);

		expect(reply.json().api_keys.map((key) => key.id)).toEqual([id]);
	});

	test('answer 404 for an unknown key', async () => {
		const reply = await api.certCentral('GET', '/key/1');

		expect([reply.status, codesIn(reply)]).toEqual([404, ['not_found|key']]);
	});
});

describe('Edit key (A.4.4)', () => {
	test('changes name and role, and keeps a role that is not sent', async () => {
		const { id } = await createKey({ name: 'Old', restricted_to_role_id: 101 });
		const rename = await api.certCentral('PUT', `/key/${id}`, { name: 'New' });
		const renamed = (await api.certCentral('GET', `/key/${id}`)).json();
		await api.certCentral('PUT', `/key/${id}`, { name: 'New', restricted_to_role_id: 0 });
		const widened = (await api.certCentral('GET', `/key/${id}`)).json();

		expect([rename.status, rename.text]).toEqual([204, '']);
		expect(renamed).toMatchObject({ name: 'New', restricted_to_role_id: 101 });
		expect(widened).toMatchObject({ name: 'New', restricted_to_role_id: 0 });
	});

	test('demands the name', async () => {
		const { id } = await createKey();
		const reply = await api.certCentral('PUT', `/key/${id}`, { restricted_to_role_id: 102 });

		expect(reply.status).toBe(400);
	});
});

describe('Update key status (A.4.5)', () => {
	test('revoked keys are refused but stay in the list; active ones are let in again', async () => {
		const { id, api_key: value } = await createKey({ name: 'CI' }, users.administrator);
		const me = () => api.certCentral('GET', '/user/me', undefined, value);
		const listed = async () =>
			(await api.certCentral('GET', '/key')).json().api_keys.find((key) => key.id === id);

		const revoke = await api.certCentral('PUT', `/key/${id}/status`, { status: 'revoked' });
		expect([revoke.status, revoke.text]).toEqual([204, '']);
		expect(revoke.headers).not.toHaveProperty('content-type');
		expect((await me()).status).toBe(403);
		expect((await me()).json()).toEqual(INVALID_KEY);
		expect(await listed()).toMatchObject({ status: 'revoked' });

		await api.certCentral('PUT', `/key/${id}/status`, { status: 'active' });
		expect((await me()).status).toBe(200);
		expect(await listed()).toMatchObject({ status: 'active' });
	});

	test('refuses the status word of the other API', async () => {
		const { id } = await createKey();
		const reply = await api.certCentral('PUT', `/key/${id}/status`, { status: 'inactive' });

		expect(reply.status).toBe(400);
	});
});

test('List API access roles (A.4.6) names all but "no restriction"', async () => {
	const reply = await api.certCentral('GET', '/key/api-roles');

	expect(reply.json()).toEqual({
		access_roles: [
			{ id: 100, name: 'Orders' },
			{ id: 101, name: 'Orders, Domains, Organizations' },
			{ id: 102, name: 'View Only' },
			{ id: 103, name: 'User Management' },
		],
	});
});

test('an endpoint that does not exist answers not_found|route (A.1)', async () => {
	for (const [method, path] of [
		['DELETE', '/key/182'],
		['GET', '/nowhere'],
	]) {
		const reply = await api.certCentral(method, path);
		expect([reply.status, codesIn(reply)]).toEqual([404, ['not_found|route']]);
	}
});
