import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { resources } from '../../../dist/nodes/DigiCert/operations/index.js';
import { faults } from '../../../sandbox/index.mts';
import { PACKAGE_ROOT } from '../../support/engine.mts';
import { ALWAYS, answering, byId, POST, PUT, useLab } from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { isRecord, parse, record } from '../../support/read.mts';
import { errorOf, jsonOf, jsonsOf, pairsOf } from '../../support/told.mts';
import { anyText, anyNumber, textWith } from '../../support/matchers.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();

/** What a 404 says was not there, with the parameter that it comes from, if from one. */
const NOT_FOUND =
	/^DigiCert did not find (the list of (API keys|users)|what the request names|(key|user|subaccount) \d+) \[item 0\]\n.+\n(Check that|Check '(API Key|User|Subaccount)', and)/;

/** What every operation is put through. */
interface Case {
	/** Those of the node, as expressions over the items. */
	parameters: Record<string, unknown>;
	/** Two input items that work. */
	items: () => [Record<string, unknown>, Record<string, unknown>];
	/** Fields over those of a good item with which it must be refused, and how. */
	bad: Record<string, unknown>;
	fault: string;
	/** Fields of the first output item. */
	output: Record<string, unknown>;
	/** Whether an input item gives many output items. */
	many?: boolean;
	/** Whether it sets something, to which DigiCert answers 204. */
	changes?: boolean;
	/** Whether DigiCert does not document what it answers, so that a schema would be invented. */
	undocumented?: boolean;
}

const us = () => lab.sandbox.certCentral.us;
const partner = () => lab.sandbox.partner;
/** IDs of the seeded keys: a user's live one, and a subaccount's. */
const userKey = () => lab.seeded('Standard user').id;
const revokedKey = () => lab.seeded('Former integration').id;
const subaccountKey = () => lab.seeded('First customer key').id;
const otherKey = () => lab.seeded('Second customer key').id;

const KEY = { keyId: byId('={{ $json.key }}') };
const BAD_KEY = { bad: { key: '1/status' }, fault: "The ID in 'API Key' holds something other" };
const USER_KEYS: Case['items'] = () => [{ key: userKey() }, { key: revokedKey() }];
const SUBACCOUNT_KEYS: Case['items'] = () => [{ key: subaccountKey() }, { key: otherKey() }];
const LIST = { returnAll: true, limit: '={{ $json.limit }}', filters: {} };
const BAD_LIMIT = { bad: { limit: 0 }, fault: "'Limit' is not a whole number above 0" };

const CASES: Record<string, Case> = {
	'userApiKey.create': {
		parameters: { userId: byId('={{ $json.user }}'), name: 'A', restrictedToRoleId: 101 },
		items: () => [{ user: us().users.person }, { user: us().users.serviceUser }],
		bad: { user: 'x' },
		fault: "The ID in 'User' holds something other",
		output: { name: 'A', restricted_to_role_id: 101, api_key: anyText },
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
		items: () => [{ key: userKey() }, { key: lab.seeded('View only').id }],
		...BAD_KEY,
		output: {
			name: 'Standard user',
			api_key: anyText,
			replaces: { id: anyNumber, name: 'Standard user', status: 'active' },
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
		output: { name: 'A', api_key: anyText, status: 'active' },
	},
	'subaccountApiKey.get': {
		parameters: KEY,
		items: SUBACCOUNT_KEYS,
		...BAD_KEY,
		output: { name: 'First customer key', api_key_last4: anyText },
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
			api_key: anyText,
			replaces: { id: anyNumber, name: 'First customer key', status: 'active' },
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
			user_id: anyNumber,
			key_id: anyNumber,
			api_key: anyText,
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
		output: { account_id: anyNumber, name: 'ACME Corporation Subaccount' },
		undocumented: true,
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
	const [resource = '', operation = ''] = name.split('.');
	const creates = ['create', 'rotate'].includes(operation);
	const run = (items: Record<string, unknown>[], setup: NodeSetup = {}) =>
		lab.perform(resource, operation, items, { parameters: kase.parameters, ...setup });

	test('works, and puts out what its schema says', async () => {
		const execution = await run(kase.items().slice(0, 1));
		expect(execution.error).toBeUndefined();
		const json = jsonOf(execution);
		expect(json).toMatchObject(kase.output);

		const file = `dist/nodes/DigiCert/__schema__/v1.0.0/${resource}/${operation}.json`;
		expect(existsSync(path.join(PACKAGE_ROOT, file))).toBe(true);
		const schema = parse(readFileSync(path.join(PACKAGE_ROOT, file), 'utf8'));
		if (kase.undocumented === true) expect(record(schema).properties).toEqual({});
		else expectFits(json, schema);
	});

	test('handles many items, in order and paired; under Continue a bad one fails alone', async () => {
		const [good, other] = kase.items();
		// A key has one successor in a run.
		const more = operation === 'rotate' ? [] : [good, other];
		const items = [good, { ...good, ...kase.bad }, other, ...more];
		const execution = await run(items, { settings: { onError: 'continueErrorOutput' } });
		expect(jsonsOf(execution, 'Failed')).toEqual([{ error: textWith('[item 1]') }]);
		const pairs = pairsOf(execution);
		expect(pairs).toEqual([...pairs].sort((a, b) => Number(a) - Number(b)));
		expect([...new Set(pairs)]).toEqual([0, 2, 3, 4].slice(0, items.length - 1));
		if (kase.many !== true) expect(pairs).toHaveLength(items.length - 1);
	});

	test('refuses bad input before anything is sent', async () => {
		const [good] = kase.items();
		const execution = await run([good, { ...good, ...kase.bad }]);
		expect(errorOf(execution).message).toContain(kase.fault);
		expect(errorOf(execution).message).toMatch(/\[item 1\]$/);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test.each([
		[403, / refused this call .*\[item 0\]\n/],
		[404, NOT_FOUND],
	])('tells a %p with advice', async (status, message) => {
		const errors = [{ code: 'some|code', message: 'Some text.' }];
		lab.fault(answering(status, { errors }), ALWAYS);
		const execution = await run(kase.items().slice(0, 1));
		const error = errorOf(execution);
		expect(`${error.message}\n${error.description}`).toMatch(message);
		expect(error.description).toContain('"Some text." (some|code)');
		expect(lab.sandbox.requests()).toHaveLength(1);
	});

	test('tells a broken answer, and loses nothing', async () => {
		lab.fault(faults.htmlBefore(200), { ...(kase.changes === true ? PUT : {}), ...ALWAYS });
		const execution = await run(kase.items().slice(0, 1));
		expect(errorOf(execution).description).toContain('HTTP 200 with an HTML page');
		const asked = lab.creations().length === 1 && operation !== 'rotate';
		expect(errorOf(execution).message).toContain(
			kase.changes === true
				? 'did not confirm the change'
				: asked
					? 'may have been created'
					: 'did not give a usable answer',
		);
		// A creation is looked for once, where the keys are listed.
		const sent = lab.sandbox.requests(kase.changes === true ? { method: 'PUT' } : {});
		expect(sent).toHaveLength(asked ? 2 : 1);
	});

	test('a lost answer is asked for again only where that does no harm', async () => {
		lab.fault(faults.dropAfter(), { ...POST, ...ALWAYS });
		lab.fault(faults.errorAfter(503), { match: { method: 'GET' } });
		lab.fault(faults.dropBefore(), { ...PUT, times: 2 });
		const execution = await run(kase.items().slice(0, 1));
		if (creates) {
			expect(errorOf(execution).message).toContain('may have been created');
			expect(lab.creations()).toHaveLength(1);
		} else {
			expect(execution.error).toBeUndefined();
			const tries = lab.sandbox.requests().map(({ method }) => method);
			expect(tries.filter((method) => method === 'GET').length).not.toBe(1);
			expect([0, 3]).toContain(tries.filter((method) => method === 'PUT').length);
		}
	});
});

/** Every field of an output is in its schema, with its type. */
function expectFits(json: unknown, schema: unknown): void {
	const typeOf = (value: unknown) => {
		if (Array.isArray(value)) return 'array';
		return Number.isInteger(value) ? 'integer' : typeof value;
	};
	const { type, properties } = record(schema);
	expect(type).toBe('object');
	for (const [field, value] of Object.entries(record(json))) {
		if (value === undefined) continue;
		const described = record(properties)[field];
		expect([field, isRecord(described) ? described.type : undefined]).toEqual([
			field,
			typeOf(value),
		]);
		if (typeOf(value) === 'object') expectFits(value, described);
	}
}
