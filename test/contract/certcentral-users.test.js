'use strict';

const { openSandbox } = require('./support');

/** @type {import('./support').Api} */
let api;
/** @type {import('../../sandbox/index.mts').CertCentralGuide['users']} */
let users;
beforeAll(async () => {
	api = await openSandbox({ seedUsers: 25 });
	({ users } = api.sandbox.certCentral.us);
});
afterEach(() => api.sandbox.reset());
afterAll(() => api.close());

const list = async (query = '', path = '/user') =>
	(await api.certCentral('GET', path + query)).json();
/** @param {import('./support').Json} answer */
const idsIn = (answer) => answer.users.map(({ id }) => id);

describe('User info (A.5.1)', () => {
	test('"me" is the user behind the key', async () => {
		const { baseUrl, keys } = api.sandbox.certCentral.us;
		/** @param {string} key */
		const me = async (key) =>
			(await api.send('GET', `${baseUrl}/user/me`, { headers: { 'x-dc-devkey': key } })).json();

		expect(await me(keys.administrator)).toEqual({
			id: users.administrator,
			username: 'ada.archer@example.com',
			account_id: expect.any(Number),
			first_name: 'Ada',
			last_name: 'Archer',
			email: 'ada.archer@example.com',
			job_title: expect.any(String),
			telephone: expect.any(String),
			status: 'active',
			last_login_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			container: expect.objectContaining({ id: expect.any(Number), parent_id: 0, is_active: true }),
			access_roles: [{ id: 1, name: 'Administrator' }],
			type: 'standard',
			has_container_assignments: false,
			is_cert_central: true,
			is_enterprise: false,
			is_saml_sso_only: false,
			container_visibility: [],
			language_id: 1,
			account_language_id: 1,
		});
		expect(await me(keys.standardUser)).toMatchObject({
			id: users.standard,
			access_roles: [{ id: 5, name: 'Standard user' }],
		});
	});

	test('is found by id, and 404 when there is no such user', async () => {
		const known = await api.certCentral('GET', `/user/${users.person}`);
		const unknown = await api.certCentral('GET', '/user/1');

		expect(known.json().id).toBe(users.person);
		expect(unknown.status).toBe(404);
	});
});

describe('List users (A.5.2)', () => {
	test('gives pages that together are the whole', async () => {
		const all = await list();
		const pages = [];
		for (let offset = 0; offset < 30; offset += 10) {
			pages.push(await list(`?offset=${offset}&limit=10`));
		}

		expect(all.page).toEqual({ total: 25, limit: 1000, offset: 0 });
		expect(pages.map(({ page }) => page)).toEqual([
			{ total: 25, limit: 10, offset: 0 },
			{ total: 25, limit: 10, offset: 10 },
			{ total: 25, limit: 10, offset: 20 },
		]);
		expect(pages.map((page) => page.users.length)).toEqual([10, 10, 5]);
		expect(pages.flatMap(idsIn)).toEqual(idsIn(all));
	});

	test('leaves out optional fields that are empty, and writes dates with an offset', async () => {
		const { users: everybody } = await list();

		expect(everybody.some((user) => 'job_title' in user)).toBe(true);
		expect(everybody.some((user) => !('job_title' in user))).toBe(true);
		expect(JSON.stringify(everybody)).not.toContain('null');
		const dates = everybody.flatMap((user) => user.last_login_date ?? []);
		expect(dates).toContain('2024-06-21T13:37:00+00:00');
	});

	test.each([
		['%25 asks for "contains"', '%25archer@', true],
		['without it the field must be equal', 'archer@', false],
		['a whole field', 'Ada', true],
		['nothing that is there', '%25nobody', false],
	])('searches: %s', async (_, search, found) => {
		const answer = await list(`?filters[search]=${search}`);

		expect(idsIn(answer).includes(users.administrator)).toBe(found);
		expect(answer.page.total).toBe(answer.users.length);
	});

	test('filters by status, container and access role', async () => {
		const all = await list();
		const divisions = new Set(all.users.map(({ container }) => container.id));
		const inactive = await list('?filters[status]=inactive');
		const administrators = await list('?access_role_id=1');
		const [, division] = divisions;
		const inDivision = await list(`?container_id=${division}`);

		expect(inactive.users.map(({ status }) => status)).toEqual(['inactive']);
		expect(administrators.page.total).toBeLessThan(25);
		expect(administrators.users.every((user) => user.access_roles[0].id === 1)).toBe(true);
		expect(inDivision.page.total).toBeLessThan(25);
		expect(inDivision.users.every(({ container }) => container.id === division)).toBe(true);
	});

	test('leaves out the container when told to', async () => {
		const { users: everybody } = await list('?without_container=true');

		expect(everybody.some((user) => 'container' in user)).toBe(false);
	});

	test.each(['?limit=ten', '?offset=-1', '?page=2'])('refuses %s', async (query) => {
		expect((await api.certCentral('GET', `/user${query}`)).status).toBe(400);
	});
});

test('List service users (A.5.3) has the service users and nobody else', async () => {
	const people = await list();
	const services = await list('', '/user/api-only');
	const first = await list('?limit=1', '/user/api-only');

	expect(idsIn(services)).toContain(users.serviceUser);
	expect(idsIn(people)).not.toContain(users.serviceUser);
	expect(services.users[0]).toMatchObject({
		username: expect.stringMatching(/^[0-9a-f]{20}$/),
		first_name: 'Service',
		last_name: 'User',
		type: 'standard',
	});
	expect(first.page).toEqual({ total: services.users.length, limit: 1, offset: 0 });
});

describe('Add service user (A.5.4)', () => {
	const body = { is_api_only: true, email: 'bot@example.com', api_name: 'First key' };

	test('makes a user and a key, and answers with the id of the user', async () => {
		const reply = await api.certCentral('POST', '/user', {
			...body,
			restricted_to_role_id: 102,
			container_id_assignments: [6],
		});
		const { id, api_key: value } = reply.json();
		const keys = (await api.certCentral('GET', `/key?user_id=${id}`)).json().api_keys;
		const services = await list('?filters[search]=bot@example.com', '/user/api-only');

		expect(reply.status).toBe(201);
		expect(Object.keys(reply.json())).toEqual(['id', 'api_key']);
		expect(keys).toEqual([
			expect.objectContaining({ name: 'First key', restricted_to_role_id: 102 }),
		]);
		expect(keys[0].id).not.toBe(id);
		expect(services.users).toEqual([
			expect.objectContaining({
				id,
				has_container_assignments: true,
				container_assignments: [expect.objectContaining({ id: 6 })],
			}),
		]);
		expect((await api.certCentral('GET', '/user/me', undefined, value)).json().id).toBe(id);
	});

	test.each([
		['no is_api_only', { ...body, is_api_only: undefined }],
		['is_api_only false', { ...body, is_api_only: false }],
		['no e-mail address', { ...body, email: undefined }],
		['an address that is none', { ...body, email: 'bot' }],
		['an address that is too long', { ...body, email: `${'b'.repeat(250)}@example.com` }],
		['no key name', { ...body, api_name: undefined }],
		['a stray field', { ...body, name: 'Bot' }],
	])('refuses %s with 400', async (_, wrong) => {
		expect((await api.certCentral('POST', '/user', wrong)).status).toBe(400);
	});
});
