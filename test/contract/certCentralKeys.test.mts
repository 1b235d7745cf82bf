import { anyNumber, anyText, objectWith, textLike } from '../support/matchers.mts';
import { INVALID_KEY, openSandbox } from './support.mts';
import type { Api } from './support.mts';

/** The format of create_date and last_used_date (digicert-api.md A.4.1). */
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

let api: Api;
let users: Api['sandbox']['certCentral']['us']['users'];
beforeAll(async () => {
	api = await openSandbox();
	({ users } = api.sandbox.certCentral.us);
});
afterEach(() => {
	api.sandbox.reset();
});
afterAll(() => api.close());

const create = (body: unknown = { name: 'New API Key' }, userId: number | string = users.person) =>
	api.certCentral('POST', `/key/user/${userId}`, body);
const createKey = async (...args: Parameters<typeof create>) => (await create(...args)).key();
const infoOf = async (id: number) => (await api.certCentral('GET', `/key/${id}`)).fields();
const setStatus = (id: number, status: string) =>
	api.certCentral('PUT', `/key/${id}/status`, { status });

describe('Create key (digicert-api.md A.4.3)', () => {
	test('answers the documented example with an id and a key', async () => {
		const reply = await create();

		expect(reply.status).toBe(201);
		expect(reply.headers).toMatchObject({
			'content-type': 'application/json',
			'cache-control': 'private,no-cache',
		});
		expect(reply.headers).not.toHaveProperty('retry-after');
		expect(reply.json()).toEqual({ id: anyNumber, api_key: textLike(/^[a-z0-9]{47}$/) });
	});

	test('makes the key for the user in the path, service users too, with the role asked for', async () => {
		const { id } = await createKey({ name: 'CI', restricted_to_role_id: 102 }, users.serviceUser);

		expect(await infoOf(id)).toMatchObject({
			name: 'CI',
			status: 'active',
			restricted_to_role_id: 102,
			user: { id: users.serviceUser },
		});
	});

	test('lets names repeat', async () => {
		const [one, other] = [await createKey(), await createKey()];

		expect(other.id).not.toBe(one.id);
		expect(other.value).not.toBe(one.value);
	});

	test.each([
		['no name', { restricted_to_role_id: 0 }, 'bad_request'],
		['an empty name', { name: '' }, 'bad_request'],
		['a name that is no string', { name: 7 }, 'bad_request'],
		['an unknown role', { name: 'CI', restricted_to_role_id: 104 }, 'bad_request'],
		['a role in quotes', { name: 'CI', restricted_to_role_id: '102' }, 'bad_request'],
		['an unknown field', { name: 'CI', restrictedToRoleId: 102 }, 'bad_request'],
		['half a body', '{ "name": ', 'bad_request_format'],
		['an empty body', '', 'bad_request_format'],
	])('refuses %s with 400', async (_, body, code) => {
		const reply = await create(body);

		expect([reply.status, reply.codes()]).toEqual([400, [code]]);
		expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	});

	test('answers 404 for an unknown user and 400 for "me"', async () => {
		const unknown = await create(undefined, 1);

		expect([unknown.status, unknown.codes()]).toEqual([404, ['not_found|user']]);
		expect((await create(undefined, 'me')).status).toBe(400);
	});

	test('never shows the key again', async () => {
		const { id, value } = await createKey();
		await api.certCentral('GET', '/user/me', undefined, value);

		const later = await Promise.all([
			api.certCentral('GET', '/key'),
			api.certCentral('GET', `/key/${id}`),
			api.certCentral('GET', `/key?user_id=${users.person}`),
			api.certCentral('PUT', `/key/${id}`, { name: 'Renamed' }),
			api.admin('GET', '/keys'),
			api.admin('GET', '/requests'),
		]);
		expect(later.map(({ text }) => text).join()).not.toContain(value);
		expect(JSON.stringify(api.sandbox.keys())).not.toContain(value);
		expect(api.sandbox.holds(value)).toMatchObject({ id, last4: value.slice(-4) });
	});
});

describe('List keys and Get key info (digicert-api.md A.4.1, A.4.2)', () => {
	test('show the access key object, without last_used_date until the key was used', async () => {
		const { id, value } = await createKey();
		const fresh = await infoOf(id);
		await api.certCentral('GET', '/user/me', undefined, value);

		const expected = {
			id,
			user: { id: users.person, first_name: anyText, last_name: anyText },
			status: 'active',
			create_date: textLike(ISO_WITH_OFFSET),
			name: 'New API Key',
			is_legacy: false,
			restricted_to_role_id: 0,
		};
		const used = { ...expected, last_used_date: textLike(ISO_WITH_OFFSET) };
		expect(fresh).toEqual(expected);
		expect(await infoOf(id)).toEqual(used);
		expect((await api.certCentral('GET', '/key')).rows()).toContainEqual(used);
	});

	test('list all keys, revoked ones and ACME directory URLs among them', async () => {
		const keys = (await api.certCentral('GET', '/key')).rows();

		expect(keys.map(({ id }) => id)).toEqual(
			api.sandbox.keys({ instance: 'us' }).map(({ id }) => id),
		);
		expect(keys.filter(({ status }) => status === 'revoked')).toHaveLength(1);
		expect(keys.filter((key) => key.acme_directory_url)).toEqual([
			objectWith({ acme_directory_url: '******nnAA', validity_days: '365' }),
		]);
	});

	test('list the keys of one user', async () => {
		const { id } = await createKey({ name: 'CI' }, users.serviceUser);
		const reply = await api.certCentral('GET', `/key?user_id=${users.serviceUser}`);

		expect(reply.rows().map((key) => key.id)).toEqual([id]);
	});

	test('answer 404 for an unknown key', async () => {
		const reply = await api.certCentral('GET', '/key/1');

		expect([reply.status, reply.codes()]).toEqual([404, ['not_found|key']]);
	});
});

test('Edit key (digicert-api.md A.4.4) changes name and role, keeps a role that is not sent, and demands the name', async () => {
	const { id } = await createKey({ name: 'Old', restricted_to_role_id: 101 });
	const edit = (body: object) => api.certCentral('PUT', `/key/${id}`, body);

	const rename = await edit({ name: 'New' });
	expect([rename.status, rename.text]).toEqual([204, '']);
	expect(await infoOf(id)).toMatchObject({ name: 'New', restricted_to_role_id: 101 });
	await edit({ name: 'New', restricted_to_role_id: 0 });
	expect(await infoOf(id)).toMatchObject({ name: 'New', restricted_to_role_id: 0 });
	expect((await edit({ restricted_to_role_id: 102 })).status).toBe(400);
});

describe('Update key status (digicert-api.md A.4.5)', () => {
	test('revoked keys are refused but stay in the list; active ones are let in again', async () => {
		const { id, value } = await createKey({ name: 'CI' }, users.administrator);
		const me = () => api.certCentral('GET', '/user/me', undefined, value);
		const listed = async () =>
			(await api.certCentral('GET', '/key')).rows().find((key) => key.id === id);

		const revoke = await setStatus(id, 'revoked');
		expect([revoke.status, revoke.text]).toEqual([204, '']);
		expect(revoke.headers).not.toHaveProperty('content-type');
		const refused = await me();
		expect([refused.status, refused.json()]).toEqual([403, INVALID_KEY]);
		expect(await listed()).toMatchObject({ status: 'revoked' });

		await setStatus(id, 'active');
		expect((await me()).status).toBe(200);
		expect(await listed()).toMatchObject({ status: 'active' });
	});

	test('refuses the status word of the other API', async () => {
		const { id } = await createKey();

		expect((await setStatus(id, 'inactive')).status).toBe(400);
	});
});

test.each([
	['DELETE', '/key/182'],
	['GET', '/nowhere'],
])('%s %s does not exist: not_found|route (digicert-api.md A.1)', async (method, path) => {
	const reply = await api.certCentral(method, path);

	expect([reply.status, reply.codes()]).toEqual([404, ['not_found|route']]);
});
