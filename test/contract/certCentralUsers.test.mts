import { anyNumber, anyText, objectWith, textLike } from '../support/matchers.mts';
import { record } from '../support/read.mts';
import { openSandbox } from './support.mts';
import type { Answer, Api } from './support.mts';

let api: Api;
let users: Api['sandbox']['certCentral']['us']['users'];
beforeAll(async () => {
	api = await openSandbox({ seedUsers: 25 });
	({ users } = api.sandbox.certCentral.us);
});
afterEach(() => {
	api.sandbox.reset();
});
afterAll(() => api.close());

const list = (query = '', path = '/user') => api.certCentral('GET', path + query);
const idsIn = (answer: Answer) => answer.rows().map(({ id }) => id);
const totalOf = (answer: Answer) => record(answer.fields().page).total;

describe('User info (digicert-api.md A.5.1)', () => {
	test('"me" is the user behind the key', async () => {
		const { keys } = api.sandbox.certCentral.us;
		const me = async (key: string) =>
			(await api.certCentral('GET', '/user/me', undefined, key)).json();

		expect(await me(keys.administrator)).toEqual({
			id: users.administrator,
			username: 'ada.archer@example.com',
			account_id: anyNumber,
			first_name: 'Ada',
			last_name: 'Archer',
			email: 'ada.archer@example.com',
			job_title: anyText,
			telephone: anyText,
			status: 'active',
			last_login_date: textLike(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			container: objectWith({ id: anyNumber, parent_id: 0, is_active: true }),
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
		expect((await list('', `/user/${users.person}`)).fields().id).toBe(users.person);
		expect((await list('', '/user/1')).status).toBe(404);
	});
});

describe('List users (digicert-api.md A.5.2)', () => {
	test('gives pages that together are the whole', async () => {
		const all = await list();
		const pages = [];
		for (const offset of [0, 10, 20]) pages.push(await list(`?offset=${offset}&limit=10`));

		expect(all.fields().page).toEqual({ total: 25, limit: 1000, offset: 0 });
		expect(pages.map((page) => page.fields().page)).toEqual([
			{ total: 25, limit: 10, offset: 0 },
			{ total: 25, limit: 10, offset: 10 },
			{ total: 25, limit: 10, offset: 20 },
		]);
		expect(pages.map((page) => idsIn(page).length)).toEqual([10, 10, 5]);
		expect(pages.flatMap(idsIn)).toEqual(idsIn(all));
	});

	test('leaves out optional fields that are empty, and writes dates with an offset', async () => {
		const everybody = (await list()).rows();

		expect(new Set(everybody.map((user) => 'job_title' in user))).toEqual(new Set([true, false]));
		expect(JSON.stringify(everybody)).not.toContain('null');
		const dates = everybody.map((user) => user.last_login_date);
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
		expect(totalOf(answer)).toBe(answer.rows().length);
	});

	test('filters by status, container and access role', async () => {
		const inactive = await list('?filters[status]=inactive');
		const administrators = await list('?access_role_id=1');
		const inDivision = await list('?container_id=6');

		expect(inactive.rows().map(({ status }) => status)).toEqual(['inactive']);
		const roles = administrators.rows().map((user) => JSON.stringify(user.access_roles));
		expect(new Set(roles)).toEqual(new Set(['[{"id":1,"name":"Administrator"}]']));
		const containers = inDivision.rows().map(({ container }) => record(container).id);
		expect(new Set(containers)).toEqual(new Set([6]));
		for (const some of [administrators, inDivision]) expect(totalOf(some)).toBeLessThan(25);
	});

	test.each(['?limit=ten', '?offset=-1', '?page=2'])('refuses %s', async (query) => {
		expect((await list(query)).status).toBe(400);
	});
});

test('List service users (digicert-api.md A.5.3) has the service users and nobody else', async () => {
	const services = await list('', '/user/api-only');
	const one = await list('?limit=1', '/user/api-only');

	expect(idsIn(services)).toContain(users.serviceUser);
	expect(idsIn(await list())).not.toContain(users.serviceUser);
	expect(services.rows()[0]).toMatchObject({
		username: textLike(/^[0-9a-f]{20}$/),
		first_name: 'Service',
		last_name: 'User',
		type: 'standard',
	});
	expect(one.fields().page).toEqual({ total: services.rows().length, limit: 1, offset: 0 });
});

describe('Add service user (digicert-api.md A.5.4)', () => {
	const body = { is_api_only: true, email: 'bot@example.com', api_name: 'First key' };

	test('makes a user and a key, and answers with the id of the user', async () => {
		const reply = await api.certCentral('POST', '/user', {
			...body,
			restricted_to_role_id: 102,
			container_id_assignments: [6],
		});
		const { id, value } = reply.key();
		const keys = (await list(`?user_id=${id}`, '/key')).rows();
		const services = await list('?filters[search]=bot@example.com', '/user/api-only');

		expect(reply.status).toBe(201);
		expect(Object.keys(reply.fields())).toEqual(['id', 'api_key']);
		expect(keys).toEqual([objectWith({ name: 'First key', restricted_to_role_id: 102 })]);
		expect(keys[0]?.id).not.toBe(id);
		expect(services.rows()).toEqual([
			objectWith({
				id,
				has_container_assignments: true,
				container_assignments: [objectWith({ id: 6 })],
			}),
		]);
		const me = await api.certCentral('GET', '/user/me', undefined, value);
		expect(me.fields().id).toBe(id);
	});

	test.each([
		['no is_api_only', { is_api_only: undefined }],
		['is_api_only false', { is_api_only: false }],
		['no e-mail address', { email: undefined }],
		['an address that is none', { email: 'bot' }],
		['an address that is too long', { email: `${'b'.repeat(250)}@example.com` }],
		['no key name', { api_name: undefined }],
		['a stray field', { name: 'Bot' }],
	])('refuses %s with 400', async (_, wrong) => {
		expect((await api.certCentral('POST', '/user', { ...body, ...wrong })).status).toBe(400);
	});
});
