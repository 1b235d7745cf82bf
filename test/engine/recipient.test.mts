import { inspect } from 'node:util';

import { faults } from '../../sandbox/index.mts';
import { openWithJose } from '../support/jose.mts';
import { jwkOf, keyPairs, pemOf, privatePemOf } from '../support/keyPairs.mts';
import { byId, cancelWhen, useLab } from '../support/lab.mts';
import { errorOf, jsonOf } from '../support/told.mts';
import { answering } from '../support/lab.mts';
import { at } from '../support/read.mts';

const lab = useLab();
const pair = keyPairs['P-256'];
const mine = () => ({ jwe: '', pem: privatePemOf(pair.privateKey) });
const recipientPublicKey = pemOf(pair.publicKey);

/** Remembers the values of keys with a name, as they leave the sandbox. @param {string} name */
function listenFor(name) {
	const values: string[] = [];
	lab.sandbox.addFault({
		when: 'after',
		action: 'reply',
		match: { name },
		reply: ({ body }) => {
			values.push(Object(body).api_key);
			return { status: 201, body };
		},
	});
	return values;
}

/** The operations that put a key out, with one item each. @type {any[]} */
const OPERATIONS = [
	['userApiKey', 'create', { name: 'A', restrictedToRoleId: 0 }, 'userId'],
	['userApiKey', 'rotate', { name: '' }, 'keyId'],
	['subaccountApiKey', 'create', { name: 'A' }, 'accountId'],
	['subaccountApiKey', 'rotate', { name: '' }, 'keyId'],
	['serviceUser', 'create', { email: 'a@b.c', name: 'A', restrictedToRoleId: 0, containerIds: '' }],
	['subaccount', 'create', { subaccountName: 'ACME', name: 'A', emergencyContactEmails: '' }],
];

/** Runs one operation for one item; a key to rotate is made first. */
async function run(
	resource: string,
	operation: string,
	parameters: any,
	locator: string | undefined,
	options: any,
	settings = {},
) {
	const owners = {
		userId: lab.sandbox.certCentral.us.users.person,
		accountId: lab.sandbox.partner.accounts.subaccount,
		keyId: 0,
	};
	if (locator === 'keyId') {
		const item = { user: owners.userId, account: owners.accountId, name: 'Old' };
		const create = resource === 'userApiKey' ? 'createUserKeys' : 'createSubaccountKeys';
		owners.keyId = (await lab[create]([item])).items('DigiCert')[0].json.id;
	}
	const located = locator === undefined ? {} : { [locator]: byId(Object(owners)[locator]) };
	return await lab.perform(resource, operation, [{}], {
		parameters: { ...parameters, ...located, options },
		settings,
	});
}

/** Everything that an execution holds, hidden fields included. */
function textOf(thing: unknown) {
	return inspect(thing, {
		...{ depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity },
		...{ showHidden: true, breakLength: Infinity },
	});
}

// The texts in an output that look like a compact JWE, at any depth.
/** @param {any} value @returns {{ pem: string, jwe: string }[]} */
function jwesIn(value) {
	if (typeof value === 'string')
		return /^eyJ.*\..*\./.test(value) ? [{ ...mine(), jwe: value }] : [];
	const inner: any[] = Object.values(value ?? {});
	return inner.flatMap(jwesIn);
}

describe.each(OPERATIONS)('%s.%s', (/** @type {[string, string, any, string]} */ ...kase) => {
	const [resource, operation, parameters, locator] = kase;

	test('gives the key to its recipient, and nobody else', async () => {
		const execution = await run(resource, operation, parameters, locator, { recipientPublicKey });
		const [{ json }] = execution.items('Next');
		const [opened] = openWithJose(jwesIn(json));
		const newest = lab.created().at(-1);
		expect(lab.sandbox.holds(String(opened?.text))?.id).toBe(newest?.id);
		expect(typeof json.api_key).not.toBe('string');
		expect(textOf(execution.run) + textOf(lab.log)).not.toContain(opened?.text);
		const hints = execution.run.data.resultData.runData.DigiCert[0].hints ?? [];
		expect(hints).toEqual([]);
	});

	test('a key that cannot be used is refused before anything is created', async () => {
		const secret = privatePemOf(pair.privateKey);
		const execution = await run(resource, operation, parameters, locator, {
			recipientPublicKey: secret,
		});
		expect(errorOf(execution).message).toBe("'Recipient Public Key' holds a private key [item 0]");
		expect(errorOf(execution).description).toContain('Nothing was sent for this item.');
		expect(lab.creations().filter(({ name }) => name !== 'Old')).toEqual([]);
		expect(textOf(execution.error)).not.toContain(secret.split('\n')[1]);
	});
});

test('every key type opens, as PEM and as JWK', async () => {
	const { person } = lab.sandbox.certCentral.us.users;
	const recipients = Object.values(keyPairs).flatMap(({ publicKey, privateKey }) => [
		{ given: pemOf(publicKey), pem: privatePemOf(privateKey) },
		{ given: { ...jwkOf(publicKey), kid: 'k' }, pem: privatePemOf(privateKey) },
	]);
	const items = recipients.map(({ given }, i) => ({ user: person, name: `key ${i}`, given }));
	const execution = await lab.createUserKeys(items, {
		parameters: { options: { recipientPublicKey: '={{ $json.given }}' } },
	});
	const opened = openWithJose(
		execution.items('Next').map(({ json }, i) => ({
			jwe: json.api_key_jwe,
			pem: recipients[i]?.pem,
		})),
	);
	for (const [i, { text, header }] of opened.entries()) {
		expect(lab.sandbox.holds(String(text))?.name).toBe(`key ${i}`);
		expect(header.kid).toBe(i % 2 === 0 ? undefined : 'k');
	}
	expect(opened).toHaveLength(12);
});

describe('an answer of an undocumented form', () => {
	const K = 'Zq8'.repeat(16);
	const create = (body: any, setup: any = {}) => {
		lab.fault(answering(201, body));
		const [resource, operation, parameters] = OPERATIONS[5];
		return lab.perform(resource, operation, [{}], {
			...setup,
			parameters: { ...parameters, options: { recipientPublicKey } },
		});
	};

	test.each([
		{ api_key_label: 'prod', value: K },
		{ api_key_permission: 'FULL', credentials: { value: K } },
		{ token: 'zz', api_key: { name: 'A', value: K } },
		{ api_key_created: '2025', api_keys: [K] },
		{ next_token: 'p2', raw: JSON.stringify({ api_key: K }) },
		{ api_key: K, keys: { [K]: true }, header: `Basic ${Buffer.from(K).toString('base64')}` },
		{ value: K },
	])('%j: the key is delivered, and nowhere in clear', async (body) => {
		const execution = await create(body);
		const [{ json }] = execution.items('Next');
		const opened = openWithJose(jwesIn(json)).map(({ text }) => text);
		expect(textOf(opened)).toContain(K);
		const text = textOf(execution.run) + textOf(lab.log);
		expect(text).not.toContain(K);
		expect(text).not.toContain(Buffer.from(K).toString('base64').slice(0, 30));
	});

	test.each([
		{ id: 5, api_key_permission: 'FULL' },
		{ request_id: 'a1b2c3d4'.repeat(4), trace: 'a1b2c3d4'.repeat(4) },
		{ id: 5, errors: [{ code: 'key_duplicate_subaccount_name', message: 'no' }] },
	])('a success that holds nothing like a key is unknown: %j', async (body) => {
		const execution = await create(body);
		expect(errorOf(execution).message).toContain('may have been created');
	});
});

describe('on the ways that fail', () => {
	test.each([500, 400, 302])('a key in the text of an HTTP %d is in no error', async (status) => {
		const value = 'Zq8'.repeat(16);
		for (const body of [
			{ errors: [{ code: value, message: `created ${value} but failed` }] },
			{ error: `key ${value}` },
			{ api_key: 'k'.repeat(20), errors: [{ message: 'no' }] },
		]) {
			lab.sandbox.addFault({ when: 'before', action: 'reply', reply: { status, body } });
			const execution = await lab.createUserKeys([item('A')], {
				parameters: { options: { recipientPublicKey } },
			});
			expect(execution.status).toBe('error');
			const text = textOf(execution.run) + textOf(lab.log);
			expect(text).not.toContain(value);
			expect(text).not.toContain('k'.repeat(20));
		}
	});

	test('cancelled, with Roll Back off: the key is in the execution encrypted only', async () => {
		const values = listenFor('A');
		lab.fault(faults.slow(300), { match: { name: 'B' } });
		const execution = await lab.createUserKeys(['A', 'B'].map(item), {
			parameters: { options: { recipientPublicKey, rollback: false } },
			settings: { onError: 'continueRegularOutput' },
			onStart: cancelWhen(() => lab.creations({ status: 201 }).length >= 1),
		});
		expect(jsonOf(execution)).toHaveProperty('api_key_jwe');
		expect(textOf(execution.run) + textOf(lab.log)).not.toContain(values[0]);
	});

	const item = (name: string) => ({
		user: lab.sandbox.certCentral.us.users.person,
		name,
	});

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'])(
		'%s: the value is in no execution and no log',
		async (onError) => {
			const values = listenFor('A');
			lab.fault(faults.errorAfter(500), { match: { name: 'B' } });
			lab.fault(faults.wrongTypesAfter(), { match: { name: 'C' } });
			lab.fault(faults.errorsAsObject(), { match: { name: 'D' } });
			const execution = await lab.createUserKeys(['A', 'B', 'C', 'D'].map(item), {
				parameters: { options: { recipientPublicKey, concurrency: 1 } },
				settings: { onError },
			});
			const [value] = values;
			expect(lab.sandbox.holds(String(value))).toBeDefined();
			expect(textOf(execution.run) + textOf(lab.log)).not.toContain(value);
			expect(execution.items('DigiCert')).toHaveLength(
				{ stopWorkflow: 0, continueErrorOutput: 1 }[onError] ?? 4,
			);
		},
	);

	test('an option that an expression leaves empty is refused, not taken for none', async () => {
		const execution = await lab.createUserKeys([item('A')], {
			parameters: { options: { recipientPublicKey: '={{ $json.nothing }}' } },
		});
		expect(errorOf(execution).message).toBe("'Recipient Public Key' is empty [item 0]");
		expect(lab.creations()).toEqual([]);
	});

	test('under Continue, the items with a usable key get theirs', async () => {
		const execution = await lab.createUserKeys(
			[
				{ ...item('A'), key: 'garbage' },
				{ ...item('B'), key: recipientPublicKey },
			],
			{
				parameters: { options: { recipientPublicKey: '={{ $json.key }}' } },
				settings: { onError: 'continueRegularOutput' },
			},
		);
		const [a, b] = execution.items('DigiCert').map(({ json }) => json);
		expect(a.error).toContain("'Recipient Public Key' is neither");
		expect(b).toHaveProperty('api_key_jwe');
		expect(lab.creations().map(({ name }) => name)).toEqual(['B']);
	});

	test('a skipped item of the same run has neither form of the key', async () => {
		const execution = await lab.createUserKeys([item('A'), item('A')], {
			parameters: { options: { recipientPublicKey, ifNameExists: 'skip' } },
		});
		const [first, second] = execution.items('DigiCert').map(({ json }) => json);
		expect(first).toHaveProperty('api_key_jwe');
		expect(Object.keys(second)).toEqual([
			...['id', 'name', 'user_id', 'restricted_to_role_id', 'skipped'],
		]);
	});
});
