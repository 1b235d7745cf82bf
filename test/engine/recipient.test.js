'use strict';

const { inspect } = require('node:util');

const { faults } = require('../../sandbox');
const { openWithJose } = require('../support/jose');
const { jwkOf, keyPairs, pemOf, privatePemOf } = require('../support/keyPairs');
const { byId, useLab } = require('../support/lab');

const lab = useLab();
const pair = keyPairs['P-256'];
const mine = () => ({ jwe: '', pem: privatePemOf(pair.privateKey) });
const recipientPublicKey = pemOf(pair.publicKey);

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
	/** @type {string} */ resource,
	/** @type {string} */ operation,
	/** @type {any} */ parameters,
	/** @type {string | undefined} */ locator,
	/** @type {any} */ options,
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
function textOf(/** @type {unknown} */ thing) {
	return inspect(thing, {
		...{ depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity },
		...{ showHidden: true, breakLength: Infinity },
	});
}

/** The texts in an output that look like a compact JWE. */
function jwesIn(/** @type {any} */ json) {
	/** @type {any[]} */
	const found = [];
	for (const [field, value] of Object.entries(json)) {
		if (field.endsWith('_jwe')) found.push({ ...mine(), jwe: value });
		else if (typeof value === 'object' && value !== null) found.push(...jwesIn(value));
	}
	return found;
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
		expect(execution.error.message).toBe("'Recipient Public Key' holds a private key [item 0]");
		expect(execution.error.description).toContain('Nothing was sent for this item.');
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

describe('on the ways that fail', () => {
	const item = (/** @type {string} */ name) => ({
		user: lab.sandbox.certCentral.us.users.person,
		name,
	});

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'])(
		'%s: the value is in no execution and no log',
		async (onError) => {
			/** @type {string[]} */
			const values = [];
			lab.sandbox.addFault({
				when: 'after',
				action: 'reply',
				match: { name: 'A' },
				reply: ({ body }) => {
					values.push(Object(body).api_key);
					return { status: 201, body };
				},
			});
			lab.sandbox.addFault({ ...faults.errorAfter(500), match: { name: 'B' } });
			lab.sandbox.addFault({ ...faults.wrongTypesAfter(), match: { name: 'C' } });
			lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'D' } });
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
		expect(execution.error.message).toBe("'Recipient Public Key' is empty [item 0]");
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
