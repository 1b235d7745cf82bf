'use strict';

const { faults } = require('../../sandbox/index.mts');
const { useLab } = require('../support/lab');

const lab = useLab();

const one = () => [{ user: lab.sandbox.certCentral.us.users.person, name: 'A' }];
const oneSubaccount = () => [{ account: lab.sandbox.partner.accounts.subaccount, name: 'A' }];

/**
 * Says what a refusal must look like: DigiCert's own words whole, then what to do.
 *
 * @param {any} execution
 * @param {{ message: string, says: string[], advice: string, httpCode: string, failure?: any }} wanted
 */
function expectRefused(execution, { message, says, advice, httpCode, failure }) {
	expect(execution.status).toBe('error');
	expect(execution.error.name).toBe('NodeApiError');
	expect(execution.error.message).toBe(`${message} [item 0]`);
	for (const text of [...says, advice]) expect(execution.error.description).toContain(text);
	expect(execution.error.httpCode).toBe(httpCode);
	expect(execution.error.failure).toEqual(failure);
	expect(execution.error.context.itemIndex).toBe(0);
	expect(lab.creations()).toHaveLength(1);
	expect(lab.created()).toHaveLength(0);
}

describe('CertCentral refuses', () => {
	test('a wrong key', async () => {
		const execution = await lab.createUserKeys(one(), { credential: { apiKey: 'wrong' } });
		expectRefused(execution, {
			message: 'DigiCert did not accept the API key of the credential',
			says: [
				'"Access denied due to access_denied_invalid_key."',
				'(access_denied|access_denied_invalid_key)',
				'HTTP 403',
			],
			advice: "the credential's 'Region'",
			httpCode: '403',
			failure: { cause: 'credential-invalid' },
		});
	});

	test('a key of the other region', async () => {
		const execution = await lab.createUserKeys(one(), {
			credential: { baseUrl: lab.sandbox.certCentral.eu.baseUrl },
		});
		expectRefused(execution, {
			message: 'DigiCert did not accept the API key of the credential',
			says: ['(access_denied|access_denied_invalid_key)'],
			advice: 'a key of the United States instance does not work on the Europe one',
			httpCode: '403',
			failure: { cause: 'credential-invalid' },
		});
	});

	test.each(/** @type {const} */ (['viewOnly', 'orders', 'standardUser']))(
		'the %s key',
		async (key) => {
			const apiKey = lab.sandbox.certCentral.us.keys[key];
			const execution = await lab.createUserKeys(one(), { credential: { apiKey } });
			expectRefused(execution, {
				message: 'DigiCert does not permit this call with the API key of the credential',
				says: ['(access_denied|missing_permission)'],
				advice: 'must not be restricted to View Only, Orders',
				httpCode: '403',
			});
		},
	);

	test('for a reason that its code does not tell', async () => {
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 403, body: { errors: [{ code: 'access_denied|ip', message: 'No.' }] } },
		});
		expectRefused(await lab.createUserKeys(one()), {
			message: 'DigiCert refused this call with the API key of the credential',
			says: ['"No." (access_denied|ip)'],
			advice: 'IP restrictions',
			httpCode: '403',
		});
	});

	test('with a 401, to which nothing is sent again', async () => {
		lab.sandbox.addFault({ ...faults.unauthorized(), times: Infinity });
		expectRefused(await lab.createUserKeys(one()), {
			message: 'DigiCert did not accept the API key of the credential',
			says: ['HTTP 401'],
			advice: 'Check that the API key was copied whole',
			httpCode: '401',
			failure: { cause: 'credential-invalid' },
		});
	});

	test('an unknown user', async () => {
		expectRefused(await lab.createUserKeys([{ user: 999999, name: 'A' }]), {
			message: 'DigiCert did not find user 999999',
			says: ['(not_found|user)'],
			advice: "Check 'User'",
			httpCode: '404',
			failure: { cause: 'configuration-invalid' },
		});
	});

	test('values it does not like, with errors as an object', async () => {
		lab.sandbox.addFault(faults.errorsAsObject());
		expectRefused(await lab.createUserKeys(one()), {
			message: 'DigiCert did not accept the values of the request',
			says: ['"The request is not valid." (bad_request)'],
			advice: 'correct them and run it again',
			httpCode: '400',
		});
	});

	test('for several reasons, and all are told', async () => {
		const errors = [
			{ code: 'first|code', message: 'First.' },
			{ code: 'second|code', message: 'Second.' },
			{ message: 'Third.' },
		];
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 422, body: { errors } },
		});
		expectRefused(await lab.createUserKeys(one()), {
			message: 'DigiCert refused the request',
			says: ['"First." (first|code), "Second." (second|code), "Third."'],
			advice: 'Act on what DigiCert says',
			httpCode: '422',
		});
	});

	test('with an HTML page', async () => {
		lab.sandbox.addFault(faults.htmlBefore(403));
		expectRefused(await lab.createUserKeys(one()), {
			message: 'DigiCert refused this call with the API key of the credential',
			says: ['DigiCert answered HTTP 403 with an HTML page.'],
			advice: 'IP restrictions',
			httpCode: '403',
		});
	});

	test('with an endless text, of which the beginning is told', async () => {
		const message = 'x '.repeat(50_000);
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 400, body: { errors: [{ code: 'long', message }] } },
		});
		const execution = await lab.createUserKeys(one());
		expect(execution.error.description.length).toBeLessThan(3000);
		expect(execution.error.description).toMatch(/x ?… \(cut\)/);
	});

	test('with our own key at the place where the text is cut', async () => {
		const { administrator } = lab.sandbox.certCentral.us.keys;
		const message = `${'x '.repeat(990)}${administrator}`;
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 400, body: { errors: [{ code: 'long', message }] } },
		});
		// The secrets check after the test looks for parts of the key.
		await lab.createUserKeys(one());
	});

	test('while repeating our own key, which is taken out', async () => {
		const { administrator } = lab.sandbox.certCentral.us.keys;
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: {
				status: 400,
				body: { errors: [{ code: 'echo', message: `Key ${administrator}!` }] },
			},
		});
		const execution = await lab.createUserKeys(one());
		expect(execution.error.description).toContain('"Key [API key]!" (echo)');
	});

	test('with a text that holds the name of a system error, which n8n must not replace', async () => {
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 400, body: { errors: [{ code: 'ECONNREFUSED', message: 'EEXIST' }] } },
		});
		const execution = await lab.createUserKeys([{ ...one()[0], name: 'ENOENT' }]);
		expect(execution.error.message).toBe(
			'DigiCert did not accept the values of the request [item 0]',
		);
		expect(execution.error.description).toContain('"EEXIST" (ECONNREFUSED)');
	});
});

describe('the partner API refuses', () => {
	test.each([
		['the key of a subaccount', () => ({ apiKey: lab.sandbox.partner.keys.subaccount })],
		['a key of an unrelated account', () => ({ apiKey: lab.sandbox.partner.keys.unrelated })],
		['a wrong key', () => ({ apiKey: 'wrong' })],
	])('%s', async (_, credential) => {
		const execution = await lab.createSubaccountKeys(oneSubaccount(), { credential: credential() });
		expectRefused(execution, {
			message: 'DigiCert refused this call with the API key of the credential',
			says: ['HTTP 403'],
			advice: 'Use the API key of the parent account',
			httpCode: '403',
		});
	});

	test('with a 401, to which nothing is sent again', async () => {
		lab.sandbox.addFault({ ...faults.unauthorized(), times: Infinity });
		expectRefused(await lab.createSubaccountKeys(oneSubaccount()), {
			message: 'DigiCert did not accept the API key of the credential',
			says: ['HTTP 401'],
			advice: 'A CertCentral key does not work here',
			httpCode: '401',
			failure: { cause: 'credential-invalid' },
		});
	});

	test('an unknown subaccount', async () => {
		lab.sandbox.addFault({ when: 'before', action: 'reply', reply: { status: 404, body: {} } });
		expectRefused(await lab.createSubaccountKeys([{ account: 42, name: 'A' }]), {
			message: 'DigiCert did not find subaccount 42',
			says: ['DigiCert answered HTTP 404'],
			advice: "Check 'Subaccount'",
			httpCode: '404',
			failure: { cause: 'configuration-invalid' },
		});
	});

	test.each([
		['a bare error', { code: 'c', message: 'Bare.' }, '"Bare." (c)'],
		['an error under error', { error: { code: 'c', message: 'Nested.' } }, '"Nested." (c)'],
		['a text under error', { error: 'Only text.' }, '"Only text."'],
		['a list of texts', { errors: ['One.', 'Two.'] }, '"One.", "Two."'],
		['numbers as codes', { errors: [{ code: 17, message: 'Coded.' }] }, '"Coded." (17)'],
		['an empty list beside a text', { errors: [], message: 'No such role.' }, '"No such role."'],
		[
			'errors by field',
			{ errors: { name: ['is too long'] } },
			'JSON: {"errors":{"name":["is too long"]}}',
		],
		[
			'problem details',
			{ title: 'No', detail: 'Ask.' },
			'with JSON: {"title":"No","detail":"Ask."}',
		],
		['plain text', 'Your IP is not on the list', 'that is not JSON: Your IP is not on the list'],
		['nothing', undefined, 'DigiCert answered HTTP 400 with an empty body.'],
	])('with %s, because its error body is not documented', async (_, body, said) => {
		lab.sandbox.addFault({ when: 'before', action: 'reply', reply: { status: 400, body } });
		const execution = await lab.createSubaccountKeys(oneSubaccount());
		expect(execution.error.description).toContain(said);
	});
});

describe('under On Error: Stop Workflow', () => {
	test('no kind of failure invites to run again once a key exists', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const limited = { ...faults.rateLimited({ retryAfter: 9999 }), times: Infinity };
		lab.sandbox.addFault({ ...limited, match: { name: 'B' } });
		const execution = await lab.createUserKeys(
			['A', 'B'].map((name) => ({ user: person, name })),
			{ parameters: { options: { concurrency: 1, rateLimitWait: 0 } } },
		);
		expect(execution.error.httpCode).toBe('429');
		expect(execution.error.description).toContain('created 1 API key');
		expect(execution.error.failure).toBeUndefined();
	});

	test('keys are named even if DigiCert sends no usable ID', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		for (const [name, id] of [
			['A', { toString: 1 }],
			['B', undefined],
		]) {
			lab.sandbox.addFault({
				when: 'before',
				action: 'reply',
				reply: { status: 201, body: { id, api_key: 'odd' } },
				match: { name: String(name) },
			});
		}
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'C' } });
		const execution = await lab.createUserKeys(
			['A', 'B', 'C'].map((name) => ({ user: person, name })),
			{ parameters: { options: { concurrency: 1 } } },
		);
		expect(execution.error.description).toContain(
			`so revoke them: a key ("A" of user ${person}): switching it off did not work.`,
		);
		expect(execution.error.description).toContain(`a key ("B" of user ${person}): switching`);
	});

	test('the keys of the run are switched off again and named, without their values', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const names = ['A', 'B', 'C', 'D'];
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'C' } });
		const execution = await lab.createUserKeys(
			names.map((name) => ({ user: person, name })),
			{ parameters: { options: { concurrency: 1 } } },
		);

		const [a, b] = lab.created();
		expect(execution.error.context.itemIndex).toBe(2);
		expect(execution.error.description).toContain(
			`created 2 API keys.\nSwitched off again, because nobody receives them: key ${a.id} ("A" of user ${person}), key ${b.id} ("B" of user ${person}).`,
		);
		expect(execution.error.description).toContain('1 item was not started.');
		expect(lab.creations().map(({ name }) => name)).toEqual(['A', 'B', 'C']);
		expect(execution.items('Next')).toEqual([]);
	});

	test('what is in flight is waited for, and told as well', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'A' } });
		lab.sandbox.addFault({ ...faults.slow(150), match: { name: 'B' } });
		lab.sandbox.addFault({ ...faults.errorAfter(502), match: { name: 'C' }, delayMs: 100 });
		const execution = await lab.createUserKeys(
			['A', 'B', 'C', 'D', 'E'].map((name) => ({ user: person, name })),
			{ parameters: { options: { concurrency: 3 } } },
		);

		const [b] = lab.sandbox.keys({ name: 'B' });
		// The one in doubt comes first, although another failed before it.
		expect(execution.error.message).toMatch(/^The API key may have been created .*\[item 2\]$/);
		expect(execution.error.description).toContain(`key ${b.id} ("B" of user ${person})`);
		expect(execution.error.description).toContain(
			'Item 0: DigiCert did not accept the values of the request.',
		);
		expect(execution.error.description).toContain('named "C" of user');
		expect(execution.error.description).toContain('2 items were not started.');
	});
});
