'use strict';

const { faults } = require('../../sandbox');
const { useLab } = require('../support/lab');

const lab = useLab({ rateLimits: [], seedUsers: 1203 });

/** @param {string} resource @param {object} filters @param {object} [more] */
async function list(resource, filters, more = { returnAll: true }) {
	const parameters = { filters, limit: 50, ...more };
	const execution = await lab.perform(resource, 'getMany', [{}], { parameters });
	expect(execution.error).toBeUndefined();
	return execution.items('DigiCert').map(({ json }) => json);
}
const names = (/** @type {any[]} */ items) => items.map(({ name }) => name).sort();

describe('Get Many User API Keys', () => {
	test('lists all keys, with ACME directory URLs marked', async () => {
		const keys = await list('userApiKey', {});
		expect(keys).toHaveLength(lab.sandbox.keys({ instance: 'us' }).length);
		const acme = keys.filter(({ is_acme_directory_url: is }) => is);
		expect(names(acme)).toEqual(['ACME directory']);
	});

	test.each([
		[{ status: 'revoked' }, ['Former integration']],
		[{ nameContains: 'ADMIN' }, ['Administrator']],
		[{ userId: '125041' }, ['Standard user']],
		[{ userId: 125041, status: 'revoked' }, []],
		[{ createdBefore: '2024-03-01T00:00:00Z' }, []],
		[{ createdBefore: '2024-03-02T00:00:00Z', nameContains: 'view' }, ['View only']],
		[{ notUsedSince: '2024-03-02T00:00:00Z', nameContains: 'view' }, ['View only']],
		[{ nameContains: '', status: '', userId: '', createdBefore: '', nameIs: 1 }, 7],
		[{ excludeAcmeUrls: true }, 6],
	])('filters by %j', async (filters, wanted) => {
		const found = await list('userApiKey', filters);
		if (typeof wanted === 'number') expect(found).toHaveLength(wanted);
		else expect(names(found)).toEqual(wanted);
	});

	test('asks DigiCert for one user only, and filters the rest itself', async () => {
		await list('userApiKey', { userId: 125041, status: 'active' });
		expect(lab.sandbox.requests()).toMatchObject([{ path: '/key', query: { user_id: '125041' } }]);
	});

	test('a key that was used since is not listed as unused', async () => {
		const execution = await lab.perform('userApiKey', 'getMany', [{}], {
			parameters: { returnAll: true, filters: { notUsedSince: "={{ $now.minus(90, 'days') }}" } },
		});
		// The credential's own key has just been used for the list.
		expect(names(execution.items('DigiCert').map(({ json }) => json))).not.toContain(
			'Administrator',
		);
		expect(execution.items('DigiCert').length).toBeGreaterThan(3);
	});

	test.each([
		[{ userId: 'x' }, "The ID in 'User ID' holds"],
		[{ createdBefore: 'yesterday' }, "'Created Before' is not a date"],
		[{ notUsedSince: 5 }, "'Not Used Since' is not a date"],
		[{ nameContains: ['x'] }, "'Name Contains' is not text"],
	])('refuses the filter %j', async (filters, fault) => {
		const parameters = { returnAll: true, filters };
		const execution = await lab.perform('userApiKey', 'getMany', [{}], { parameters });
		expect(execution.error.message).toContain(fault);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('field sets are loose: odd entries are passed on, not lost', async () => {
		const body = {
			api_keys: [{ id: 1 }, { id: 2, name: 5, user: null, create_date: 'x', more: true }],
		};
		lab.sandbox.addFault({ when: 'before', action: 'reply', reply: { status: 200, body } });
		expect(await list('userApiKey', {})).toEqual([
			{ id: 1, is_acme_directory_url: false },
			{ ...body.api_keys[1], is_acme_directory_url: false },
		]);
	});

	test.each([{ api_keys: {} }, { keys: [] }, [], { api_keys: [{ name: 'no id' }] }, null])(
		'an answer that is no list is told: %j',
		async (body) => {
			lab.sandbox.addFault({ when: 'before', action: 'reply', reply: { status: 200, body } });
			const parameters = { returnAll: true, filters: {} };
			const execution = await lab.perform('userApiKey', 'getMany', [{}], { parameters });
			expect(execution.error.message).toBe('DigiCert did not give a usable answer [item 0]');
		},
	);
});

describe('Get Many Subaccount API Keys', () => {
	test.each([
		[{}, 4],
		[{ status: 'inactive' }, ['Retired key']],
		[{ accountId: 67892 }, ['Second customer key']],
		[{ nameContains: 'customer', createdBefore: '2026-01-01' }, 2],
	])('filters by %j', async (filters, wanted) => {
		const found = await list('subaccountApiKey', filters);
		if (typeof wanted === 'number') expect(found).toHaveLength(wanted);
		else expect(names(found)).toEqual(wanted);
	});

	test("refuses 'Subaccount ID' that is no ID", async () => {
		const parameters = { returnAll: true, filters: { accountId: -1 } };
		const execution = await lab.perform('subaccountApiKey', 'getMany', [{}], { parameters });
		expect(execution.error.message).toContain("The ID in 'Subaccount ID' is not above 0");
	});
});

describe('Get Many Users', () => {
	test('pages to the end', async () => {
		const users = await list('user', {});
		expect(new Set(users.map(({ id }) => id)).size).toBe(1203);
		const asked = lab.sandbox.requests().map(({ query }) => query);
		expect(asked).toEqual([
			{ offset: '0', limit: '500' },
			{ offset: '500', limit: '500' },
			{ offset: '1000', limit: '500' },
		]);
	});

	test('honours the limit, with no more asked for than needed', async () => {
		expect(await list('user', {}, { returnAll: false, limit: 501 })).toHaveLength(501);
		expect(lab.sandbox.requests().map(({ query }) => Object(query).limit)).toEqual(['500', '1']);
	});

	test('takes a limit as text from an expression', async () => {
		expect(await list('user', {}, { returnAll: false, limit: '={{ "2" }}' })).toHaveLength(2);
	});

	test('lets DigiCert filter, in its own form', async () => {
		const filters = { search: 'ada', status: 'active', containerId: 5, accessRoleId: 1 };
		const users = await list('user', filters);
		expect(users[0].first_name).toBe('Ada');
		expect(lab.sandbox.requests()[0].query).toMatchObject({
			'filters[search]': '%ada',
			'filters[status]': 'active',
			container_id: '5',
			access_role_id: '1',
		});
	});

	test('refuses a division that is no ID', async () => {
		const parameters = { returnAll: true, filters: { containerId: 'x' } };
		const execution = await lab.perform('user', 'getMany', [{}], { parameters });
		expect(execution.error.message).toContain("The ID in 'Division ID' holds");
	});

	const page = (/** @type {number[]} */ ids, /** @type {unknown} */ about) => ({
		when: /** @type {const} */ ('before'),
		action: /** @type {const} */ ('reply'),
		reply: { status: 200, body: { users: ids.map((id) => ({ id })), page: about } },
	});

	test.each([
		[
			'an empty page, whatever the total says',
			[page([1, 2], { total: 9 }), page([], { total: 9 })],
			2,
		],
		['a page that is not full, without a total', [page([1, 2], undefined)], 2],
		['a page that brings nothing new', [page([1, 2], { total: 9 }), page([1, 2], { total: 9 })], 2],
	])('stops at %s', async (_, pages, count) => {
		for (const reply of pages) lab.sandbox.addFault(reply);
		expect(await list('user', {})).toHaveLength(count);
		expect(lab.sandbox.requests()).toHaveLength(pages.length);
	});

	test('gives a short output, or all that DigiCert tells', async () => {
		const [short] = await list('user', {}, { returnAll: false, limit: 1 });
		expect(Object.keys(short).sort()).toEqual([
			'access_roles',
			'account_id',
			'email',
			'first_name',
			'id',
			'last_login_date',
			'last_name',
			'status',
			'username',
		]);
		const [raw] = await list('user', {}, { returnAll: false, limit: 1, simplify: false });
		expect(raw).toMatchObject({ ...short, type: 'standard', container: { id: 5 } });
	});

	test('goes on after a full page without a total', async () => {
		const full = Array.from({ length: 500 }, (_, i) => i + 1);
		lab.sandbox.addFault(page(full, undefined));
		lab.sandbox.addFault(page([501], undefined));
		expect(await list('user', {})).toHaveLength(501);
	});
});

test('Get Many Service Users lists service users only', async () => {
	const users = await list('serviceUser', {});
	expect(users).toHaveLength(3);
	expect(lab.sandbox.requests()).toMatchObject([{ path: '/user/api-only' }]);
});

describe('a call that reads is sent again', () => {
	const get = (/** @type {object} */ options = {}) =>
		lab.perform('user', 'get', [{}], {
			parameters: { userId: { __rl: true, mode: 'id', value: 'me' }, options },
		});

	test.each([
		['a 5xx', () => faults.errorAfter(502)],
		['a broken connection', () => faults.dropAfter()],
	])('after %s, three times in all', async (_, fault) => {
		lab.sandbox.addFault({ ...fault(), times: Infinity });
		const { error } = await get();
		expect(error.message).toBe('DigiCert did not give a usable answer [item 0]');
		expect(lab.sandbox.requests()).toHaveLength(3);
	});

	test('a 5xx is declared as passing, a broken connection is not', async () => {
		lab.sandbox.addFault({ ...faults.errorAfter(503), times: 3 });
		expect((await get()).error.failure).toEqual({ cause: 'temporarily-unavailable' });
		lab.sandbox.addFault({ ...faults.dropAfter(), times: 3 });
		expect((await get()).error.failure).toBeUndefined();
	});

	test('but not past the timeout', async () => {
		lab.sandbox.addFault({ ...faults.slow(5000), times: Infinity });
		const { error } = await get({ timeout: 300 });
		expect(error.description).toContain('came within 300 ms');
		expect(lab.sandbox.requests()).toHaveLength(1);
	});

	test('and not once the execution is cancelled', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 60 }), times: 1 });
		const items = Array.from({ length: 3 }, (_, i) => ({ i }));
		const execution = await lab.perform('user', 'get', items, {
			parameters: {
				userId: { __rl: true, mode: 'id', value: 'me' },
				options: { concurrency: 2 },
			},
			onStart: (/** @type {() => void} */ cancel) => void setTimeout(cancel, 400),
		});
		expect(execution.error).toBeDefined();
		expect(lab.sandbox.requests()).toHaveLength(2);
	});

	test('after a 429, for as long as the rate limit may take', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 0 }), times: 5 });
		expect((await get()).error).toBeUndefined();
		expect(lab.sandbox.requests()).toHaveLength(6);
	});

	test.each([[faults.forbiddenInvalidKey()], [faults.unauthorized()], [faults.redirect()]])(
		'but not after a plain answer: %#',
		async (fault) => {
			lab.sandbox.addFault({ ...fault, times: Infinity });
			expect((await get()).error).toBeDefined();
			expect(lab.sandbox.requests()).toHaveLength(1);
		},
	);
});

describe('a call that sets a status', () => {
	test('is sent three times at the most, and then told as not confirmed', async () => {
		const { id } = lab.sandbox.keys({ name: 'Standard user', instance: 'us' })[0];
		lab.sandbox.addFault({ ...faults.errorAfter(500), match: { method: 'PUT' }, times: Infinity });
		const { error } = await lab.perform('userApiKey', 'reactivate', [{}], {
			parameters: { keyId: { __rl: true, mode: 'id', value: id } },
		});
		expect(error.message).toBe('DigiCert did not confirm the change [item 0]');
		expect(error.description).toContain('making it twice does no harm');
		expect(lab.sandbox.requests()).toHaveLength(3);
	});
});

describe('a run that stops', () => {
	const getKeys = (/** @type {any[]} */ keys, setup = {}) =>
		lab.perform(
			'userApiKey',
			'get',
			keys.map((key) => ({ key })),
			{
				parameters: {
					keyId: { __rl: true, mode: 'id', value: '={{ $json.key }}' },
					options: { concurrency: 1 },
				},
				...setup,
			},
		);

	test('tells how many items were handled, and how many not started', async () => {
		const { id } = lab.sandbox.keys({ instance: 'us' })[0];
		const { error } = await getKeys([id, id, 999, id]);
		expect(error.message).toBe('DigiCert did not find key 999 [item 2]');
		expect(error.description).toContain('2 items of this run had been handled by then.');
		expect(error.description).toContain('1 item was not started.');
	});

	test.each(['stopWorkflow', 'continueRegularOutput'])(
		'because it was cancelled starts nothing new (%s)',
		async (onError) => {
			const { id } = lab.sandbox.keys({ instance: 'us' })[0];
			lab.sandbox.addFault({ ...faults.slow(3000), times: Infinity });
			await getKeys([id, id, id], {
				settings: { onError },
				onStart: (/** @type {() => void} */ cancel) => {
					const timer = setInterval(() => {
						if (lab.sandbox.requests().length < 1) return;
						clearInterval(timer);
						cancel();
					}, 5);
				},
			});
			expect(lab.sandbox.requests()).toHaveLength(1);
		},
	);
});
