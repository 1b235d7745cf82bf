import type { SandboxOptions } from '../../sandbox/index.mts';
import { openSandbox } from './support.mts';
import type { Api } from './support.mts';

let api: Api;
afterEach(() => api.close());

/** Starts a sandbox whose clock only moves when told to. */
async function openAt(options: SandboxOptions) {
	const clock = { time: Date.UTC(2026, 0, 1) };
	api = await openSandbox({ ...options, now: () => clock.time });
	return clock;
}
const status = async (key = api.sandbox.certCentral.us.keys.administrator) =>
	(await api.certCentral('GET', '/user/me', undefined, key)).status;
async function statuses(count: number) {
	const seen = [];
	for (let i = 0; i < count; i += 1) seen.push(await status());
	return seen;
}

test('over the limit the documented 429 comes, without Retry-After (digicert-api.md A.2)', async () => {
	await openAt({ rateLimits: [{ requests: 2, windowMs: 5_000 }] });
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
	const clock = await openAt({ rateLimits: [{ requests: 2, windowMs: 5_000 }] });
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
	const clock = await openAt({
		rateLimits: [
			{ requests: 2, windowMs: 1_000 },
			{ requests: 3, windowMs: 10_000 },
		],
	});
	expect(await statuses(5)).toEqual([200, 200, 429, 429, 429]);
	clock.time += 1_000;
	expect(await statuses(2)).toEqual([200, 429]);
	clock.time += 9_000;
	expect(await statuses(2)).toEqual([200, 200]);
});

test('each key is counted by itself, a refused request does nothing, and a reset empties the windows', async () => {
	await openAt({ rateLimits: [{ requests: 1, windowMs: 5_000 }] });
	const { keys, users } = api.sandbox.certCentral.us;
	expect([await status(), await status(), await status(keys.viewOnly)]).toEqual([200, 429, 200]);

	await api.certCentral('POST', `/key/user/${users.person}`, { name: 'CI' });
	expect(api.sandbox.keys({ seeded: false })).toEqual([]);
	api.sandbox.reset();
	expect(await status()).toBe(200);
});

test('by default 100 requests in 5 seconds are let through, and the partner API has no limit', async () => {
	await openAt({});
	const hundredOne = (ask: () => Promise<number>) => Promise.all(Array.from({ length: 101 }, ask));
	const seen = await hundredOne(() => status());
	const partner = await hundredOne(async () => (await api.partner('GET', '/api-key')).status);

	expect(seen.filter((code) => code === 200)).toHaveLength(100);
	expect(seen.filter((code) => code === 429)).toHaveLength(1);
	expect(new Set(partner)).toEqual(new Set([200]));
});

test('[] switches the limit off', async () => {
	await openAt({ rateLimits: [] });
	expect(new Set(await statuses(101))).toEqual(new Set([200]));
});

test('on request, refused requests count as well', async () => {
	const rateLimits = [{ requests: 2, windowMs: 1_000 }];
	const clock = await openAt({ rateLimits, countRefused: true });
	expect(await statuses(2)).toEqual([200, 200]);
	clock.time += 600;
	expect(await statuses(2)).toEqual([429, 429]);
	clock.time += 600;
	expect(await status()).toBe(429);
	clock.time += 1_000;
	expect(await status()).toBe(200);
});

test('on request, a 429 says in whole seconds when there is room', async () => {
	const rateLimits = [{ requests: 2, windowMs: 5_000 }];
	const clock = await openAt({ rateLimits, retryAfter: true });
	await status();
	clock.time += 1_000;
	await status();
	clock.time += 500;
	const { status: code, headers } = await api.certCentral('GET', '/user/me');
	expect([code, headers['retry-after']]).toEqual([429, '4']);
	clock.time += 4_000;
	expect(await status()).toBe(200);
});
