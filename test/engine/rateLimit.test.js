'use strict';

const { faults } = require('../../sandbox/index.mts');
const { useLab } = require('../support/lab');

const WINDOW = 600;
const lab = useLab({ rateLimits: [{ requests: 5, windowMs: WINDOW }] });

const items = (/** @type {number} */ count) =>
	Array.from({ length: count }, (_, i) => ({
		user: lab.sandbox.certCentral.us.users.person,
		account: lab.sandbox.partner.accounts.subaccount,
		name: `key ${i}`,
	}));
const refused = () => lab.creations().filter(({ status }) => status === 429);
const time = (/** @type {{ at: string }} */ { at }) => Date.parse(at);

test('more items than the limit allows: the run waits, and every key is made once', async () => {
	const execution = await lab.createUserKeys(items(12));
	expect(execution.items('DigiCert').map(({ json }) => json.name)).toEqual(
		items(12).map(({ name }) => name),
	);
	expect(lab.created()).toHaveLength(12);
	expect(refused().length).toBeGreaterThan(0);
});

test.each([
	['seconds', () => '1'],
	['a date', () => new Date(Date.now() + 2000).toUTCString()],
])('Retry-After in %s is kept', async (_, retryAfter) => {
	lab.sandbox.addFault(faults.rateLimited({ retryAfter: retryAfter() }));
	const execution = await lab.createUserKeys(items(1));
	expect(execution.status).toBe('success');
	const [first, second] = lab.creations();
	expect([first.status, second.status]).toEqual([429, 201]);
	// An HTTP date has whole seconds, so up to one of the two seconds is lost in it.
	expect(time(second) - time(first)).toBeGreaterThanOrEqual(990);
});

test('the whole run pauses together, and pauses once for what was in flight', async () => {
	const inFlight = { ...faults.rateLimited({ retryAfter: 1 }), delayMs: 30 };
	lab.sandbox.addFault({ ...inFlight, times: 3 });
	const execution = await lab.createSubaccountKeys(items(6), {
		parameters: { options: { concurrency: 3 } },
	});
	expect(execution.status).toBe('success');
	const [a, b, c, ...rest] = lab.creations();
	expect([a, b, c].map(({ status }) => status)).toEqual([429, 429, 429]);
	expect(rest.map(({ status }) => status)).toEqual(Array(6).fill(201));
	for (const later of rest) expect(time(later) - time(a)).toBeGreaterThanOrEqual(990);
});

test.each(
	/** @type {Array<[string, { retryAfter?: number }]>} */ ([
		['asks for more than the bound', { retryAfter: 3600 }],
		['asks for nothing, and the bound is too short for a pause', {}],
	]),
)('a 429 that %s is told at once as a refusal', async (_, options) => {
	lab.sandbox.addFault({ ...faults.rateLimited(options), times: Infinity });
	const execution = await lab.createUserKeys(items(1), {
		parameters: { options: { rateLimitWait: 0 } },
	});
	const { message, description, httpCode, failure } = execution.error;
	expect(message).toBe("DigiCert's rate limit was reached and did not clear in time [item 0]");
	expect(description).toContain('(request_limit_exceeded)');
	expect(description).toContain("raise 'Rate Limit Wait'");
	expect(httpCode).toBe('429');
	expect(failure).toEqual({
		cause: 'rate-limited',
		retryAfterMs: options.retryAfter && options.retryAfter * 1000,
	});
	expect(lab.creations()).toHaveLength(1);
	expect(lab.created()).toHaveLength(0);
});

test('Retry-After: 0 does not become a loop without end', async () => {
	lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 0 }), times: Infinity });
	await lab.createUserKeys(items(1), { parameters: { options: { rateLimitWait: 1 } } });
	// Each pause counts for at least 200 ms of the bound.
	expect(lab.creations()).toHaveLength(6);
});

test('pauses without Retry-After grow', async () => {
	lab.sandbox.addFault({ ...faults.rateLimited(), times: 9 });
	await lab.createSubaccountKeys(items(1));
	const times = lab.creations().map(time);
	expect(times).toHaveLength(10);
	// The ninth is 250 ms × 1.05^8, less a quarter at most.
	expect(times[1] - times[0]).toBeGreaterThanOrEqual(187);
	expect(times[9] - times[8]).toBeGreaterThanOrEqual(276);
});

test('after a pause one request tries, and the others follow only when it was let through', async () => {
	const late = { ...faults.rateLimited(), delayMs: 100 };
	lab.sandbox.addFault({ ...late, times: 5 });
	const execution = await lab.createSubaccountKeys(items(3), {
		parameters: { options: { concurrency: 3 } },
	});
	expect(execution.status).toBe('success');
	const statuses = lab.creations().map(({ status }) => status);
	// Three together, two alone, and what is let through.
	expect(statuses).toEqual([429, 429, 429, 429, 429, 201, 201, 201]);
	const [, , , fourth, fifth] = lab.creations().map(time);
	expect(fifth - fourth).toBeGreaterThanOrEqual(200);
});
