import { Client, fetch } from 'undici';
import type { RequestRedirect } from 'undici';
import { faults } from '../../sandbox/index.mts';
import type { Fault, FaultMatch } from '../../sandbox/index.mts';
import { anyNumber, anyText, listWith, objectWith, textLike } from '../support/matchers.mts';
import { record } from '../support/read.mts';
import { openSandbox, until } from './support.mts';
import type { Api, Row } from './support.mts';

/** Longer than any test may take: a wait of this length must be ended by something else. */
const FOREVER_MS = 600_000;

let api: Api;
beforeAll(async () => {
	api = await openSandbox();
});
afterEach(() => {
	api.sandbox.reset();
});
afterAll(() => api.close());

const userPath = () => `/key/user/${api.sandbox.certCentral.us.users.person}`;
const create = (name = 'CI') => api.certCentral('POST', userPath(), { name });
const keysMade = () => api.sandbox.keys({ seeded: false }).length;
const onlyRequest = () => {
	const [entry] = api.sandbox.requests();
	return entry;
};

/** Starts a creation that can be given up. */
const createAbortable = () => {
	const { baseUrl, keys } = api.sandbox.certCentral.us;
	const controller = new AbortController();
	const reply = api.send('POST', baseUrl + userPath(), {
		headers: { 'x-dc-devkey': keys.administrator },
		body: { name: 'CI' },
		signal: controller.signal,
	});
	reply.catch(() => undefined); // looked at later
	return {
		reply,
		abort: () => {
			controller.abort();
		},
	};
};

const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';
const PAGE = /^<!DOCTYPE html>/;
const key = textLike(/^[a-z0-9]{47}$/);
const error = { code: anyText, message: anyText };
const errorBody = { errors: [error] };

type Case = [fault: Fault, status: number, type: string | undefined, made: 0 | 1, body: unknown];
const cases: Case[] = [
	[faults.errorBefore(), 500, JSON_TYPE, 0, errorBody],
	[faults.errorAfter(), 500, JSON_TYPE, 1, errorBody],
	[faults.htmlBefore(), 503, HTML_TYPE, 0, PAGE],
	[faults.htmlBefore(407), 407, HTML_TYPE, 0, PAGE],
	[faults.htmlAfter(), 200, HTML_TYPE, 1, PAGE],
	[faults.unauthorized(), 401, JSON_TYPE, 0, errorBody],
	[faults.forbiddenInvalidKey(), 403, JSON_TYPE, 0, errorBody],
	[faults.rateLimited(), 429, JSON_TYPE, 0, errorBody],
	[faults.limitedAfter(), 429, JSON_TYPE, 1, { ...errorBody, id: anyNumber, api_key: key }],
	[faults.emptyAfter(), 201, undefined, 1, /^$/],
	[faults.notJsonAfter(), 201, JSON_TYPE, 1, /^Created\.$/],
	[faults.noKeyAfter(), 201, JSON_TYPE, 1, { id: anyNumber }],
	[faults.wrongTypesAfter(), 201, JSON_TYPE, 1, { id: textLike(/^\d+$/), api_key: anyNumber }],
	[faults.errorsAsObject(), 400, JSON_TYPE, 0, { errors: error }],
	[faults.cutErrorAfter(), 502, JSON_TYPE, 1, /^\{"id":\d+,"api_key":"[a-z0-9]{20,46}$/],
	[faults.cutErrorAfter(400, 40), 400, JSON_TYPE, 1, /^.{40}$/],
	[
		faults.nestedAfter(9),
		201,
		JSON_TYPE,
		1,
		{ id: anyNumber, api_key: key, more: [[[[[[[[[]]]]]]]]] },
	],
	[
		faults.nestedAfter(20_000),
		201,
		JSON_TYPE,
		1,
		/^\{"id":\d+,"api_key":"\w{47}","more":\[{20000}\]{20000}\}$/,
	],
	[
		faults.oddJsonAfter('unsafeId'),
		201,
		JSON_TYPE,
		1,
		/^\{"id":9007199254740993,"api_key":"\w{47}"\}$/,
	],
	[faults.oddJsonAfter('textId'), 201, JSON_TYPE, 1, { id: textLike(/^\d+$/), api_key: key }],
	[faults.oddJsonAfter('noId'), 201, JSON_TYPE, 1, { api_key: key }],
	[faults.oddJsonAfter('emptyKey'), 201, JSON_TYPE, 1, { id: anyNumber, api_key: '' }],
	[faults.oddJsonAfter('blankKey'), 201, JSON_TYPE, 1, { id: anyNumber, api_key: '  ' }],
	[
		faults.oddJsonAfter('duplicateKeys'),
		201,
		JSON_TYPE,
		1,
		/^\{"id":\d+,"api_key":"\w{47}","id":null,"api_key":null\}$/,
	],
	[faults.oddJsonAfter('proto'), 201, JSON_TYPE, 1, /"api_key":"\w{47}","__proto__":\{/],
	[faults.oddJsonAfter('array'), 201, JSON_TYPE, 1, [{ id: anyNumber, api_key: key }]],
	[faults.oddJsonAfter('null'), 201, JSON_TYPE, 1, null],
];

describe('presets that answer', () => {
	test.each(cases)('%j', async (fault, status, type, made, body) => {
		api.sandbox.addFault({ match: { name: 'CI' }, ...fault });
		const reply = await create();

		expect(reply.status).toBe(status);
		expect(reply.headers['content-type']).toBe(type);
		if (body instanceof RegExp) expect(reply.text).toMatch(body);
		else expect(reply.json()).toEqual(body);
		expect(keysMade()).toBe(made);
		expect(api.sandbox.requests()).toEqual([objectWith({ fault: fault.preset, status })]);
		expect(reply.headers['proxy-authenticate'] !== undefined).toBe(status === 407);
		// It was for one request only.
		expect((await create()).json()).toEqual({ id: anyNumber, api_key: key });
	});

	test.each([
		['asIs', (value: string) => value],
		['otherCase', (value: string) => value.toUpperCase()],
		['urlEncoded', (value: string) => Buffer.from(value).toString('hex').replace(/../g, '%$&')],
	] as const)('echoKey(%s) quotes the key of the caller', async (form, written) => {
		api.sandbox.addFault(faults.echoKey(form));
		const value = api.sandbox.certCentral.us.keys.administrator;

		expect((await create()).json()).toEqual({
			errors: [{ code: 'bad_request', message: `The key ${written(value)} cannot do this.` }],
		});
		expect(keysMade()).toBe(0);
	});

	test('rateLimited sends Retry-After when asked to', async () => {
		api.sandbox.addFault(faults.rateLimited({ retryAfter: 3 }));
		expect((await create()).headers['retry-after']).toBe('3');
		api.sandbox.addFault(faults.rateLimited());
		expect((await create()).headers).not.toHaveProperty('retry-after');
	});

	test('datedAfter gives the right reply another date', async () => {
		const before = Math.floor(Date.now() / 1000) * 1000;
		api.sandbox.addFault(faults.datedAfter(7_200_000));
		const ahead = await create();
		api.sandbox.addFault(faults.datedAfter('Sat, 13 Sep 275760 00:00:00 GMT'));
		const far = await create();

		expect(Date.parse(String(ahead.headers.date))).toBeGreaterThanOrEqual(before + 7_200_000);
		expect(far.headers.date).toBe('Sat, 13 Sep 275760 00:00:00 GMT');
		for (const { status, headers, json } of [ahead, far]) {
			expect([status, headers['content-type']]).toEqual([201, JSON_TYPE]);
			expect(json()).toEqual({ id: anyNumber, api_key: key });
		}
	});

	test('brokenGzipAfter sends what a client that unpacks cannot read', async () => {
		const { baseUrl, keys } = api.sandbox.certCentral.us;
		api.sandbox.addFault(faults.brokenGzipAfter());
		const reply = await fetch(baseUrl + userPath(), {
			method: 'POST',
			headers: { 'x-dc-devkey': keys.administrator, 'content-type': JSON_TYPE },
			body: '{ "name": "CI" }',
			dispatcher: api.dispatcher,
		});

		expect([reply.status, reply.headers.get('content-encoding')]).toEqual([201, 'gzip']);
		await expect(reply.text()).rejects.toThrow();
		expect(keysMade()).toBe(1);
	});

	test('redirect leads a client that follows it, key and all, to where it points', async () => {
		const { baseUrl, keys } = api.sandbox.certCentral.us;
		const elsewhere = `${api.sandbox.certCentral.eu.baseUrl}/user/me`;
		api.sandbox.addFault({ times: 2, ...faults.redirect(elsewhere, 307) });
		const get = (redirect: RequestRedirect) =>
			fetch(`${baseUrl}/user/me`, {
				redirect,
				headers: { 'x-dc-devkey': keys.administrator },
				dispatcher: api.dispatcher,
			});

		const stopped = await get('manual');
		await stopped.text();
		expect([stopped.status, stopped.headers.get('location')]).toEqual([307, elsewhere]);
		await (await get('follow')).text();
		expect(api.sandbox.requests({ instance: 'eu' })).toEqual([
			objectWith({ headerNames: listWith('x-dc-devkey') }),
		]);
	});
});

describe('presets that change lists', () => {
	const list = async (fault: Fault, path: string) => {
		api.sandbox.addFault({ ...fault, match: { method: 'GET' } });
		const reply = await api.certCentral('GET', path);
		return { ...reply, entries: (): unknown => reply.fields().api_keys ?? reply.fields().users };
	};
	const right = async (path: string) => (await api.certCentral('GET', path)).rows();
	const changed = (rows: Row[], change: (row: Row) => Row) =>
		rows.map((row) => ({ ...row, ...change(row) }));
	const dated = (rows: Row[], length: number) =>
		changed(rows, ({ create_date: time }) => ({ create_date: String(time).slice(0, length) }));
	const newestChanged = (rows: Row[], change: Row) => [
		...rows.slice(0, -1),
		...changed(rows.slice(-1), () => change),
	];

	test.each([
		['nullEntry', (rows: Row[]) => [null, ...rows]],
		['noId', (rows: Row[]) => newestChanged(rows, { id: undefined })],
		['textIds', (rows: Row[]) => changed(rows, ({ id }) => ({ id: String(id) }))],
		['unsafeId', (rows: Row[]) => newestChanged(rows, { id: 2 ** 53 })],
		['timeWithoutZone', (rows: Row[]) => dated(rows, 19)],
		['dateOnly', (rows: Row[]) => dated(rows, 10)],
		['noTime', (rows: Row[]) => changed(rows, () => ({ create_date: 'yesterday' }))],
		['highTotal', (rows: Row[]) => rows],
	] as const)('oddList(%s) of keys', async (kind, expected) => {
		await create('first');
		await create('second');
		const path = `/key?user_id=${api.sandbox.certCentral.us.users.person}`;
		const rows = await right(path);
		const odd = await list(faults.oddList(kind), path);

		expect(rows).toHaveLength(3);
		expect(odd.entries()).toEqual(expected(rows));
		expect(odd.text.includes('"id":9007199254740993,')).toBe(kind === 'unsafeId');
		expect(odd.fields().page).toEqual(kind === 'highTotal' ? { total: 4 } : undefined);
	});

	test('oddList of users can tell a total that is not true', async () => {
		const rows = await right('/user');
		const high = await list(faults.oddList('highTotal'), '/user');

		expect(high.rows()).toEqual(rows);
		expect(record(high.fields().page).total).toBe(rows.length + 1);
	});

	test('oddList of partner keys changes their time of creation', async () => {
		api.sandbox.addFault(faults.oddList('dateOnly'));
		const rows = (await api.partner('GET', '/api-key')).rows();

		expect(new Set(rows.map((row) => row.created_at))).toEqual(new Set(['2025-01-15']));
	});

	test('staleList hides the newest keys', async () => {
		await create('first');
		await create('second');
		const stale = (await list(faults.staleList(1), '/key')).rows().map(({ name }) => name);

		expect(stale).toContain('first');
		expect((await right('/key')).map(({ name }) => name)).toEqual([...stale, 'second']);
	});
});

describe('presets that break the connection', () => {
	test.each([
		[faults.dropBefore(), 0],
		[faults.dropAfter(), 1],
	])('%j', async (fault, made) => {
		api.sandbox.addFault(fault);

		await expect(create()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(keysMade()).toBe(made);
		expect(api.sandbox.requests()).toEqual([
			objectWith({ fault: fault.preset, status: 'dropped' }),
		]);
	});

	test.each([
		[faults.halfBody(), 0.5],
		[faults.headersAfter(), 0],
	])('%j announces the whole body and sends that part of it', async (fault, part) => {
		const { keys } = api.sandbox.certCentral.us;
		api.sandbox.addFault(fault);
		const client = new Client(api.sandbox.origin);
		const { statusCode, headers, body } = await client.request({
			method: 'POST',
			path: `/us/services/v2${userPath()}`,
			headers: { 'x-dc-devkey': keys.administrator, 'content-type': JSON_TYPE },
			body: '{ "name": "CI" }',
		});
		let received = '';
		const reading = (async () => {
			for await (const chunk of body) received += String(chunk);
		})();

		await expect(reading).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		await client.close();
		expect(statusCode).toBe(201);
		expect(received).toHaveLength(Math.floor(Number(headers['content-length']) * part));
		expect('{"id":'.startsWith(received.slice(0, 6))).toBe(true);
		expect(keysMade()).toBe(1);
		await until(() => onlyRequest()?.status === 'dropped');
	});

	test('half of a reply without a body is a broken connection', async () => {
		const { id } = (await create()).key();
		api.sandbox.addFault(faults.halfBody());
		const revoke = api.certCentral('PUT', `/key/${id}/status`, { status: 'revoked' });

		await expect(revoke).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(api.sandbox.keys({ id })[0]?.status).toBe('revoked');
	});
});

describe('delays', () => {
	/** Gives a creation up once it has met its fault. */
	const giveUp = async (met: () => boolean) => {
		const { reply, abort } = createAbortable();
		await until(met);
		abort();
		await expect(reply).rejects.toMatchObject({ name: 'AbortError' });
	};
	const hasMetFault = () => onlyRequest()?.fault !== undefined;

	test('slow gives the right reply in the end', async () => {
		api.sandbox.addFault(faults.slow(20));
		const { value } = (await create()).key();

		expect(api.sandbox.holds(value)).toMatchObject({ name: 'CI' });
	});

	test('slow makes the key at once; a client that goes away ends the wait', async () => {
		api.sandbox.addFault(faults.slow(FOREVER_MS));
		await giveUp(() => keysMade() === 1);
		await until(() => onlyRequest()?.status === 'dropped');
	});

	test('late makes the key in its own time, whether the client has gone or not', async () => {
		api.sandbox.addFault({ ...faults.late(300), times: 2 });
		await giveUp(hasMetFault);
		await until(() => onlyRequest()?.status === 'dropped');
		expect(keysMade()).toBe(0);

		expect((await create()).status).toBe(201);
		await until(() => keysMade() === 2);
	});

	test('a late action is carried out although the client has gone', async () => {
		api.sandbox.addFault({ when: 'before', action: 'pass', delayMs: FOREVER_MS });
		await giveUp(hasMetFault);

		await until(() => keysMade() === 1);
		expect(onlyRequest()).toMatchObject({
			status: 'dropped',
			createdKeyId: anyNumber,
			fault: 'raw',
		});
	});
});

describe('which requests a fault hits', () => {
	test.each<[what: string, match: FaultMatch | undefined, times: number, expected: boolean[]]>([
		['any', undefined, 1, [true, false, false, false]],
		['a name', { name: 'two' }, 1, [false, true, false, false]],
		['a name, twice', { name: 'two' }, 2, [false, true, true, false]],
		['a method', { method: 'get' }, 1, [false, false, false, true]],
		['part of a path', { path: '/user/' }, Infinity, [true, true, true, false]],
		['a pattern', { path: /^\/key$/ }, Infinity, [false, false, false, true]],
		['a global pattern', { path: /user/g }, Infinity, [true, true, true, false]],
		['everything', {}, Infinity, [true, true, true, true]],
	])('%s', async (_, match, times, expected) => {
		api.sandbox.addFault({ match, times, ...faults.errorBefore() });
		const replies = [await create('one'), await create('two'), await create('two')];
		replies.push(await api.certCentral('GET', '/key'));

		expect(replies.map(({ status }) => status === 500)).toEqual(expected);
	});

	test('the key name of a new service user counts as a name', async () => {
		api.sandbox.addFault({ match: { name: 'CI' }, ...faults.errorBefore() });
		const body = { is_api_only: true, email: 'bot@example.com', api_name: 'CI' };

		expect((await api.certCentral('POST', '/user', body)).status).toBe(500);
	});

	test('faults act in the order in which they were added, until they are taken back', async () => {
		for (const status of [503, 502]) api.sandbox.addFault(faults.errorBefore(status));
		const seen = [await create(), await create(), await create()];
		expect(seen.map(({ status }) => status)).toEqual([503, 502, 201]);

		api.sandbox.addFault({ times: Infinity, ...faults.dropBefore() });
		api.sandbox.clearFaults();
		expect((await create()).status).toBe(201);
	});

	test('a fault spelt out can build its reply from the real one', async () => {
		api.sandbox.addFault({
			when: 'after',
			action: 'reply',
			reply: ({ status, body }) => ({ status: 299, body: { was: status, real: body } }),
		});
		const reply = await create();

		expect(reply.status).toBe(299);
		expect(reply.json()).toEqual({ was: 201, real: { id: anyNumber, api_key: key } });
	});

	const pass: Fault = { when: 'after', action: 'pass' };
	test.each<[what: string, fault: Fault]>([
		['half a reply that was not made', { when: 'before', action: 'half' }],
		['headers of a reply that was not made', { when: 'before', action: 'headers' }],
		['a reply that is not there', { ...pass, action: 'reply' }],
		['a reply that is not sent', { ...pass, action: 'drop', reply: { status: 500 } }],
		['a status that is none', faults.errorBefore(42)],
		['no times', { ...pass, times: 0 }],
		['a delay below nothing', { ...pass, delayMs: -1 }],
		['a reply that outlasts the client', { ...pass, outlast: true }],
	])('addFault refuses %s', (_, fault) => {
		expect(() => {
			api.sandbox.addFault(fault);
		}).toThrow(TypeError);
	});
});
