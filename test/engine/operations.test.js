'use strict';

const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const { resources } = require('../../dist/nodes/DigiCert/operations');
const { faults } = require('../../sandbox/index.mts');
const { PACKAGE_ROOT } = require('../support/engine');
const { byId, useLab } = require('../support/lab');

const lab = useLab({ rateLimits: [] });

/**
 * What every operation is put through. `items` gives two input items that work, with their
 * parameters as expressions; `bad` is an item that must be refused, and `fault` how.
 *
 * @typedef {object} Case
 * @property {Record<string, unknown>} parameters
 * @property {() => any[]} items
 * @property {Record<string, unknown>} bad fields over those of a good item
 * @property {string} fault
 * @property {Record<string, unknown>} output fields of the first output item
 * @property {boolean} [many] whether an input item gives many output items
 * @property {boolean} [changes] whether it sets something, to which DigiCert answers 204
 */
const us = () => lab.sandbox.certCentral.us;
const partner = () => lab.sandbox.partner;
/** IDs of the seeded keys: a user's live one, and a subaccount's. */
const userKey = () => lab.sandbox.keys({ name: 'Standard user', instance: 'us' })[0].id;
const revokedKey = () => lab.sandbox.keys({ name: 'Former integration', instance: 'us' })[0].id;
const subaccountKey = () => lab.sandbox.keys({ name: 'First customer key' })[0].id;
const otherKey = () => lab.sandbox.keys({ name: 'Second customer key' })[0].id;

const KEY = { keyId: byId('={{ $json.key }}') };
const BAD_KEY = { bad: { key: '1/status' }, fault: "The ID in 'API Key' holds something other" };
const USER_KEYS = () => [{ key: userKey() }, { key: revokedKey() }];
const SUBACCOUNT_KEYS = () => [{ key: subaccountKey() }, { key: otherKey() }];
const LIST = { returnAll: true, limit: '={{ $json.limit }}', filters: {} };
const BAD_LIMIT = { bad: { limit: 0 }, fault: "'Limit' is not a whole number above 0" };

/** @type {Record<string, Case>} */
const CASES = {
	'userApiKey.create': {
		parameters: { userId: byId('={{ $json.user }}'), name: 'A', restrictedToRoleId: 101 },
		items: () => [{ user: us().users.person }, { user: us().users.serviceUser }],
		bad: { user: 'x' },
		fault: "The ID in 'User' holds something other",
		output: { name: 'A', restricted_to_role_id: 101, api_key: expect.any(String) },
	},
	'userApiKey.get': {
		parameters: KEY,
		items: USER_KEYS,
		...BAD_KEY,
		output: { name: 'Standard user', status: 'active', is_acme_directory_url: false },
	},
	'userApiKey.getMany': {
		parameters: { ...LIST, returnAll: false },
		items: () => [{ limit: 2 }, { limit: 3 }],
		...BAD_LIMIT,
		output: { name: 'Administrator' },
		many: true,
	},
	'userApiKey.reactivate': {
		parameters: KEY,
		items: () => [{ key: revokedKey() }, { key: userKey() }],
		...BAD_KEY,
		output: { status: 'active' },
		changes: true,
	},
	'userApiKey.revoke': {
		parameters: { ...KEY, options: { allowOwnKey: true } },
		items: USER_KEYS,
		...BAD_KEY,
		output: { status: 'revoked' },
		changes: true,
	},
	'userApiKey.rotate': {
		parameters: { ...KEY, name: '' },
		items: () => [
			{ key: userKey() },
			{ key: lab.sandbox.keys({ name: 'View only', instance: 'us' })[0].id },
		],
		...BAD_KEY,
		output: {
			name: 'Standard user',
			api_key: expect.any(String),
			replaces: { id: expect.any(Number), name: 'Standard user', status: 'active' },
		},
	},
	'userApiKey.update': {
		parameters: { ...KEY, name: 'Renamed', restrictedToRoleId: 102 },
		items: USER_KEYS,
		...BAD_KEY,
		output: { name: 'Renamed', restricted_to_role_id: 102 },
		changes: true,
	},
	'subaccountApiKey.create': {
		parameters: { accountId: byId('={{ $json.account }}'), name: 'A' },
		items: () => [
			{ account: partner().accounts.subaccount },
			{ account: partner().accounts.otherSubaccount },
		],
		bad: { account: '' },
		fault: "The ID in 'Subaccount' is empty",
		output: { name: 'A', api_key: expect.any(String), status: 'active' },
	},
	'subaccountApiKey.get': {
		parameters: KEY,
		items: SUBACCOUNT_KEYS,
		...BAD_KEY,
		output: { name: 'First customer key', api_key_last4: expect.any(String) },
	},
	'subaccountApiKey.getMany': {
		parameters: { ...LIST, returnAll: false },
		items: () => [{ limit: 2 }, { limit: 3 }],
		...BAD_LIMIT,
		output: { name: 'Parent key' },
		many: true,
	},
	'subaccountApiKey.activate': {
		parameters: KEY,
		items: SUBACCOUNT_KEYS,
		...BAD_KEY,
		output: { status: 'active' },
		changes: true,
	},
	'subaccountApiKey.deactivate': {
		parameters: { ...KEY, options: { allowOwnKey: true } },
		items: SUBACCOUNT_KEYS,
		...BAD_KEY,
		output: { status: 'inactive' },
		changes: true,
	},
	'subaccountApiKey.rotate': {
		parameters: { ...KEY, name: 'Successor' },
		items: SUBACCOUNT_KEYS,
		...BAD_KEY,
		output: {
			name: 'Successor',
			api_key: expect.any(String),
			replaces: { id: expect.any(Number), name: 'First customer key', status: 'active' },
		},
	},
	'serviceUser.create': {
		parameters: {
			email: '={{ $json.email }}',
			name: 'First',
			restrictedToRoleId: 100,
			containerIds: '5, 6',
		},
		items: () => [{ email: 'one@example.com' }, { email: 'two@example.com' }],
		bad: { email: 'nobody' },
		fault: "'Email' is not an email address",
		output: {
			user_id: expect.any(Number),
			key_id: expect.any(Number),
			api_key: expect.any(String),
			name: 'First',
			email: 'one@example.com',
			restricted_to_role_id: 100,
		},
	},
	'serviceUser.getMany': {
		parameters: { ...LIST, returnAll: false },
		items: () => [{ limit: 1 }, { limit: 2 }],
		...BAD_LIMIT,
		output: { id: 1538858 },
		many: true,
	},
	'subaccount.create': {
		parameters: {
			subaccountName: '={{ $json.customer }}',
			name: 'Production API Key',
			emergencyContactEmails: 'security@example.com, emergency@example.com',
		},
		items: () => [{ customer: 'ACME Corporation Subaccount' }, { customer: 'Other' }],
		bad: { customer: ' ' },
		fault: "'Subaccount Name' is empty",
		output: { account_id: expect.any(Number), name: 'ACME Corporation Subaccount' },
	},
	'user.get': {
		parameters: { userId: byId('={{ $json.user }}') },
		items: () => [{ user: us().users.person }, { user: ' me ' }],
		bad: { user: 'you' },
		fault: "The ID in 'User' holds something other",
		output: { id: 125040 },
	},
	'user.getMany': {
		parameters: { ...LIST, returnAll: false },
		items: () => [{ limit: 2 }, { limit: 3 }],
		...BAD_LIMIT,
		output: { id: 125039 },
		many: true,
	},
};

test('every operation of the node is put through this', () => {
	const all = Object.entries(resources).flatMap(([resource, { operations }]) =>
		Object.keys(operations).map((operation) => `${resource}.${operation}`),
	);
	expect(Object.keys(CASES).sort()).toEqual(all.sort());
});

describe.each(Object.entries(CASES))('%s', (name, kase) => {
	const [resource, operation] = name.split('.');
	const creates = ['create', 'rotate'].includes(operation);
	const run = (/** @type {any[]} */ items, setup = {}) =>
		lab.perform(resource, operation, items, { parameters: kase.parameters, ...setup });

	test('works, and puts out what its schema says', async () => {
		const execution = await run(kase.items().slice(0, 1));
		expect(execution.error).toBeUndefined();
		const [{ json }] = execution.items('DigiCert');
		expect(json).toMatchObject(kase.output);

		const file = `dist/nodes/DigiCert/__schema__/v1.0.0/${resource}/${operation}.json`;
		expect(existsSync(path.join(PACKAGE_ROOT, file))).toBe(true);
		expectFits(json, JSON.parse(readFileSync(path.join(PACKAGE_ROOT, file), 'utf8')));
	});

	test('handles many items, in order and paired', async () => {
		const items = kase.items();
		const execution = await run([...items, ...items]);
		const pairs = execution.items('DigiCert').map(({ pairedItem }) => pairedItem.item);
		expect(pairs).toEqual([...pairs].sort((a, b) => a - b));
		expect([...new Set(pairs)]).toEqual([0, 1, 2, 3]);
		if (!kase.many) expect(pairs).toHaveLength(4);
	});

	test('refuses bad input before anything is sent', async () => {
		const [good] = kase.items();
		const execution = await run([good, { ...good, ...kase.bad }]);
		expect(execution.error.message).toContain(kase.fault);
		expect(execution.error.message).toMatch(/\[item 1\]$/);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test.each([
		[403, ' refused this call'],
		[404, 'DigiCert did not find '],
	])('tells a %p with advice', async (status, message) => {
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status, body: { errors: [{ code: 'some|code', message: 'Some text.' }] } },
			times: Infinity,
		});
		const execution = await run(kase.items().slice(0, 1));
		expect(execution.error.message).toContain(message);
		expect(execution.error.message).toMatch(/\[item 0\]$/);
		expect(execution.error.description).toContain('"Some text." (some|code)');
		expect(lab.sandbox.requests()).toHaveLength(1);
	});

	test('tells a broken answer, and loses nothing', async () => {
		lab.sandbox.addFault({ ...faults.htmlBefore(200), times: Infinity });
		const execution = await run(kase.items().slice(0, 1));
		expect(execution.error.description).toContain('HTTP 200 with an HTML page');
		const asked = lab.creations().length === 1 && operation !== 'rotate';
		expect(execution.error.message).toContain(
			kase.changes
				? 'did not confirm the change'
				: asked
					? 'may have been created'
					: 'did not give a usable answer',
		);
		// A creation is looked for once, where the keys are listed.
		expect(lab.sandbox.requests()).toHaveLength(asked ? 2 : 1);
	});

	test('a lost answer is asked for again only where that does no harm', async () => {
		lab.sandbox.addFault({ ...faults.dropAfter(), match: { method: 'POST' }, times: Infinity });
		lab.sandbox.addFault({ ...faults.errorAfter(503), match: { method: 'GET' } });
		lab.sandbox.addFault({ ...faults.dropBefore(), match: { method: 'PUT' }, times: 2 });
		const execution = await run(kase.items().slice(0, 1));
		if (creates) {
			expect(execution.error.message).toContain('may have been created');
			expect(lab.creations()).toHaveLength(1);
		} else {
			expect(execution.error).toBeUndefined();
			const tries = lab.sandbox.requests().map(({ method }) => method);
			expect(tries.filter((method) => method === 'GET').length).not.toBe(1);
			expect([0, 3]).toContain(tries.filter((method) => method === 'PUT').length);
		}
	});

	test('fails as an item of its own when the user chose to continue', async () => {
		const [good, other] = kase.items();
		const execution = await run([good, { ...good, ...kase.bad }, other], {
			settings: { onError: 'continueErrorOutput' },
		});
		const [failed] = execution.items('Failed');
		expect(failed.json).toEqual({ error: expect.stringContaining('[item 1]') });
		const pairs = execution.items('DigiCert').map(({ pairedItem }) => pairedItem.item);
		expect([...new Set(pairs)]).toEqual([0, 2]);
	});
});

/** Every field of an output is in its schema, with its type. @param {any} json @param {any} schema */
function expectFits(json, schema) {
	const typeOf = (/** @type {unknown} */ value) => {
		if (Array.isArray(value)) return 'array';
		return Number.isInteger(value) ? 'integer' : typeof value;
	};
	expect(schema.type).toBe('object');
	for (const [field, value] of Object.entries(json)) {
		if (value === undefined) continue;
		expect([field, schema.properties[field]?.type]).toEqual([field, typeOf(value)]);
		if (typeOf(value) === 'object') expectFits(value, schema.properties[field]);
	}
}
