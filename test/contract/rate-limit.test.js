'use strict';

const { openSandbox } = require('./support');

/** @type {import('./support').Api} */
let api;
afterEach(() => api.close());

/** Starts a sandbox whose clock only moves when told to. */
const openAt = async (
	/** @type {import('../../sandbox/index.mts').RateLimit[] | undefined} */ rateLimits,
	/** @type {{ countRefused?: boolean, retryAfter?: boolean }} */ options = {},
) => {
	const clock = { time: Date.UTC(2026, 0, 1) };
	api = await openSandbox({ rateLimits, ...options, now: () => clock.time });
	return clock;
};
const status = async (/** @type {string} */ key = api.sandbox.certCentral.us.keys.administrator) =>
	(await api.certCentral('GET', '/user/me', undefined, key)).status;
const statuses = async (/** @type {number} */ count) => {
	const seen = [];
	for (let i = 0; i < count; i += 1) seen.push(await status());
	return seen;
};

test('over the limit the documented 429 comes, without Retry-After (A.2)', async () => {
	await openAt([{ requests: 2, windowMs: 5_000 }]);
	expect(await statuses(2)).toEqual([200, 200]);

	const reply = await api.certCentral('GET', '/user/me');
	expect(reply.status).toBe(429);
	expect(reply.headers).not.toHaveProperty('retry-after');
	expect(reply.json()).toEqual({
		errors: [
			{
				code: 'request_limit_exceeded',
				message: 'Service unavailable, please limit request volume',
			},
		],
	});
});

test('the window rolls: each request makes room when it is old enough', async () => {
	const clock = await openAt([{ requests: 2, windowMs: 5_000 }]);
	await status();
	clock.time += 3_000;
	await status();
	clock.time += 1_999;
	expect(await status()).toBe(429);
	clock.time += 1;
	expect(await statuses(2)).toEqual([200, 429]);
	clock.time += 3_000;
	expect(await statuses(2)).toEqual([200, 429]);
});

test('all limits apply, and refused requests are not counted', async () => {
	const clock = await openAt([
		{ requests: 2, windowMs: 1_000 },
		{ requests: 3, windowMs: 10_000 },
	]);
	expect(await statuses(5)).toEqual([200, 200, 429, 429, 429]);
	clock.time += 1_000;
	expect(await statuses(2)).toEqual([200, 429]);
	clock.time += 9_000;
	expect(await statuses(2)).toEqual([200, 200]);
});

test('each key is counted by itself, and a refused request does nothing', async () => {
	await openAt([{ requests: 1, windowMs: 5_000 }]);
	const { keys, users } = api.sandbox.certCentral.us;
	expect([await status(), await status(), await status(keys.viewOnly)]).toEqual([200, 429, 200]);

	await api.certCentral('POST', `/key/user/${users.person}`, { name: 'CI' });
	expect(api.sandbox.keys({ seeded: false })).toEqual([]);
});

test('a reset empties the windows', async () => {
	await openAt([{ requests: 1, windowMs: 5_000 }]);
	await status();
	api.sandbox.reset();
	expect(await status()).toBe(200);
});

test('by default 100 requests in 5 seconds are let through, and the partner API has no limit', async () => {
	await openAt(undefined);
	const seen = await Promise.all(Array.from({ length: 101 }, () => status()));
	const partner = await Promise.all(
		Array.from({ length: 101 }, async () => (await api.partner('GET', '/api-key')).status),
	);

	expect(seen.filter((code) => code === 200)).toHaveLength(100);
	expect(seen.filter((code) => code === 429)).toHaveLength(1);
	expect(new Set(partner)).toEqual(new Set([200]));
});

test('[] switches the limit off', async () => {
	await openAt([]);
	const seen = await Promise.all(Array.from({ length: 101 }, () => status()));
	expect(new Set(seen)).toEqual(new Set([200]));
});

test('on request, refused requests count as well', async () => {
	const clock = await openAt([{ requests: 2, windowMs: 1_000 }], { countRefused: true });
	expect(await statuses(2)).toEqual([200, 200]);
	clock.time += 600;
	expect(await statuses(2)).toEqual([429, 429]);
	clock.time += 600;
	expect(await status()).toBe(429);
	clock.time += 1_000;
	expect(await status()).toBe(200);
});

test('on request, a 429 says in whole seconds when there is room', async () => {
	const clock = await openAt([{ requests: 2, windowMs: 5_000 }], { retryAfter: true });
	await status();
	clock.time += 1_000;
	await status();
	clock.time += 500;
	const { status: code, headers } = await api.certCentral('GET', '/user/me');
	expect([code, headers['retry-after']]).toEqual([429, '4']);
	clock.time += 4_000;
	expect(await status()).toBe(200);
});
