'use strict';

const { faults, startSandbox } = require('../../sandbox/index.mts');
const { useLab } = require('../support/lab');

const lab = useLab();

const TIMEOUT = 400;

/** Every way in which nobody can tell from the answer whether a key was made. */
/** @type {Array<[string, () => import('../../sandbox/index.mts').Fault, number, string]>} */
const DOUBTS = [
	['dropped before the key is made', () => faults.dropBefore(), 0, 'The connection broke'],
	['dropped after the key is made', () => faults.dropAfter(), 1, 'The connection broke'],
	['a 500 before', () => faults.errorBefore(500), 0, '"Something went wrong." (internal_error)'],
	['a 500 after', () => faults.errorAfter(500), 1, 'HTTP 500'],
	['a 503 after', () => faults.errorAfter(503), 1, 'HTTP 503'],
	['an HTML 502', () => faults.htmlBefore(502), 0, 'DigiCert answered HTTP 502 with an HTML page.'],
	['a late reply', () => faults.slow(10 * TIMEOUT), 1, `came within ${TIMEOUT} ms`],
	['half a body', () => faults.halfBody(), 1, 'The connection broke'],
	['an HTML 200', () => faults.htmlAfter(200), 1, 'DigiCert answered HTTP 200 with an HTML page.'],
	[
		'an empty 201',
		() => faults.emptyAfter(201),
		1,
		'DigiCert answered HTTP 201 with an empty body.',
	],
	[
		'an empty 204',
		() => faults.emptyAfter(204),
		1,
		'DigiCert answered HTTP 204 with an empty body.',
	],
	['text in a 201', () => faults.notJsonAfter(), 1, 'HTTP 201 with text that is not JSON.'],
	['a 201 without a key', () => faults.noKeyAfter(), 1, 'DigiCert answered HTTP 201 with JSON'],
	['a 201 with wrong types', () => faults.wrongTypesAfter(), 1, 'HTTP 201 with JSON'],
	[
		'a 201 that tells the key elsewhere',
		() => ({
			when: 'after',
			action: 'reply',
			reply: ({ body }) => ({ status: 201, body: { message: Object(body).api_key, errors: body } }),
		}),
		1,
		'HTTP 201 with JSON',
	],
	[
		'a 409 that tells the key',
		() => ({ when: 'after', action: 'reply', reply: ({ body }) => ({ status: 409, body }) }),
		1,
		'HTTP 409 with JSON.',
	],
	['a 408', () => faults.errorAfter(408), 1, 'HTTP 408'],
	['a redirect', () => faults.redirect('http://127.0.0.1:9/', 302), 0, 'HTTP 302'],
];

const APIS = /** @type {const} */ ([
	['CertCentral', 'createUserKeys'],
	['the partner API', 'createSubaccountKeys'],
]);

const item = (/** @type {string} */ name) => ({
	user: lab.sandbox.certCentral.us.users.person,
	account: lab.sandbox.partner.accounts.subaccount,
	name,
});

describe.each(APIS)('%s answers a creation with', (_, create) => {
	test.each(DOUBTS)('%s: told as unknown, and never sent again', async (__, fault, made, found) => {
		lab.sandbox.addFault({ ...fault(), match: { method: 'POST' }, times: Infinity });
		const before = Date.now();
		const execution = await lab[create]([item('Lost & found')], {
			parameters: { options: { timeout: TIMEOUT } },
		});

		const { message, description, failure, name } = execution.error;
		expect(name).toBe('NodeApiError');
		const [lost] = lab.created();
		expect(message).toBe(
			`The API key may have been created at DigiCert, but its value did not arrive${
				lost === undefined ? '' : `: key ${lost.id} may be it`
			} [item 0]`,
		);
		expect(description).toContain(found);
		expect(description).toContain('The request was not sent again');
		const owner =
			create === 'createUserKeys' ? `user ${item('').user}` : `subaccount ${item('').account}`;
		expect(description).toContain(`named "Lost & found" of ${owner}`);
		expect(description).toContain(create === 'createUserKeys' ? ', revoke it' : ', deactivate it');
		const [time] = description.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/) ?? [];
		// By DigiCert's clock, as its Date headers tell it in whole seconds.
		expect(Date.parse(time)).toBeGreaterThanOrEqual(before - 5000);
		const [{ at }] = lab.creations();
		expect(Date.parse(time)).toBeLessThanOrEqual(Date.parse(at));
		// A kind that means "wait, then again" would invite a second key.
		expect(failure).toBeUndefined();
		expect(lab.creations()).toHaveLength(1);
		expect(lab.created()).toHaveLength(made);
	});

	test('an unknown outcome under continue: one error item, nothing else on it', async () => {
		lab.sandbox.addFault({ ...faults.dropAfter(), match: { name: 'B' } });
		const execution = await lab[create]([item('A'), item('B'), item('C')], {
			settings: { onError: 'continueErrorOutput' },
		});
		expect(execution.status).toBe('success');
		expect(execution.items('Next').map(({ json }) => json.name)).toEqual(['A', 'C']);
		const [failed] = execution.items('Failed');
		expect(failed.json.error).toEqual(
			expect.stringContaining('The API key may have been created at DigiCert'),
		);
		expect(lab.creations()).toHaveLength(3);
	});

	test('an answer with a field that n8n reads as a failed item is delivered, once', async () => {
		const body = { id: 7, api_key: 'real', error: 'warn', $error: 'x', $json: {} };
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 201, body },
			times: Infinity,
		});
		const execution = await lab[create]([item('A')], {
			settings: { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 3 },
		});
		expect(execution.items('Next')[0].json).toMatchObject({ id: 7, api_key: 'real' });
		expect(lab.creations()).toHaveLength(1);
	});

	test('a key whose other fields are odd is not lost: it is put out as it came', async () => {
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 202, body: { id: null, api_key: 'odd but real' } },
		});
		const execution = await lab[create]([item('A')]);
		expect(execution.items('DigiCert')[0].json).toMatchObject({
			id: null,
			api_key: 'odd but real',
		});
	});
});

describe('a redirect', () => {
	test.each([301, 302, 303, 307, 308])('%p reaches nobody', async (status) => {
		const elsewhere = await startSandbox();
		try {
			const location = `${elsewhere.partner.baseUrl}/api-key`;
			lab.sandbox.addFault({
				...faults.redirect(location, status),
				match: { method: 'POST' },
				times: Infinity,
			});
			const execution = await lab.createUserKeys([item('A')]);
			expect(execution.error.description).toContain('Redirects are never followed');
			expect(lab.creations()).toHaveLength(1);
			expect(elsewhere.requests()).toHaveLength(0);
		} finally {
			await elsewhere.close();
		}
	});
});
