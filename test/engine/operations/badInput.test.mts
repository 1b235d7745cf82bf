import type { Execution } from '../../support/engine.mts';
import { byId, useLab } from '../../support/lab.mts';
import { textWith } from '../../support/matchers.mts';
import { errorOf, itemErrors } from '../../support/told.mts';

const lab = useLab();

/** Looks like a key that was wired into the wrong field. */
const PASTED_KEY = 'q1w2e3r4t5y6'.repeat(4);

const BAD_IDS: [string, unknown, string][] = [
	['empty', '', 'is empty'],
	['blank', '   ', 'is empty'],
	['missing', undefined, 'is empty'],
	['null', null, 'is empty'],
	['letters', 'me', 'holds something other than digits'],
	['a pasted key', PASTED_KEY, 'holds something other than digits'],
	['zero', 0, 'is not above 0'],
	['a sign', '-12', 'is not above 0'],
	['a plus', '+12', 'holds something other than digits'],
	['a fraction', 12.5, 'is not a whole number'],
	['a fraction as text', '12.5', 'is not a whole number'],
	['a decimal comma', '12,5', 'is not a whole number'],
	['an exponent', '1e3', 'holds something other than digits'],
	['hexadecimal', '0x10', 'holds something other than digits'],
	['a leading zero', '012', 'holds something other than digits'],
	['a path', '12/status', 'holds something other than digits'],
	['a way up', '../../user', 'holds something other than digits'],
	['a query', '12?x=1', 'holds something other than digits'],
	['a fragment', '12#x', 'holds something other than digits'],
	['an encoded slash', '12%2Fstatus', 'holds something other than digits'],
	['white space inside', '1 2', 'holds something other than digits'],
	['digits of another script', '١٢', 'holds something other than digits'],
	['2^53', '9007199254740992', 'is larger than any ID can be'],
	['2^53 as a number', 2 ** 53, 'is larger than any ID can be'],
	['a very large number', '1'.repeat(400), 'is larger than any ID can be'],
	['not a number', Number.NaN, 'holds something other than digits'],
	['true', true, 'is not a number'],
	['a list', [12], 'is not a number'],
	['an object', { id: 12 }, 'is not a number'],
];

const BAD_NAMES: [string, unknown, string][] = [
	['empty', '', 'is empty'],
	['blank', ' \t\n', 'is empty'],
	['missing', undefined, 'is empty'],
	['null', null, 'is empty'],
	['true', true, 'is not text'],
	['a list', ['A'], 'is not text'],
	['not a number', Number.NaN, 'is not text'],
	...['\u200b\u200d', ' \u2060\ufeff\u00ad ', '\u3164', '\u2800'].map(
		(name): [string, unknown, string] => [
			JSON.stringify(name),
			name,
			'has no character that can be seen',
		],
	),
];

function expectStopped(execution: Execution, message: string, item: number) {
	expect(execution.status).toBe('error');
	expect(errorOf(execution).message).toContain(message);
	expect(errorOf(execution).message).toMatch(new RegExp(`\\[item ${item}\\]$`));
	expect(errorOf(execution).itemIndex).toBe(item);
	expect(errorOf(execution).description).toContain('Nothing was sent');
	expect(errorOf(execution).description).toMatch(/^[A-Z]/);
	expect(JSON.stringify(execution.error)).not.toContain(PASTED_KEY);
	expect(lab.sandbox.requests()).toEqual([]);
}

/** Under Continue, what is said of each item; nothing is sent. */
async function saidOf(items: Record<string, unknown>[], parameters = {}): Promise<string[]> {
	const settings = { onError: 'continueRegularOutput' } as const;
	const execution = await lab.createUserKeys(items, { parameters, settings });
	expect(lab.sandbox.requests()).toEqual([]);
	expect(JSON.stringify(itemErrors(execution))).not.toContain(PASTED_KEY);
	return itemErrors(execution).map(({ message }) => message);
}

describe('a bad value is refused, whatever it is', () => {
	test.each([
		['user', "The ID in 'User'", BAD_IDS],
		['name', "'Name'", BAD_NAMES],
	])('%s', async (field, label, rows) => {
		const said = await saidOf(rows.map(([, value]) => ({ ...lab.item('A'), [field]: value })));
		const about = (fault: string, i: number) => `${label} ${fault} [item ${i}]`;
		expect(rows.map(([what], i) => [what, said[i]])).toEqual(
			rows.map(([what, , fault], i) => [what, about(fault, i)]),
		);
	});

	test("'Role Restriction'", async () => {
		const roles = [1, 99, 104, -1, '', null, 'View Only', [100], true];
		const items = roles.map((role) => ({ ...lab.item('A'), role }));
		const said = await saidOf(items, { restrictedToRoleId: '={{ $json.role }}' });
		expect(said).toEqual(
			roles.map((_, i) => `'Role Restriction' is not one of DigiCert's roles [item ${i}]`),
		);
	});
});

describe('a bad item stops the run before anything is sent', () => {
	test.each([
		['a pasted key for an ID', { user: PASTED_KEY }, "The ID in 'User' holds something other"],
		['no name', { name: '' }, "'Name' is empty"],
	])('%s', async (_, bad, fault) => {
		const execution = await lab.createUserKeys([lab.item('A'), { ...lab.item('B'), ...bad }]);
		expectStopped(execution, fault, 1);
	});

	// What n8n's editor (2.12 to 2.20) sent in place of a declared secret field on partial runs.
	const HIDDEN = { __redacted: true, reason: 'node_defined_field', canReveal: false };
	test.each([
		['User', { user: HIDDEN }, {}],
		['Name', { name: HIDDEN }, {}],
		['Recipient Public Key', { key: HIDDEN }, { recipientPublicKey: '={{ $json.key }}' }],
	])("'%s' that is n8n's marker for a hidden value", async (label, hidden, options) => {
		const setup = { parameters: { options } };
		const execution = await lab.createUserKeys([{ ...lab.item('A'), ...hidden }], setup);
		expectStopped(execution, `'${label}' is not the real value, but a marker`, 0);
		expect(errorOf(execution).description).toContain('Run the whole workflow again');
	});

	test.each([
		["an email address that is n8n's marker", { email: HIDDEN }, "'Email' is not the real value"],
		...[[], [[]], [''], ','].map((divisions): [string, object, string] => [
			`'Division IDs' that give ${JSON.stringify(divisions)}, which is not the empty field`,
			{ divisions },
			"The ID in 'Division IDs' is",
		]),
	])('%s', async (_, bad, fault) => {
		const execution = await lab.perform(
			'serviceUser',
			'create',
			[{ email: 'a@example.com', divisions: '', ...bad }],
			{
				parameters: {
					...{ email: '={{ $json.email }}', name: 'A', restrictedToRoleId: 0 },
					containerIds: '={{ $json.divisions }}',
				},
			},
		);
		expectStopped(execution, fault, 0);
	});

	const NEW_NAME = { keyId: byId(1), restrictedToRoleId: 102, name: '={{ $json.value }}' };
	test.each([
		["'New Name'", 'userApiKey', 'update', NEW_NAME],
		["'New Name'", 'userApiKey', 'rotate', NEW_NAME],
		["'New Name'", 'subaccountApiKey', 'rotate', NEW_NAME],
		[
			"'Emergency Contact Emails'",
			...(['subaccount', 'create'] as const),
			{ subaccountName: 'A', name: 'A', emergencyContactEmails: '={{ $json.value }}' },
		],
	])(
		'%s that an expression gives nothing for, which is not the empty field: %s, %s',
		async (label, resource, operation, parameters) => {
			for (const value of ['', ' ', undefined, null, []]) {
				const execution = await lab.perform(resource, operation, [{ value }], { parameters });
				expectStopped(execution, `${label} is `, 0);
			}
		},
	);

	test("'Name' of a subaccount key with 201 characters", async () => {
		const execution = await lab.createSubaccountKeys([lab.item('n'.repeat(201))]);
		expectStopped(execution, "'Name' has 201 characters, and DigiCert takes 200 at most", 0);
	});

	test("CertCentral documents no limit, so a long 'Name' of a user key is sent", async () => {
		const name = 'n'.repeat(201);
		await lab.createUserKeys([lab.item(name)]);
		expect(lab.creations()).toMatchObject([{ body: { name } }]);
	});

	test('an expression that cannot be evaluated names its item', async () => {
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { name: '={{ $json.name.nothing.there }}' },
		});
		expect(execution.status).toBe('error');
		expect(errorOf(execution).message).toMatch(/\[item 0\]$/);
		expect(lab.sandbox.requests()).toEqual([]);
	});
});

describe('options', () => {
	test.each([
		['concurrency', 0, 'Concurrency'],
		['concurrency', 51, 'Concurrency'],
		['concurrency', 2.5, 'Concurrency'],
		['concurrency', 'many', 'Concurrency'],
		['timeout', 0, 'Timeout (Milliseconds)'],
		['timeout', 999, 'Timeout (Milliseconds)'],
		['timeout', 2 ** 31, 'Timeout (Milliseconds)'],
		['timeout', '={{ null }}', 'Timeout (Milliseconds)'],
		['rateLimitWait', -1, 'Rate Limit Wait (Seconds)'],
		['rateLimitWait', '', 'Rate Limit Wait (Seconds)'],
	])('%s of %p is refused, under Continue as well', async (option, value, label) => {
		const options = { [option]: value };
		const [said, ...more] = await saidOf([lab.item('A')], { options });
		expect(said).toContain(`'${label}' is not a whole number`);
		expect(more).toEqual([]);
	});

	test.each([
		['timeout', 'Timeout (Milliseconds)'],
		['recipientPublicKey', 'Recipient Public Key'],
		['lostReply', 'Lost Reply'],
	])('%s with an expression that fails is named, with its item', async (option, label) => {
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { options: { concurrency: 5, [option]: "={{ $('Nobody').item.json.x }}" } },
		});
		expect(errorOf(execution).message).toBe(
			`'${label}' has an expression that cannot be evaluated [item 0]`,
		);
		expect(errorOf(execution).description).toMatch(
			/^n8n says: .*Nothing was sent for this item\.$/,
		);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test.each(['ifNameExists', 'lostReply', 'rollback', 'verify'])(
		'%s that is there and gives nothing is refused, not taken for the default',
		async (option) => {
			const execution = await lab.createUserKeys([lab.item('A')], {
				parameters: { options: { [option]: '={{ $json.missing }}' } },
			});
			expect(errorOf(execution).message).toMatch(/ is none of its values \[item 0\]$/);
			expect(lab.sandbox.requests()).toEqual([]);
		},
	);

	test('may come as text from an expression', async () => {
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { options: { concurrency: '5', timeout: '1000', rateLimitWait: '0' } },
		});
		expect(execution.status).toBe('success');
	});
});

describe('the credential', () => {
	const BAD_BASE_URLS = [
		['http to another machine', 'http://digicert.example/services/v2', 'does not start with https'],
		['http to a look-alike of this machine', 'http://localhost.example/', 'does not start with'],
		['another scheme', 'ftp://127.0.0.1/', 'does not start with https'],
		['no URL', 'www.digicert.com/services/v2', 'is not a URL'],
		['empty', '', 'is not a URL'],
		['a query', 'https://www.digicert.com/services/v2?a=1', 'carries a query'],
		['an empty query', 'https://www.digicert.com/services/v2?', 'carries a query'],
		['a fragment', 'https://www.digicert.com/services/v2#a', 'carries a fragment'],
		['both', 'https://www.digicert.com/?a=1#a', 'carries a query (?…) and a fragment (#…)'],
		['user info', 'https://me:hunter2@www.digicert.com/', 'carries a user name or password'],
	];

	test.each(BAD_BASE_URLS)('a base URL with %s is refused', async (_, baseUrl, fault) => {
		const setup = { credential: { baseUrl } };
		const execution = await lab.createSubaccountKeys([lab.item('A')], setup);
		expect(errorOf(execution).message).toContain(`'Base URL' ${fault}`);
		expect(JSON.stringify(execution.error)).not.toContain('hunter2');
	});

	test('a region that does not exist is refused', async () => {
		const setup = { credential: { region: 'mars' } };
		const { message } = errorOf(await lab.createUserKeys([lab.item('A')], setup));
		expect(message).toBe("'Region' is not one that DigiCert has");
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('a base URL may end with slashes', async () => {
		const { baseUrl } = lab.sandbox.certCentral.us;
		const execution = await lab.createUserKeys([lab.item('A')], {
			credential: { baseUrl: `${baseUrl}//` },
		});
		expect(execution.status).toBe('success');
	});

	test.each([
		['empty', '', "'API Key' is empty"],
		['with a line break', 'abc\ndef', "'API Key' holds a space"],
		['with a space after it', 'abcdef ', "'API Key' holds a space"],
		['with a character that a header cannot carry', 'abc\u2026def', "'API Key' holds a space"],
	])('an API key that is %s is refused', async (_, apiKey, message) => {
		const execution = await lab.createUserKeys([lab.item('A')], { credential: { apiKey } });
		expect(errorOf(execution).message).toContain(message);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('with expressions serves one run with one key: n8n reads them for each item', async () => {
		const { baseUrl } = lab.sandbox.certCentral.us;
		const itemAt = (name: string, base = baseUrl) => ({ ...lab.item(name), base });
		const credential = { baseUrl: '={{ $json.base }}' };
		const same = [itemAt('A'), itemAt('B')];
		expect((await lab.createUserKeys(same, { credential })).status).toBe('success');

		const message =
			'The credential gives another API key or address for this item than for item 0 [item 2]';
		const items = [...same, itemAt('C', `${baseUrl}/other`)];
		for (const onError of ['stopWorkflow', 'continueErrorOutput'] as const) {
			const execution = await lab.createUserKeys(items, { credential, settings: { onError } });
			if (onError === 'stopWorkflow') expect(errorOf(execution).message).toBe(message);
			else expect(itemErrors(execution)).toHaveLength(3);
		}
		expect(lab.sandbox.requests()).toHaveLength(same.length);
	});

	test('with expressions is read for the first item that can be read', async () => {
		const { baseUrl } = lab.sandbox.certCentral.us;
		const execution = await lab.createUserKeys(
			[
				{ user: 'x', name: 'A', base: '' },
				{ ...lab.item('B'), base: baseUrl },
			],
			{
				credential: { baseUrl: '={{ $json.base }}' },
				settings: { onError: 'continueRegularOutput' },
			},
		);
		expect(itemErrors(execution)).toHaveLength(1);
	});

	test('that is edited while a run goes on changes nothing for that run', async () => {
		const { credentials } = lab.engine;
		const read = credentials.getDecrypted.bind(credentials);
		let reads = 0;
		const spy = jest.spyOn(credentials, 'getDecrypted').mockImplementation(async (...given) => {
			reads += 1;
			return { ...(await read(...given)), ...(reads > 1 && { apiKey: 'edited' }) };
		});
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { options: { ifNameExists: 'skip', verify: true } },
		});
		spy.mockRestore();
		expect(execution.status).toBe('success');
	});

	test('that is missing is told, and under continue each item tells it', async () => {
		const items = [lab.item('A'), { user: 'x', name: 'B' }];
		const settings = { credentials: {}, onError: 'continueRegularOutput' } as const;
		const execution = await lab.createUserKeys(items, { settings });
		expect(itemErrors(execution).map(({ message }) => message)).toEqual([
			textWith('credential'),
			"The ID in 'User' holds something other than digits [item 1]",
		]);
		expect(lab.sandbox.requests()).toEqual([]);
	});
});
