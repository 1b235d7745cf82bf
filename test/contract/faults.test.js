'use strict';

const { Client, fetch } = require('undici');
const { faults } = require('../../sandbox/index.mts');
const { openSandbox, until } = require('./support');

/** Longer than any test may take: a wait of this length must be ended by something else. */
const FOREVER_MS = 600_000;

/** @type {import('./support').Api} */
let api;
beforeAll(async () => {
	api = await openSandbox();
});
afterEach(() => api.sandbox.reset());
afterAll(() => api.close());

const userPath = () => `/key/user/${api.sandbox.certCentral.us.users.person}`;
const create = (/** @type {string} */ name) => api.certCentral('POST', userPath(), { name });
const keysMade = () => api.sandbox.keys({ seeded: false }).length;

/** @type {(name: string, args?: unknown[]) => import('../../sandbox/index.mts').Fault} */
const presetNamed = (name, args = []) => /** @type {Record<string, any>} */ (faults)[name](...args);

/** Starts a creation that can be given up. */
const createAbortable = (/** @type {string} */ name) => {
	const { baseUrl, keys } = api.sandbox.certCentral.us;
	const controller = new AbortController();
	const reply = api.send('POST', baseUrl + userPath(), {
		headers: { 'x-dc-devkey': keys.administrator },
		body: { name },
		signal: controller.signal,
	});
	reply.catch(() => {}); // looked at later
	return { reply, abort: () => controller.abort() };
};

/** @typedef {{ status: number, type?: string, body?: object, text?: RegExp, made: number }} Answer */

describe('presets that answer', () => {
	const errorBody = { errors: [{ code: expect.any(String), message: expect.any(String) }] };
	const json = 'application/json';
	const html = 'text/html; charset=utf-8';

	/** @type {[preset: string, args: unknown[], expected: Answer][]} */
	const cases = [
		['errorBefore', [], { status: 500, type: json, body: errorBody, made: 0 }],
		['errorBefore', [502], { status: 502, type: json, body: errorBody, made: 0 }],
		['errorAfter', [], { status: 500, type: json, body: errorBody, made: 1 }],
		['errorAfter', [504], { status: 504, type: json, body: errorBody, made: 1 }],
		['htmlBefore', [], { status: 503, type: html, text: /^<!DOCTYPE html>/, made: 0 }],
		['htmlAfter', [], { status: 200, type: html, text: /^<!DOCTYPE html>/, made: 1 }],
		['htmlAfter', [502], { status: 502, type: html, text: /^<!DOCTYPE html>/, made: 1 }],
		['unauthorized', [], { status: 401, type: json, body: errorBody, made: 0 }],
		['forbiddenInvalidKey', [], { status: 403, type: json, body: errorBody, made: 0 }],
		['rateLimited', [], { status: 429, type: json, body: errorBody, made: 0 }],
		['emptyAfter', [], { status: 201, type: undefined, text: /^$/, made: 1 }],
		['emptyAfter', [200], { status: 200, type: undefined, text: /^$/, made: 1 }],
		['notJsonAfter', [], { status: 201, type: json, text: /^Created\.$/, made: 1 }],
		['noKeyAfter', [], { status: 201, type: json, body: { id: expect.any(Number) }, made: 1 }],
		[
			'wrongTypesAfter',
			[],
			{
				status: 201,
				type: json,
				body: { id: expect.stringMatching(/^\d+$/), api_key: expect.any(Number) },
				made: 1,
			},
		],
		[
			'errorsAsObject',
			[],
			{ status: 400, type: json, body: { errors: errorBody.errors[0] }, made: 0 },
		],
	];
	test.each(cases)('%s(%j)', async (preset, args, expected) => {
		const { status, type, body, text = /./, made } = expected;
		api.sandbox.addFault({ match: { name: 'CI' }, ...presetNamed(preset, args) });
		const reply = await create('CI');

		expect(reply.status).toBe(status);
		expect(reply.headers['content-type']).toBe(type);
		expect(reply.text).toMatch(text);
		if (body) expect(reply.json()).toEqual(body);
		expect(keysMade()).toBe(made);
		expect(api.sandbox.requests()).toEqual([expect.objectContaining({ fault: preset, status })]);
		// It was for one request only.
		expect((await create('CI')).json()).toMatchObject({ api_key: expect.any(String) });
	});

	test('rateLimited sends Retry-After when asked to', async () => {
		api.sandbox.addFault(faults.rateLimited({ retryAfter: 3 }));
		const limited = await create('CI');
		api.sandbox.addFault(faults.rateLimited());
		const plain = await create('CI');

		expect(limited.headers['retry-after']).toBe('3');
		expect(plain.headers).not.toHaveProperty('retry-after');
	});

	test('redirect leads a client that follows it, key and all, to where it points', async () => {
		const { baseUrl, keys } = api.sandbox.certCentral.us;
		const elsewhere = `${api.sandbox.certCentral.eu.baseUrl}/user/me`;
		api.sandbox.addFault({ times: 2, ...faults.redirect(elsewhere, 307) });
		const get = (/** @type {import('undici').RequestRedirect} */ redirect) =>
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
			expect.objectContaining({ headerNames: expect.arrayContaining(['x-dc-devkey']) }),
		]);
	});
});

describe('presets that break the connection', () => {
	test.each([
		['dropBefore', 0],
		['dropAfter', 1],
	])('%s', async (preset, made) => {
		api.sandbox.addFault(presetNamed(preset));

		await expect(create('CI')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(keysMade()).toBe(made);
		expect(api.sandbox.requests()).toEqual([
			expect.objectContaining({ fault: preset, status: 'dropped' }),
		]);
	});

	test('halfBody announces the whole body and sends half of it', async () => {
		const { keys } = api.sandbox.certCentral.us;
		api.sandbox.addFault(faults.halfBody());
		const client = new Client(api.sandbox.origin);
		const { statusCode, headers, body } = await client.request({
			method: 'POST',
			path: `/us/services/v2${userPath()}`,
			headers: { 'x-dc-devkey': keys.administrator, 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'CI' }),
		});
		let received = '';
		const reading = (async () => {
			for await (const chunk of body) received += chunk;
		})();

		await expect(reading).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		await client.close();
		expect(statusCode).toBe(201);
		expect(received).toHaveLength(Math.floor(Number(headers['content-length']) / 2));
		expect(received).toMatch(/^{"id":/);
		expect(keysMade()).toBe(1);
		expect(api.sandbox.requests()[0].status).toBe('dropped');
	});

	test('half of a reply without a body is a broken connection', async () => {
		const { id } = (await create('CI')).json();
		api.sandbox.addFault(faults.halfBody());

		await expect(
			api.certCentral('PUT', `/key/${id}/status`, { status: 'revoked' }),
		).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(api.sandbox.keys({ id })[0].status).toBe('revoked');
	});
});

describe('delays', () => {
	test('slow gives the right reply in the end', async () => {
		api.sandbox.addFault(faults.slow(20));
		const reply = await create('CI');

		expect(reply.status).toBe(201);
		expect(api.sandbox.holds(reply.json().api_key)).toMatchObject({ name: 'CI' });
	});

	test('slow makes the key at once; a client that goes away ends the wait', async () => {
		api.sandbox.addFault(faults.slow(FOREVER_MS));
		const { reply, abort } = createAbortable('CI');
		await until(() => keysMade() === 1);
		expect(api.sandbox.requests()[0]).toMatchObject({ status: undefined, fault: 'slow' });

		abort();
		await expect(reply).rejects.toMatchObject({ name: 'AbortError' });
		await until(() => api.sandbox.requests()[0].status === 'dropped');
	});

	test('late makes the key in its own time, whether the client has gone or not', async () => {
		api.sandbox.addFault({ ...faults.late(300), times: 2 });
		const { reply: lost, abort } = createAbortable('CI');
		await until(() => api.sandbox.requests({ fault: 'late' }).length === 1);
		abort();
		await expect(lost).rejects.toMatchObject({ name: 'AbortError' });
		await until(() => api.sandbox.requests()[0].status === 'dropped');
		expect(keysMade()).toBe(0);

		expect((await create('CI')).status).toBe(201);
		expect(keysMade()).toBe(2);
	});

	test('staleList hides the newest keys', async () => {
		await create('first');
		await create('second');
		api.sandbox.addFault({ ...faults.staleList(1), match: { method: 'GET' } });
		const names = async () =>
			(await api.certCentral('GET', '/key'))
				.json()
				.api_keys.map((/** @type {Record<string, any>} */ { name }) => name);
		const stale = await names();
		expect(stale).toContain('first');
		expect(stale).not.toContain('second');
		expect(await names()).toEqual([...stale, 'second']);
	});

	test('a late action is carried out although the client has gone', async () => {
		api.sandbox.addFault({ when: 'before', action: 'pass', delayMs: FOREVER_MS });
		const { reply, abort } = createAbortable('CI');
		await until(() => api.sandbox.requests({ fault: 'raw' }).length === 1);
		expect(keysMade()).toBe(0);

		abort();
		await expect(reply).rejects.toMatchObject({ name: 'AbortError' });
		await until(() => keysMade() === 1);
		expect(api.sandbox.requests()[0]).toMatchObject({
			status: 'dropped',
			createdKeyId: expect.any(Number),
		});
	});
});

describe('which requests a fault hits', () => {
	/** @param {import('../../sandbox/index.mts').FaultMatch | undefined} match @param {number} times */
	const hit = async (match, times) => {
		api.sandbox.addFault({ match, times, ...faults.errorBefore() });
		const replies = [
			await create('one'),
			await create('two'),
			await create('two'),
			await api.certCentral('GET', '/key'),
		];
		return replies.map(({ status }) => status === 500);
	};

	test.each([
		['any', undefined, 1, [true, false, false, false]],
		['a name', { name: 'two' }, 1, [false, true, false, false]],
		['a name, twice', { name: 'two' }, 2, [false, true, true, false]],
		['a method', { method: 'get' }, 1, [false, false, false, true]],
		['part of a path', { path: '/user/' }, Infinity, [true, true, true, false]],
		['a pattern', { path: /^\/key$/ }, Infinity, [false, false, false, true]],
		['a global pattern', { path: /user/g }, Infinity, [true, true, true, false]],
		['everything', {}, Infinity, [true, true, true, true]],
	])('%s', async (_, match, times, expected) => {
		expect(await hit(match, times)).toEqual(expected);
	});

	test('the key name of a new service user counts as a name', async () => {
		api.sandbox.addFault({ match: { name: 'CI' }, ...faults.errorBefore() });
		const body = { is_api_only: true, email: 'bot@example.com', api_name: 'CI' };

		expect((await api.certCentral('POST', '/user', body)).status).toBe(500);
	});

	test('faults act in the order in which they were added', async () => {
		const ids = [503, 502].map((status) => api.sandbox.addFault(faults.errorBefore(status)));
		const seen = [await create('CI'), await create('CI'), await create('CI')];

		expect(new Set(ids).size).toBe(2);
		expect(seen.map(({ status }) => status)).toEqual([503, 502, 201]);
	});

	test('clearFaults takes all of them back', async () => {
		api.sandbox.addFault({ times: Infinity, ...faults.dropBefore() });
		api.sandbox.clearFaults();

		expect((await create('CI')).status).toBe(201);
	});

	test('a fault spelt out can build its reply from the real one', async () => {
		api.sandbox.addFault({
			when: 'after',
			action: 'reply',
			reply: ({ status, body }) => ({ status: 299, body: { was: status, real: body } }),
		});
		const reply = await create('CI');

		expect(reply.status).toBe(299);
		expect(reply.json()).toEqual({
			was: 201,
			real: { id: expect.any(Number), api_key: expect.any(String) },
		});
	});

	test.each([
		['a preset that was not called', { ...faults.dropAfter }],
		['an unknown field', { ...faults.slow(1), delay: 5 }],
		['an unknown action', { when: 'after', action: 'explode' }],
		['half a reply that was not made', { when: 'before', action: 'half' }],
		['a reply that is not there', { when: 'after', action: 'reply' }],
		['a reply that is not sent', { when: 'after', action: 'drop', reply: { status: 500 } }],
		['a status that is none', faults.errorBefore(42)],
		['no times', { ...faults.dropAfter(), times: 0 }],
		['a delay below nothing', faults.slow(-1)],
		['a reply that outlasts the client', { ...faults.slow(1), outlast: true }],
		['an unknown match', { ...faults.dropAfter(), match: { url: '/key' } }],
	])('addFault refuses %s', (_, fault) => {
		const given = /** @type {import('../../sandbox/index.mts').Fault} */ (fault);
		expect(() => api.sandbox.addFault(given)).toThrow(TypeError);
	});
});
