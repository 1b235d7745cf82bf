import { aString, having, openSandbox } from './support.mts';
import type { Api } from './support.mts';

const clock = { time: 0 };

let api: Api;
let us: Api['sandbox']['certCentral']['us'];
beforeAll(async () => {
	api = await openSandbox({ now: () => clock.time });
	({ us } = api.sandbox.certCentral);
});
beforeEach(() => {
	clock.time = Date.UTC(2026, 0, 1);
	api.sandbox.reset();
});
afterAll(() => api.close());

const createKey = async (name: string) =>
	(await api.certCentral('POST', `/key/user/${us.users.person}`, { name })).key();
const listed = async () => {
	const rows = (await api.certCentral('GET', `/key?user_id=${us.users.person}`)).rows();
	return rows.filter(({ name }) => name !== 'Former integration');
};
const namesListed = async () => (await listed()).map(({ name }) => name);

describe('by hand', () => {
	test('a key is made and changed, with a line in the journal for each', async () => {
		const { sandbox } = api;
		const byHand = sandbox.console.us;
		const { id, value } = byHand.makeKey({ name: 'By hand', ownerId: us.users.person });
		byHand.changeKey(id, {
			name: 'Renamed',
			ownerId: us.users.administrator,
			createdAt: '2020-02-03T04:05:06Z',
			restricted_to_role_id: 102,
		});
		expect((await api.certCentral('GET', '/user/me', undefined, value)).status).toBe(200);
		byHand.changeKey(id, { lastUsedAt: '2020-03-04T05:06:07Z', status: 'revoked' });

		expect((await api.certCentral('GET', `/key/${id}`)).json()).toMatchObject({
			name: 'Renamed',
			user: { id: us.users.administrator },
			create_date: '2020-02-03T04:05:06+00:00',
			last_used_date: '2020-03-04T05:06:07+00:00',
			restricted_to_role_id: 102,
			status: 'revoked',
		});
		expect((await api.certCentral('GET', '/user/me', undefined, value)).status).toBe(403);
		const line = { api: 'certcentral', instance: 'us', status: 200 };
		expect(sandbox.requests({ method: 'CONSOLE' })).toEqual([
			having({ ...line, path: '/key', name: 'By hand', createdKeyId: id }),
			having({ ...line, path: `/key/${id}`, name: 'Renamed' }),
			having({ ...line, path: `/key/${id}`, body: having({ status: 'revoked' }) }),
		]);
	});

	test('a key is taken out of the list, and refused', async () => {
		const { id, value } = await createKey('Gone');
		api.sandbox.console.us.removeKey(id);

		expect(await namesListed()).toEqual([]);
		expect((await api.certCentral('GET', `/key/${id}`)).status).toBe(404);
		expect((await api.certCentral('GET', '/user/me', undefined, value)).status).toBe(403);
	});

	test('a partner key is made for an account, and an ID may be unsafe', async () => {
		const { subaccount } = api.sandbox.partner.accounts;
		const key = { name: 'By hand', ownerId: subaccount, id: 2 ** 53 };
		const { id } = api.sandbox.console.partner.makeKey(key);

		expect(id).toBe(9007199254740992);
		expect((await api.partner('GET', '/api-key')).rows()).toContainEqual(
			having({ id, account_id: subaccount }),
		);
		expect((await createKey('Next')).id).toBeLessThan(1000);
	});

	test('an owner becomes inactive', async () => {
		api.sandbox.console.us.changeUser(us.users.person, { status: 'inactive' });

		expect((await api.certCentral('GET', `/user/${us.users.person}`)).fields().status).toBe(
			'inactive',
		);
		expect(api.sandbox.requests()).toContainEqual(
			having({ method: 'CONSOLE', body: { status: 'inactive' } }),
		);
	});

	test('unknown and taken IDs are refused', () => {
		const { us: byHand, partner } = api.sandbox.console;

		expect(() => byHand.makeKey({ name: 'CI', ownerId: 1, id: 182 })).toThrow(RangeError);
		for (const attempt of [
			() => {
				byHand.changeKey(1, {});
			},
			() => {
				byHand.removeKey(1);
			},
			() => {
				byHand.changeUser(1, {});
			},
			() => {
				partner.changeUser(us.users.person, {});
			},
		]) {
			expect(attempt).toThrow(RangeError);
		}
		expect(api.sandbox.requests()).toEqual([]);
	});

	test('all of it works over HTTP', async () => {
		const key = { name: 'By hand', ownerId: us.users.person };
		const made = await api.admin('POST', '/console/us/makeKey', [key]);
		const [record] = api.sandbox.keys({ name: 'By hand' });
		expect(made.json()).toEqual({ result: { id: record?.id, value: aString } });

		const change = [record?.id, { status: 'revoked' }];
		expect((await api.admin('POST', '/console/us/changeKey', change)).status).toBe(200);
		expect(await listed()).toEqual([having({ name: 'By hand', status: 'revoked' })]);
		for (const [deed, args] of [
			['changeKey', [1, {}]],
			['makeKey', [{ ...key, colour: 'red' }]],
			['explode', []],
		] as const) {
			expect((await api.admin('POST', `/console/us/${deed}`, args)).status).toBe(400);
		}
	});
});

describe('settings', () => {
	test('new keys can look like a UUID', async () => {
		expect((await api.admin('PUT', '/settings', { keyFormat: 'uuid' })).status).toBe(204);
		const { value } = await createKey('CI');

		expect(value).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(api.sandbox.holds(value)).toMatchObject({ name: 'CI' });
		expect((await api.admin('PUT', '/settings', { keyFormat: 'short' })).status).toBe(400);
	});

	test('lists can be late by a time, in what they show and in what they leave out', async () => {
		const old = await createKey('Old');
		const gone = await createKey('Gone');
		clock.time += 10_000;
		api.sandbox.set({ listLag: { ms: 5_000 } });
		await createKey('New');
		await api.certCentral('PUT', `/key/${old.id}`, { name: 'Renamed' });
		await api.certCentral('PUT', `/key/${old.id}/status`, { status: 'revoked' });
		api.sandbox.console.us.removeKey(gone.id);

		const before = [having({ name: 'Old', status: 'active' }), having({ name: 'Gone' })];
		expect(await listed()).toEqual(before);
		clock.time += 4_999;
		expect(await listed()).toEqual(before);
		// Only lists are late (digicert-api.md F.23).
		expect((await api.certCentral('GET', `/key/${old.id}`)).fields().status).toBe('revoked');
		clock.time += 1;
		expect(await listed()).toEqual([
			having({ name: 'Renamed', status: 'revoked' }),
			having({ name: 'New' }),
		]);
	});

	test('lists can be late by a number of requests', async () => {
		api.sandbox.set({ listLag: { requests: 2 } });
		await createKey('New');

		expect(await namesListed()).toEqual([]);
		expect(await namesListed()).toEqual([]);
		expect(await namesListed()).toEqual(['New']);
	});

	test('partner lists can be late as well', async () => {
		api.sandbox.set({ listLag: { ms: 1 } });
		const { subaccount } = api.sandbox.partner.accounts;
		await api.partner('POST', `/api-key/account/${subaccount}`, { name: 'New' });
		const shows = async () => (await api.partner('GET', '/api-key')).text.includes('"New"');

		expect(await shows()).toBe(false);
		clock.time += 1;
		expect(await shows()).toBe(true);
	});
});
