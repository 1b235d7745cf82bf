import type { IDataObject } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import {
	ALWAYS,
	answering,
	byId,
	cancelWhen,
	changing,
	listing,
	PUT,
	useLab,
} from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { textLike, textWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list as entriesOf, record } from '../../support/read.mts';
import { errorOf, hintsOf, itemError, itemErrors, jsonsOf, only } from '../../support/told.mts';

// Two pages of them.
const lab = useLab({ rateLimits: [], seedUsers: 502 });
shortenPauses(['rateLimit', 'rateLimitLeast']);

async function list(resource: string, filters: object, more: object = { returnAll: true }) {
	const execution = await getMany(resource, { filters, limit: 50, ...more });
	expect(execution.error).toBeUndefined();
	return jsonsOf(execution);
}
const getMany = async (resource: string, more: object = {}, setup: NodeSetup = {}) =>
	await lab.perform(resource, 'getMany', [{}], {
		parameters: { filters: {}, returnAll: true, ...more },
		...setup,
	});
/** The hint for a list with gaps. */
const GAPS = textWith("DigiCert's list came incomplete");
const names = (items: IDataObject[]) => items.map(({ name }) => name).sort();

test.each([
	['userApiKey', { userId: 'x' }, "The ID in 'User' holds"],
	['userApiKey', { notUsedSince: {} }, "'Not Used Since' is not a date"],
	['userApiKey', { nameContains: ['x'] }, "'Name Contains' is not text"],
	['subaccountApiKey', { accountId: -1 }, "The ID in 'Subaccount' is not above 0"],
	['user', { search: { a: 1 } }, "'Search' is not text [item 0]"],
	['user', { search: '={{ 0 / 0 }}' }, "'Search' is not text [item 0]"],
	['user', { status: '={{ 1 / 0 }}' }, "'Status' is not text [item 0]"],
	['user', { containerId: 'x' }, "The ID in 'Division ID' holds"],
	// Without it, all keys would come out, and a next step may revoke what comes.
	['userApiKey', { notUsedSince: '={{ $json.missing }}' }, "'Not Used Since' gives nothing"],
	['userApiKey', { createdBefore: '={{ null }}' }, "'Created Before' gives nothing"],
	['userApiKey', { status: '={{ $json.missing }}' }, "'Status' gives nothing"],
	['userApiKey', { nameContains: '={{ null }}' }, "'Name Contains' gives nothing"],
	...[
		['userApiKey', 'createdBefore', 'Created Before'],
		['userApiKey', 'nameContains', 'Name Contains'],
		['subaccountApiKey', 'status', 'Status'],
		['user', 'search', 'Search'],
		['user', 'containerId', 'Division ID'],
	].flatMap(([resource = '', name = '', label = '']) =>
		["={{ '' }}", "={{ ' ' }}"].map((value): [string, object, string] => [
			...([resource, { [name]: value }] as const),
			`'${label}' gives nothing`,
		]),
	),
	['userApiKey', { userId: byId("={{ '' }}") }, "'User' gives nothing"],
	[
		'userApiKey',
		{ excludeAcmeUrls: '={{ $json.missing }}' },
		"'Exclude ACME Directory URLs' gives nothing",
	],
	['userApiKey', { userId: byId('={{ $json.missing }}') }, "'User' gives nothing"],
	['user', { search: '={{ $json.missing }}' }, "'Search' gives nothing"],
	['userApiKey', { excludeAcmeUrls: '={{ "true" }}' }, "URLs' is neither true nor false [item 0]"],
])('Get Many refuses for %s the filter %j', async (resource, filters, fault) => {
	expect(errorOf(await getMany(resource, { filters })).message).toContain(fault);
	expect(lab.sandbox.requests()).toEqual([]);
});

test('Get Many refuses a Return All that is a text', async () => {
	const { message } = errorOf(await getMany('userApiKey', { returnAll: '={{ "false" }}' }));
	expect(message).toBe("'Return All' is neither true nor false [item 0]");
	expect(lab.sandbox.requests()).toEqual([]);
});

describe('Get Many User API Keys', () => {
	test('lists all keys, with ACME directory URLs marked; filters left empty are none', async () => {
		const filters = { status: '', nameContains: '', createdBefore: '', userId: byId('') };
		const keys = await list('userApiKey', filters);
		expect(keys).toHaveLength(lab.sandbox.keys({ instance: 'us' }).length);
		const acme = keys.filter(({ is_acme_directory_url: is }) => is);
		expect(names(acme)).toEqual(['ACME directory']);
		for (const key of keys) expect(key).not.toHaveProperty('findings');
	});

	test.each([
		[{ status: 'revoked' }, ['Former integration']],
		[{ nameContains: 'ADMIN' }, ['Administrator']],
		[{ nameContains: '={{ 2024 }}' }, []],
		[{ userId: '125041' }, ['Standard user']],
		[{ userId: 125041, status: 'revoked' }, []],
		// A leap day.
		[{ createdBefore: '2024-02-29' }, []],
		[{ createdBefore: '2024-03-02T00:00:00Z', nameContains: 'view' }, ['View only']],
		[{ notUsedSince: '2024-03-02T00:00:00Z', nameContains: 'view' }, ['View only']],
		[{ userId: '', nameIs: 1 }, 7],
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
		const found = await list('userApiKey', { notUsedSince: "={{ $now.minus(90, 'days') }}" });
		// The credential's own key has just been used for the list.
		expect(names(found)).not.toContain('Administrator');
		expect(found.length).toBeGreaterThan(3);
	});

	test('a time without a zone is meant in the time zone of the workflow', async () => {
		// The seeded keys were created at 09:00 UTC, which was 10:00 in Berlin.
		const found = async (createdBefore: unknown, timezone = 'Europe/Berlin') => {
			const filters = { createdBefore };
			const settings = { workflowSettings: { timezone } };
			return jsonsOf(await getMany('userApiKey', { filters }, settings)).length;
		};
		expect(await found('2024-03-01T10:00:00')).toBe(0);
		expect(await found('2024-03-01 10:00:01')).toBe(7);
		expect(await found('2024-03-01T10:00:00', 'UTC')).toBe(7);
		expect(await found('2024-03-02')).toBe(7);
		expect(await found(Date.UTC(2024, 2, 1, 9, 0, 1))).toBe(7);
		expect(await found('={{ new Date(2024, 5, 1) }}')).toBe(7);
	});

	test('a key whose last use cannot be read is not taken for an unused one', async () => {
		const old = { create_date: '2020-01-01T00:00:00+00:00' };
		const body = {
			api_keys: [
				{ id: 1, ...old, last_used_date: 5 },
				{ id: 2, ...old },
			],
		};
		lab.fault(answering(200, body));
		const found = await list('userApiKey', { notUsedSince: '2024-01-01T00:00:00Z' });
		expect(found.map(({ id }) => id)).toEqual([2]);
	});

	/** What is said of each of some values of a parameter, before anything is sent. */
	async function saidOf(values: readonly unknown[], parameters: object) {
		const items = values.map((value) => ({ value }));
		const execution = await lab.perform('userApiKey', 'getMany', items, {
			parameters: { filters: {}, ...parameters },
			settings: { onError: 'continueRegularOutput' },
		});
		expect(lab.sandbox.requests()).toEqual([]);
		return itemErrors(execution).map(({ message }) => message);
	}

	test('what is no date is refused', async () => {
		// JavaScript makes a date of each but the first four.
		const dates = [
			...['yesterday', '2024-13-41', '2024-06-01T25:00', '2024-06-01T10:00+99:00', '45', '5000'],
			...['build-40', '2026-02-30', '2026-02-30T10:00:00Z', '2025-02-29 10:00', '1/2/2030'],
			...['2030-1-1', '2030-06', 'Sat, 01 Jun 2030 10:00:00 GMT'],
		];
		const filters = { createdBefore: '={{ $json.value }}' };
		expect(await saidOf(dates, { returnAll: true, filters })).toEqual(
			dates.map((_, i) => `'Created Before' is not a date [item ${i}]`),
		);
	});

	test.each([
		...['2024-03-01T09:00:00Z', '2024-03-01T09:00:00.000000+00:00', '2024-03-01t10:00:00+0100'],
		...["={{ DateTime.fromISO('2024-03-01T09:00:00Z') }}", '2024-03-01 10:00:00.000 +01:00'],
		...["={{ DateTime.fromISO('2024-03-01T09:00:00Z').toSQL() }}", ' 2024-03-01 04:00 -05:00 '],
		'2024-03-01 09:00:00+00',
	])("'%s' is the time at which the seeded keys were created", async (time) => {
		expect(await list('userApiKey', { createdBefore: time })).toEqual([]);
		const next = time.replaceAll('2024-03-01', '2024-03-02');
		expect(await list('userApiKey', { createdBefore: next })).toHaveLength(7);
	});

	test('a status counts whatever its letters', async () => {
		lab.fault(listing((key) => ({ ...key, status: 'Active' })));
		expect(await list('userApiKey', { status: 'active' })).toHaveLength(7);
		lab.fault(listing((key) => ({ ...key, status: 'revoked' })));
		expect(await list('userApiKey', { status: 'REVOKED' })).toHaveLength(7);
	});

	test('field sets are loose: odd entries are passed on, not lost', async () => {
		const body = {
			api_keys: [{ id: 1 }, { id: 2, name: 5, user: null, create_date: 'x', more: true }],
		};
		lab.fault(answering(200, body));
		expect(await list('userApiKey', {})).toEqual([
			{ id: 1, is_acme_directory_url: false },
			{ ...body.api_keys[1], is_acme_directory_url: false },
		]);
		// What DigiCert did not send is no empty column either.
		lab.fault(answering(200, { api_keys: [{ extra: 1, status: 'active', id: 3 }] }));
		const [third = {}] = await list('userApiKey', {});
		expect(Object.keys(third)).toEqual(['id', 'status', 'extra', 'is_acme_directory_url']);
	});

	test('what is no limit is refused', async () => {
		const limits = [0, 2.5, '2.5', Number.NaN, 'all', ''];
		const said = await saidOf(limits, { returnAll: false, limit: '={{ $json.value }}' });
		expect(said).toEqual(limits.map(() => textWith("'Limit' is not a whole number above 0")));
	});

	test('what one looks for first comes first', async () => {
		const fields = ['id', 'name', 'status', 'account_id', 'created_at', 'last_used_date'];
		const order = [...fields, 'api_key_last4', 'extra'];
		const sent = order.toReversed().map((field) => [field, field === 'id' ? 1 : field]);
		lab.fault(answering(200, { api_keys: [Object.fromEntries(sent)] }));
		const [key = {}] = await list('subaccountApiKey', {});
		expect(Object.keys(key)).toEqual(order);
	});

	test('an entry that cannot be read does not hide the others, and a hint tells of it', async () => {
		lab.fault(answering(200, { api_keys: [null, { name: 'no id' }, { id: 2, name: 'A' }] }));
		const execution = await getMany('userApiKey');
		expect(jsonsOf(execution)).toMatchObject([{ id: 2, name: 'A' }]);
		const [task] = execution.run.data.resultData.runData.DigiCert ?? [];
		expect(task?.hints).toEqual([{ message: GAPS, type: 'warning', location: 'outputPane' }]);
	});

	test.each([{ api_keys: {} }, { keys: [] }, [], null])(
		'an answer that is no list is told: %j',
		async (body) => {
			lab.fault(answering(200, body));
			const { message } = errorOf(await getMany('userApiKey'));
			expect(message).toBe('DigiCert did not give a usable answer [item 0]');
		},
	);
});

describe('Get Many Subaccount API Keys', () => {
	test.each([
		[{}, 4],
		[{ status: 'inactive' }, ['Retired key']],
		[{ accountId: 67892 }, ['Second customer key']],
		[{ accountId: '67892' }, ['Second customer key']],
		[{ accountId: '={{ 67892 }}' }, ['Second customer key']],
		[{ accountId: { __rl: true, mode: 'id', value: '={{ 67892 }}' } }, ['Second customer key']],
		[{ accountId: { __rl: true, mode: 'list', value: '67892' } }, ['Second customer key']],
		[{ accountId: { mode: 'list', value: '' } }, 4],
		[{ nameContains: 'customer', createdBefore: '2026-01-01' }, 2],
	])('filters by %j', async (filters, wanted) => {
		const found = await list('subaccountApiKey', filters);
		if (typeof wanted === 'number') expect(found).toHaveLength(wanted);
		else expect(names(found)).toEqual(wanted);
	});
});

describe('Get Many Users', () => {
	test('pages to the end', async () => {
		const users = await list('user', {});
		expect(new Set(users.map(({ id }) => id)).size).toBe(502);
		const asked = lab.sandbox.requests().map(({ query }) => query);
		expect(asked).toEqual([
			{ offset: '0', limit: '500' },
			{ offset: '500', limit: '500' },
		]);
	});

	test('honours the limit, with no more asked for than needed', async () => {
		expect(await list('user', {}, { returnAll: false, limit: 501 })).toHaveLength(501);
		expect(lab.sandbox.requests().map(({ query }) => record(query).limit)).toEqual(['500', '1']);
	});

	test('takes a limit as text from an expression', async () => {
		expect(await list('user', {}, { returnAll: false, limit: '={{ "2" }}' })).toHaveLength(2);
	});

	test('lets DigiCert filter, in its own form', async () => {
		const filters = { search: 'ada', status: 'active', containerId: 5, accessRoleId: 1 };
		const users = await list('user', filters);
		expect(users[0]?.first_name).toBe('Ada');
		expect(at(lab.sandbox.requests(), 0).query).toMatchObject({
			'filters[search]': '%ada',
			'filters[status]': 'active',
			container_id: '5',
			access_role_id: '1',
		});
	});

	test('takes a number for what is searched for', async () => {
		await list('user', { search: '={{ 42 }}' });
		expect(at(lab.sandbox.requests(), 0).query).toMatchObject({ 'filters[search]': '%42' });
	});

	const page = (ids: number[], total?: unknown) =>
		answering(200, {
			users: ids.map((id) => ({ id })),
			...(total === undefined ? {} : { page: { total } }),
		});

	test.each([
		['an empty page, whatever the total says', [page([1, 2], 9), page([], 9)], [GAPS]],
		['an empty page, which tells no total any more', [page([1, 2], 9), page([])], [GAPS]],
		['an empty page, without a total', [page([1, 2]), page([])], []],
		['a total that is no number', [page([1, 2], 'all'), page([])], []],
		['a page that brings nothing new', [page([1, 2], 9), page([1, 2], 9)], [GAPS]],
		['the total, of which somebody was deleted meanwhile', [page([1], 3), page([2], 2)], []],
		['an empty page after an entry that cannot be read', [page([1, 2, 0]), page([])], [GAPS]],
	])('stops at %s, and says what may be missing', async (_, pages, hints) => {
		for (const reply of pages) lab.fault(reply);
		const execution = await getMany('user');
		expect(jsonsOf(execution).map(({ id }) => id)).toEqual([1, 2]);
		expect(lab.sandbox.requests()).toHaveLength(pages.length);
		expect(hintsOf(execution)).toEqual(hints);
	});

	test('what is beyond the limit is not missing', async () => {
		lab.fault(page([1, 2], 9));
		const execution = await getMany('serviceUser', { returnAll: false, limit: 2 });
		expect(jsonsOf(execution)).toHaveLength(2);
		expect(hintsOf(execution)).toEqual([]);
	});

	test('gives a short output, or all that DigiCert tells', async () => {
		const [short = {}] = await list('user', {}, { returnAll: false, limit: 1 });
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
		lab.fault(page(full));
		lab.fault(page([501]));
		lab.fault(page([]));
		expect(await list('user', {})).toHaveLength(501);
	});
});

test('Get Many Service Users lists service users only', async () => {
	const users = await list('serviceUser', {});
	expect(users).toHaveLength(3);
	expect(lab.sandbox.requests()).toMatchObject([{ path: '/user/api-only' }]);
});

describe('a call that reads is sent again', () => {
	const get = (options: object = {}, items: object[] = [{}], setup: NodeSetup = {}) =>
		lab.perform('user', 'get', items.map(record), {
			parameters: { userId: byId('me'), options },
			...setup,
		});

	test.each([
		['a 5xx', () => faults.errorAfter(502)],
		['a broken connection', () => faults.dropAfter()],
	])('after %s, three times in all', async (_, fault) => {
		lab.fault(fault(), ALWAYS);
		const error = errorOf(await get());
		expect(error.message).toBe('DigiCert did not give a usable answer [item 0]');
		expect(lab.sandbox.requests()).toHaveLength(3);
	});

	test('a 5xx is declared as passing, a broken connection is not', async () => {
		lab.fault(faults.errorAfter(503), { times: 3 });
		expect(errorOf(await get()).failure).toEqual({ cause: 'temporarily-unavailable' });
		lab.fault(faults.dropAfter(), { times: 3 });
		expect(errorOf(await get()).failure).toBeUndefined();
	});

	test('but not past the timeout', async () => {
		lab.fault(faults.slow(60_000), ALWAYS);
		const error = errorOf(await get({ timeout: 1000 }));
		expect(error.description).toContain('came within 1000 ms');
		expect(lab.sandbox.requests()).toHaveLength(1);
	});

	test('and not once the execution is cancelled', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 60 }));
		const execution = await get({ concurrency: 2 }, [{}, {}, {}], {
			onStart: cancelWhen(
				() =>
					lab.sandbox.requests({ status: 429 }).length === 1 &&
					lab.sandbox.requests({ status: 200 }).length === 1,
			),
		});
		expect(execution.error).toBeDefined();
		expect(lab.sandbox.requests()).toHaveLength(2);
	});

	test('after a 429, for as long as the rate limit may take', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 0 }), { times: 5 });
		expect((await get()).error).toBeUndefined();
		expect(lab.sandbox.requests()).toHaveLength(6);
	});

	test.each([[faults.forbiddenInvalidKey()], [faults.unauthorized()], [faults.redirect()]])(
		'but not after a plain answer: %#',
		async (fault) => {
			lab.fault(fault, ALWAYS);
			expect((await get()).error).toBeDefined();
			expect(lab.sandbox.requests()).toHaveLength(1);
		},
	);
});

describe('a call that sets a status', () => {
	const revoke = (names: string[], options: object = {}) => {
		const items = names.map((name) => ({
			key: name === 'nobody' ? 999 : lab.seeded(name).id,
		}));
		const given = { keyId: byId('={{ $json.key }}'), options: { allowOwnKey: true, ...options } };
		return lab.perform('userApiKey', 'revoke', items, { parameters: given });
	};

	test.each<[what: string, faults: Fault[], key?: string, options?: object]>([
		// The key that is switched off is the credential's own, so the second try is refused.
		['was refused only when asked again', [faults.dropAfter()], 'Administrator'],
		[
			'met the rate limit only when asked again',
			[faults.errorAfter(503), faults.rateLimited()],
			'Standard user',
			{ rateLimitWait: 0 },
		],
		['is answered three times with 408', Array<Fault>(3).fill(faults.errorAfter(408))],
		['is answered with a list of errors', [answering(200, { errors: [{ message: 'No.' }] })]],
		['is answered with a text', [answering(200, 'No.')]],
		['is answered with a list', [answering(200, [])]],
		['is answered with the status that it had', [answering(200, { id: 1, status: 'active' })]],
		['is answered with that in capitals', [answering(200, { id: 1, status: 'ACTIVE' })]],
	])(
		'and %s is in doubt, because it may be done',
		async (_, hits, key = 'Standard user', more = {}) => {
			for (const fault of hits) lab.fault(fault, PUT);
			const { message, description } = errorOf(await revoke([key], more));
			expect(message).toBe('DigiCert did not confirm the change [item 0]');
			expect(description).toContain(
				key === 'Administrator' ? 'access_denied_invalid_key' : 'making it twice does no harm',
			);
			expect(lab.sandbox.requests({ method: 'PUT' }).length).toBeGreaterThanOrEqual(hits.length);
		},
	);

	test('and is the only one that failed is told with nothing else', async () => {
		const { description } = errorOf(await revoke(['nobody']));
		expect(description.split('\n')).toHaveLength(2);
	});

	test.each([{ id: 1 }, { status: 'Revoked' }, { status: 'done' }])(
		'and is answered with %j is done',
		async (body) => {
			lab.fault(answering(200, body), PUT);
			expect((await revoke(['Standard user'])).error).toBeUndefined();
		},
	);

	test('the error of a run that stops leads with the one in doubt, and tells the others', async () => {
		lab.fault(faults.errorAfter(500), { match: { method: 'PUT', path: /186/ }, ...ALWAYS });
		const error = errorOf(await revoke(['nobody', 'Standard user', 'View only']));
		expect(error.message).toBe('DigiCert did not confirm the change [item 1]');
		expect(error.description).toContain('Item 0: DigiCert did not find key 999.');
		expect(error.description).toContain('Handled by then: item 2.');
	});

	test('an error that many items have alike is told once, with all of them', async () => {
		lab.fault(faults.errorAfter(500), { match: { method: 'PUT' }, ...ALWAYS });
		const { description } = errorOf(await revoke(['Standard user', 'View only', 'Orders']));
		expect(description.split('DigiCert did not confirm the change')).toHaveLength(2);
		expect(description).toContain('Item 1, 2: ');
	});

	test('items for the same key are handled in input order', async () => {
		const { id } = lab.seeded('View only');
		const items = [
			{ name: 'New', role: 'keep' },
			{ name: 'Newer', role: 100 },
		];
		const execution = await lab.perform('userApiKey', 'update', items, {
			parameters: {
				keyId: byId(id),
				name: '={{ $json.name }}',
				restrictedToRoleId: '={{ $json.role }}',
			},
		});
		expect(execution.error).toBeUndefined();
		expect(lab.sandbox.keys({ id })[0]).toMatchObject({
			...{ name: 'Newer', restricted_to_role_id: 100 },
		});
	});
});

describe('a run that stops', () => {
	const getKeys = (keys: number[], setup: NodeSetup = {}, options: object = { concurrency: 1 }) => {
		const parameters = { keyId: byId('={{ $json.key }}'), options };
		const items = keys.map((key) => ({ key }));
		return lab.perform('userApiKey', 'get', items, { parameters, ...setup });
	};

	test('tells how many items were handled, and how many not started', async () => {
		const { id } = lab.seeded('Administrator');
		const error = errorOf(await getKeys([id, id, 999, id]));
		expect(error.message).toBe('DigiCert did not find key 999 [item 2]');
		expect(error.description).toContain('Handled by then: item 0, 1.');
		expect(error.description).toContain('1 item was not started.');
	});

	test('is about the first item that failed, whichever failed first, and tells the others', async () => {
		lab.fault(faults.slow(150), { match: { path: '/key/998' } });
		const error = errorOf(await getKeys([998, 999], {}, {}));
		expect(error.message).toBe('DigiCert did not find key 998 [item 0]');
		expect(error.description).toContain('Item 1: DigiCert did not find key 999.');
	});

	test.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'because it was cancelled starts nothing new (%s)',
		async (onError) => {
			const { id } = lab.seeded('Administrator');
			lab.fault(faults.slow(60_000), ALWAYS);
			const execution = await getKeys([id, id, id], {
				settings: { onError },
				onStart: cancelWhen(() => lab.sandbox.requests().length >= 1),
			});
			if (onError === 'stopWorkflow') {
				const { description } = errorOf(execution);
				expect(description).toContain('The execution was cancelled before the answer came.');
				expect(description).toContain('2 items were not started.');
			} else
				expect(itemError(execution, 2).message).toMatch(
					/^This item was not started, .* cancelled \[item 2\]$/,
				);
			expect(lab.sandbox.requests()).toHaveLength(1);
		},
	);
});

describe('findings', () => {
	test('of CertCentral: with the whole list and its owners in view', async () => {
		const options = { findings: true, unusedDays: 36_500 };
		const [key] = await list('userApiKey', { nameContains: 'view' }, { returnAll: true, options });
		expect(key).toMatchObject({
			name: 'View only',
			findings: ['never_used', 'older_than_365_days', 'owned_by_person'],
		});
	});

	test('of a key whose owner is missing in an incomplete list of service users', async () => {
		const { serviceUser } = lab.sandbox.certCentral.us.users;
		const { id } = only(await lab.createUserKeys([lab.itemOfOther('Machine')]));
		const found = async () => {
			const execution = await getMany('userApiKey', { options: { findings: true } });
			const findings = jsonsOf(execution).find((key) => key.id === id)?.findings;
			return { findings, hints: hintsOf(execution) };
		};
		const findings = ['never_used', 'no_restriction'];
		expect(await found()).toEqual({ findings, hints: [] });
		lab.fault(
			changing(({ users, page }) => ({
				users: entriesOf(users).filter((user) => record(user).id !== serviceUser),
				page,
			})),
			{ match: { path: '/user/api-only' }, ...ALWAYS },
		);
		expect(await found()).toEqual({ findings, hints: [GAPS] });
	});

	test('do without the service users when their list is refused, and say why', async () => {
		lab.fault(answering(403, { errors: [{ code: 'access_denied', message: 'No.' }] }), {
			...{ match: { path: '/user/api-only' }, ...ALWAYS },
		});
		const execution = await getMany('userApiKey', { options: { findings: true } });
		const found = jsonsOf(execution).map(({ findings }) => findings);
		expect(found).toContainEqual(['never_used', 'unused_90_days', 'older_than_365_days']);
		expect(JSON.stringify(found)).not.toMatch(/owned_by_person|inactive_owner/);
		expect(hintsOf(execution)).toEqual([
			textLike(/came incomplete.* service users were not looked up: DigiCert .* 403/),
		]);
	});

	test('of subaccounts: what the one list tells', async () => {
		const keys = jsonsOf(await getMany('subaccountApiKey', { options: { findings: true } }));
		expect(keys.map(({ name, findings }) => [name, findings])).toContainEqual([
			'First customer key',
			['never_used', 'unused_90_days', 'older_than_365_days'],
		]);
		expect(lab.sandbox.requests()).toHaveLength(1);
	});

	test.each([
		[{ findings: 'yes' }, "'Findings' is neither true nor false [item 0]"],
		[{ findings: true, oldDays: 0.5 }, "'Findings: Old After (Days)' is not a whole number"],
		[{ findings: true, unusedDays: 0 }, "'Findings: Unused After (Days)' is not a whole number"],
	])('%j is refused', async (options, message) => {
		expect(errorOf(await getMany('userApiKey', { options })).message).toContain(message);
		expect(lab.sandbox.requests()).toEqual([]);
	});
});
