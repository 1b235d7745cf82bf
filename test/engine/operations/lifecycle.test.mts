import { request } from 'undici';

import { faults } from '../../../sandbox/index.mts';
import {
	ALWAYS,
	answering,
	byId,
	cancelWhen,
	changing,
	LIST,
	NO_KEYS,
	POST,
	useLab,
} from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { anyNumber, anyText, textWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list, record, text } from '../../support/read.mts';
import { textOf } from '../../support/secrets.mts';
import { errorOf, hintsOf, itemErrors, jsonOf, jsonsOf, only } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();

/** What DigiCert says to a key. */
async function statusFor(url: string, header: string, key: unknown): Promise<number> {
	const { statusCode, body } = await request(url, { headers: { [header]: text(key) } });
	await body.dump();
	return statusCode;
}

const doer = (resource: string) => async (operation: string, parameters: Record<string, unknown>) =>
	only(await lab.perform(resource, operation, [{}], { parameters }));

test('the life of a user API key, from its creation to its end', async () => {
	const { users, baseUrl } = lab.sandbox.certCentral.us;
	const perform = doer('userApiKey');
	const accepts = (key: unknown) => statusFor(`${baseUrl}/user/me`, 'X-DC-DEVKEY', key);

	const created = await perform('create', {
		userId: byId(users.person),
		name: 'Build server',
		restrictedToRoleId: 102,
	});
	const found = await perform('getMany', { returnAll: true, filters: { nameContains: 'BUILD' } });
	expect(found).toMatchObject({ id: created.id, status: 'active' });
	const keyId = byId(found.id);
	const { last_used_date: used, ...got } = await perform('get', { keyId });
	expect(got).toMatchObject({ name: 'Build server', restricted_to_role_id: 102 });
	expect(used).toBeUndefined();
	await perform('update', { keyId, name: 'Build server 2', restrictedToRoleId: 'keep' });

	const rotated = await perform('rotate', { keyId, name: '' });
	expect(rotated).toMatchObject({
		name: 'Build server 2',
		user_id: users.person,
		restricted_to_role_id: 102,
		replaces: { id: created.id, name: 'Build server 2', status: 'active' },
	});
	expect([await accepts(created.api_key), await accepts(rotated.api_key)]).toEqual([200, 200]);

	expect(await perform('revoke', { keyId })).toEqual({ id: created.id, status: 'revoked' });
	expect([await accepts(created.api_key), await accepts(rotated.api_key)]).toEqual([403, 200]);
	expect(await perform('reactivate', { keyId })).toEqual({ id: created.id, status: 'active' });
	expect(await accepts(created.api_key)).toBe(200);
});

test('what a workflow of 0.1.0 has saved works: every option and filter of then, and no other', async () => {
	const { person } = lab.sandbox.certCentral.us.users;
	const perform = doer('userApiKey');
	const ways = { concurrency: 10, rateLimitWait: 180, timeout: 30_000 };
	const options = { ...ways, lostReply: 'revoke', rollback: true, verify: true };
	const created = await perform('create', {
		userId: { __rl: true, mode: 'id', value: String(person) },
		...{ name: 'Build server', restrictedToRoleId: 102 },
		options: { ...options, ifNameExists: 'skip' },
	});
	expect(created).toMatchObject({ api_key: anyText, verified: true });
	const filters = {
		...{ createdBefore: '2100-01-01T00:00:00', notUsedSince: '2100-01-01T00:00:00' },
		...{ excludeAcmeUrls: true, nameContains: 'build', status: 'active', userId: String(person) },
	};
	const list = { returnAll: false, limit: 50, filters, options: ways };
	expect(await perform('getMany', list)).toMatchObject({ id: created.id });
	const keyId = { __rl: true, mode: 'id', value: created.id };
	const rotated = await perform('rotate', {
		...{ keyId, name: '' },
		options: { ...options, ifNameExists: 'create' },
	});
	// Nothing is handed over, and nothing but the successor is touched.
	expect(rotated).toMatchObject({ api_key: anyText, replaces: { status: 'active' } });
	expect(rotated).not.toHaveProperty('handed_over');
	const off = await perform('revoke', { keyId, options: { ...ways, allowOwnKey: false } });
	expect(off).toEqual({ id: created.id, status: 'revoked' });
	expect(lab.statuses()).toEqual(['revoked', 'active']);
});

test('the life of a subaccount API key, from its creation to its end', async () => {
	const { accounts, baseUrl } = lab.sandbox.partner;
	const perform = doer('subaccountApiKey');
	const accepts = (key: unknown) => statusFor(`${baseUrl}/api-key`, 'X-PARTNER-APIKEY', key);

	const created = await perform('create', { accountId: byId(accounts.subaccount), name: 'Shop' });
	const found = await perform('getMany', {
		returnAll: true,
		filters: { nameContains: 'shop', accountId: accounts.subaccount, status: 'active' },
	});
	expect(found).toMatchObject({ id: created.id, api_key_last4: text(created.api_key).slice(-4) });
	const keyId = byId(found.id);
	expect(await perform('get', { keyId })).toMatchObject({ name: 'Shop' });

	expect(created).not.toHaveProperty('replaces');
	const rotated = await perform('rotate', { keyId, name: '' });
	expect(rotated).toMatchObject({
		name: 'Shop',
		account_id: accounts.subaccount,
		replaces: { id: created.id, name: 'Shop', status: 'active' },
	});
	expect([await accepts(created.api_key), await accepts(rotated.api_key)]).toEqual([200, 200]);

	expect(await perform('deactivate', { keyId })).toEqual({ id: created.id, status: 'inactive' });
	expect([await accepts(created.api_key), await accepts(rotated.api_key)]).toEqual([403, 200]);
	expect(await perform('activate', { keyId })).toEqual({ id: created.id, status: 'active' });
	expect(await accepts(created.api_key)).toBe(200);
});

describe('rotation', () => {
	const seeded = (name: string) => lab.seeded(name).id;
	const rotate = async (resource: string, keys: number[], setup: NodeSetup = {}) => {
		const parameters = { keyId: byId('={{ $json.key }}'), name: '' };
		const items = keys.map((key) => ({ key }));
		return await lab.perform(resource, 'rotate', items, { parameters, ...setup });
	};

	test.each([
		['userApiKey', 'Former integration', 'is not live, so it has no successor'],
		['userApiKey', 'ACME directory', 'is an ACME directory URL, not an API key'],
		['subaccountApiKey', 'Retired key', 'is not live, so it has no successor'],
	])('%s: refuses "%s" before any key of the run is created', async (resource, name, message) => {
		const good = resource === 'userApiKey' ? 'Standard user' : 'First customer key';
		const error = errorOf(await rotate(resource, [seeded(good), seeded(name)]));
		expect(error.message).toBe(`Key ${seeded(name)} ${message} [item 1]`);
		expect(error.description).toMatch(/Choose another key|Create a new API key instead/);
		expect(lab.creations()).toHaveLength(0);
	});

	/** Rotates a key of which DigiCert tells this. */
	const rotateOld = async (resource: string, old: object) => {
		lab.fault(answering(200, { id: 5, name: 'Old', status: 'active', ...old }));
		return await rotate(resource, [5]);
	};
	const user = () => ({
		user: { id: lab.sandbox.certCentral.us.users.person },
		restricted_to_role_id: 0,
	});

	test('refuses a key whose owner DigiCert does not tell', async () => {
		const { message } = errorOf(await rotateOld('userApiKey', {}));
		expect(message).toContain('Key 5 is not an API key of a user');
		expect(lab.creations()).toEqual([]);
	});

	test.each([
		['102', 102],
		[102, 102],
		[0, 0],
	])('keeps the role restriction %p', async (role, wanted) => {
		const json = only(await rotateOld('userApiKey', { ...user(), restricted_to_role_id: role }));
		expect(json.restricted_to_role_id).toBe(wanted);
		expect(record(at(lab.creations(), 0).body).restricted_to_role_id).toBe(wanted);
	});

	test.each([
		// Without it, the successor might have more rights.
		...[undefined, null, {}, ''].map((role): [string, object, string] => [
			...(['userApiKey', { restricted_to_role_id: role }] as const),
			'The role restriction of key 5 cannot be read',
		]),
		['userApiKey', { name: ' ' }, 'DigiCert tells no name of key 5'],
		['subaccountApiKey', { name: ' ', account_id: 1 }, 'DigiCert tells too little of key 5'],
		['userApiKey', { name: undefined }, 'DigiCert tells no name of key 5'],
		['subaccountApiKey', { name: undefined, account_id: 1 }, 'DigiCert tells too little of key 5'],
		['subaccountApiKey', {}, 'DigiCert tells too little of key 5'],
	])('%s: a key of which it tells %j is not rotated', async (resource, old, message) => {
		const error = errorOf(await rotateOld(resource, { ...user(), ...old }));
		expect(error.message).toBe(`${message} [item 0]`);
		expect(error.description).toMatch(/ Nothing was changed\.$/m);
		expect(error.description).toContain('No API key was created.');
		expect(lab.creations()).toHaveLength(0);
	});

	test.each([null, ''])(
		'an ACME field that is %j does not make a key an ACME directory URL',
		async (acme_directory_url) => {
			only(await rotateOld('userApiKey', { ...user(), acme_directory_url }));
		},
	);

	test('tells when the old key was last used', async () => {
		const last_used_date = '2026-11-20T09:00:00Z';
		for (const [resource, owner] of [
			['userApiKey', user()],
			['subaccountApiKey', { account_id: lab.sandbox.partner.accounts.subaccount }],
		] as const) {
			const json = only(await rotateOld(resource, { ...owner, last_used_date }));
			expect(json.replaces).toEqual({ id: 5, name: 'Old', status: 'active', last_used_date });
		}
	});

	test('under continue, the others are rotated', async () => {
		const keys = ['Former integration', 'Standard user'].map(seeded);
		const settings = { onError: 'continueErrorOutput' } as const;
		const execution = await rotate('userApiKey', keys, { settings });
		expect(record(jsonOf(execution, 0, 'Next').replaces).id).toBe(seeded('Standard user'));
		expect(execution.items('Failed')).toHaveLength(1);
	});
});

describe('update', () => {
	const key = () => lab.seeded('View only');
	const update = (parameters: object) =>
		lab.perform('userApiKey', 'update', [{}], {
			parameters: { keyId: byId(key().id), name: '', restrictedToRoleId: 'keep', ...parameters },
		});

	test.each([
		['the role alone', { restrictedToRoleId: 100 }, 'View only', 100],
		['the name alone', { name: 'Reader' }, 'Reader', 102],
		['both', { name: 'Reader', restrictedToRoleId: 0 }, 'Reader', 0],
	])('of %s keeps what the key has otherwise', async (_, change, name, role) => {
		const wanted = { id: key().id, name, restricted_to_role_id: role };
		expect(only(await update(change))).toEqual(wanted);
		expect(lab.sandbox.keys({ id: wanted.id })[0]).toMatchObject(wanted);
	});

	test('of nothing is refused', async () => {
		expect(errorOf(await update({})).message).toBe(
			"There is nothing to change: 'New Name' is empty and 'Role Restriction' is kept [item 0]",
		);
	});
});

describe("switching off the credential's own key", () => {
	const revoke = (names: string[], options: object = {}) => {
		const parameters = { keyId: byId('={{ $json.key }}'), options };
		const items = names.map((name) => ({ key: lab.seeded(name).id }));
		return lab.perform('userApiKey', 'revoke', items, { parameters });
	};
	const OWN = ['View only', 'Orders', 'User management', 'Administrator'];
	/** Has the list of keys hold others, from the whole one. */
	const listWith = (change: (keys: unknown[]) => unknown[]) => {
		lab.fault(
			changing((body) => ({ api_keys: change(list(body.api_keys)) })),
			LIST,
		);
	};

	test('partner: a key with the same last 4 characters is refused, unless it is allowed', async () => {
		const { keys } = lab.sandbox.partner;
		const own = lab.sandbox.holds(keys.parent)?.id;
		const deactivate = (options: object) =>
			lab.perform('subaccountApiKey', 'deactivate', [{}], {
				parameters: { keyId: byId(own), options },
			});
		const refused = await deactivate({});
		expect(errorOf(refused).message).toBe(
			'This looks like the API key of the credential itself [item 0]',
		);
		expect(lab.sandbox.holds(keys.parent)?.status).toBe('active');
		only(await deactivate({ allowOwnKey: true }));
		expect(lab.sandbox.holds(keys.parent)?.status).toBe('inactive');
	});

	test('CertCentral: refused when it is the only live key of its user', async () => {
		// Any of several keys may be the credential's: DigiCert does not tell.
		for (const name of OWN.slice(0, 3)) only(await revoke([name]));
		const { message, description } = errorOf(await revoke(['Administrator']));
		expect(message).toBe('This is the API key of the credential itself [item 0]');
		expect(description).toContain("turn on the option 'Allow Own Key'");
		only(await revoke(['Administrator'], { allowOwnKey: true }));
	});

	test("lets another user's only live key be revoked", async () => {
		expect((await revoke(['Standard user'])).error).toBeUndefined();
	});

	test('holds when all keys of the user are revoked at once', async () => {
		const error = errorOf(await revoke(OWN));
		expect(error.message).toBe('This is the API key of the credential itself [item 3]');
		expect(lab.seeded('Administrator').status).toBe('active');
	});

	test('is not misled by a list that shows the last one twice', async () => {
		await revoke(OWN.slice(0, 3));
		listWith((keys) => [...keys, ...keys]);
		expect(errorOf(await revoke(['Administrator'])).message).toContain('the credential itself');
	});

	test('is not misled by a list that does not show the last one', async () => {
		await revoke(OWN.slice(0, 3));
		const { id } = lab.seeded('Administrator');
		listWith((keys) => keys.filter((key) => record(key).id !== id));
		const error = errorOf(await revoke(['Administrator']));
		expect(error.message).toContain('the credential itself');
		expect(error.description).toContain("no other live key of the credential's user");
		expect(lab.seeded('Administrator').status).toBe('active');
	});

	test('holds for a key whose owner DigiCert does not tell', async () => {
		await revoke(OWN.slice(0, 3));
		lab.fault(
			changing((body) => ({ ...body, user: undefined })),
			{ match: { method: 'GET', path: /^\/key\/\d+$/ } },
		);
		expect(errorOf(await revoke(['Administrator'])).message).toContain('the credential itself');
		expect(lab.seeded('Administrator').status).toBe('active');
	});

	test("does not count somebody else's key that may be taken", async () => {
		await revoke(OWN.slice(0, 3));
		const items = ['Standard user', 'Administrator'].map((name) => ({
			...{ key: lab.seeded(name).id, own: name !== 'Administrator' },
		}));
		const { description } = errorOf(
			await lab.perform('userApiKey', 'revoke', items, {
				parameters: {
					...{ keyId: byId('={{ $json.key }}'), options: { allowOwnKey: '={{ $json.own }}' } },
				},
			}),
		);
		expect(description).toContain("DigiCert lists no other live key of the credential's user.");
	});

	test.each([
		['before', ['Orders', 'Administrator']],
		['behind', ['Administrator', 'Orders']],
	])('counts a key that another item %s it is allowed to take', async (_, names) => {
		await revoke(['View only', 'User management']);
		const items = names.map((name) => ({ key: lab.seeded(name).id, own: name === 'Orders' }));
		const error = errorOf(
			await lab.perform('userApiKey', 'revoke', items, {
				parameters: {
					...{ keyId: byId('={{ $json.key }}'), options: { allowOwnKey: '={{ $json.own }}' } },
				},
			}),
		);
		expect(error.message).toContain('This is the API key of the credential itself');
		expect(lab.seeded('Administrator').status).toBe('active');
	});

	test('asks who the user is once for all items', async () => {
		await revoke(OWN.slice(0, 3));
		expect(lab.sandbox.requests({ path: '/user/me' })).toHaveLength(1);
	});

	test('says what its look-ups are for when they do not work', async () => {
		lab.fault(answering(404, {}), { match: { path: '/user/me' } });
		const error = errorOf(await revoke(['Administrator']));
		expect(error.message).toBe('DigiCert did not find the user of the credential [item 0]');
		expect(error.description).toContain("the option 'Allow Own Key' leaves that out");
		expect(error.description).not.toContain("Check 'User'");
	});

	test('is not misled by a list that holds the keys of others', async () => {
		const { id } = lab.seeded('Administrator');
		listWith(() => [
			{ id, user: { id: 125039 }, status: 'active', name: 'A' },
			{ id: 1, user: { id: 1 }, status: 'active', name: 'B' },
		]);
		expect(errorOf(await revoke(['Administrator'])).message).toContain('the credential itself');
	});

	test('a list without a live key leaves open which one it is', async () => {
		listWith(() => []);
		expect(errorOf(await revoke(['Administrator'])).message).toBe(
			'This may be the API key of the credential itself [item 0]',
		);
	});
});

describe('service users', () => {
	const create = (
		parameters: object = {},
		setup: NodeSetup = {},
		items: Record<string, unknown>[] = [{}],
	) => {
		const form = { name: 'First', restrictedToRoleId: 0, containerIds: '' };
		const given = { email: 'robot@example.com', ...form, ...parameters };
		return lab.perform('serviceUser', 'create', items, { parameters: given, ...setup });
	};

	test("DigiCert's id is the user's; the key's is looked up", async () => {
		const json = only(await create());
		const key = lab.sandbox.holds(text(json.api_key));
		expect([json.user_id, json.key_id]).toEqual([key?.ownerId, key?.id]);
		expect(at(lab.creations(), 0).body).toEqual({
			is_api_only: true,
			email: 'robot@example.com',
			api_name: 'First',
			restricted_to_role_id: 0,
		});
	});

	test.each([
		['is refused', faults.forbiddenInvalidKey(), 'did not accept the API key'],
		['gives nothing', NO_KEYS, "the new service user's key was not found"],
	])(
		'look-ups that %s cost the key_ids, not the keys, and one hint says so',
		async (_, fault, why) => {
			lab.fault(fault, { match: { method: 'GET' }, ...ALWAYS });
			const execution = await create({}, {}, [{}, {}]);
			for (const json of jsonsOf(execution)) {
				expect(json).toMatchObject({ user_id: anyNumber, api_key: anyText });
				expect(json).not.toHaveProperty('key_id');
			}
			expect(jsonsOf(execution)).toHaveLength(2);
			const hints = hintsOf(execution).filter((hint) => hint.includes('could not be looked up'));
			expect(hints).toEqual([textWith(why)]);
			expect(hints[0]).toContain('their IDs could not be looked up [item 0, 1]: ');
		},
	);

	test('an answer without an ID costs the key_id, not the key', async () => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		const execution = await create();
		expect(only(execution)).toMatchObject({ api_key: anyText });
		expect(only(execution)).not.toHaveProperty('key_id');
		expect(hintsOf(execution)[0]).toContain("the new service user's key was not found");
	});

	test.each([
		['several keys', [{ id: 1 }, { id: 2 }]],
		["another user's key", [{ id: 777, user: { id: 1 }, name: 'First' }]],
		['a key of another name', [{ id: 777, name: 'Second' }]],
	])('a list with %s gives no key_id', async (_, keys) => {
		const shown = keys.map((entry) => ({ user: { id: 1538861 }, name: 'First', ...entry }));
		lab.fault(answering(200, { api_keys: shown }), { match: { method: 'GET' } });
		const json = only(await create());
		expect(json).toHaveProperty('api_key');
		expect(json).not.toHaveProperty('key_id');
	});

	test('keys of an execution that is cancelled during the look-up are named in the log', async () => {
		lab.fault(faults.slow(3000), { match: { method: 'GET' } });
		const onStart = cancelWhen(() => lab.sandbox.requests({ method: 'GET' }).length > 0);
		await create({}, { onStart });
		const text = textOf(lab.log);
		const { id, status } = at(lab.created(), 0);
		expect(status).toBe('revoked');
		expect(text).toContain(`Switched off again, because nobody receives them: ${id}.`);
		expect(text).toContain('The service user itself remains in each case.');
	});

	test('divisions are taken in every form', async () => {
		const forms = ['5', ' 5, 6 ', [5, 6], 5];
		const items = forms.map((divisions, i) => ({ email: `robot${i}@example.com`, divisions }));
		const parameters = { email: '={{ $json.email }}', containerIds: '={{ $json.divisions }}' };
		await create({ ...parameters, options: { concurrency: 1 } }, {}, items);
		const sent = lab.creations().map(({ body }) => record(body).container_id_assignments);
		expect(sent).toEqual([[5], [5, 6], [5, 6], [5]]);
	});

	test.each([
		['containerIds', ['5, x', '5,,6', [5, {}], '', ' '], "The ID in 'Division IDs'"],
		[
			'email',
			[' ', 'a@b@c', 'a b@c.d', `${'a'.repeat(250)}@b.com`, 5],
			"'Email' is not an email address",
		],
	])('%s is refused for each of %j', async (field, values, message) => {
		const items = values.map((value) => ({ value }));
		const settings = { onError: 'continueRegularOutput' } as const;
		const execution = await create({ [field]: '={{ $json.value }}' }, { settings }, items);
		expect(itemErrors(execution).map((error) => error.message)).toEqual(
			values.map(() => textWith(message)),
		);
		expect(lab.sandbox.requests()).toEqual([]);
	});
});

describe('subaccounts', () => {
	const create = (parameters: Record<string, unknown> = {}) =>
		lab.createSubaccounts(['ACME Corporation Subaccount'], {
			parameters: { name: 'Production API Key', ...parameters },
		});

	test('the documented request is sent', async () => {
		await create({ emergencyContactEmails: 'security@example.com, emergency@example.com' });
		expect(at(lab.creations(), 0).body).toEqual({
			name: 'ACME Corporation Subaccount',
			api_key_name: 'Production API Key',
			emergency_contact_emails: ['security@example.com', 'emergency@example.com'],
		});
	});

	test.each([
		['', undefined],
		["={{ ['a@example.com'] }}", ['a@example.com']],
	])('the addresses %j are sent as %j', async (emergencyContactEmails, sent) => {
		await create({ emergencyContactEmails });
		expect(record(at(lab.creations(), 0).body).emergency_contact_emails).toEqual(sent);
	});

	test('a wrong address is refused', async () => {
		const execution = await create({ emergencyContactEmails: 'a@example.com, b' });
		expect(errorOf(execution).message).toContain(
			"'Emergency Contact Emails' is not an email address",
		);
	});

	// The fields of the answer are not documented, so it is passed on whole.
	test.each([
		{ id: 1, api_key: 'value-of-the-new-key' },
		{ id: 1, api_key: 'short' },
		{ account: { id: 1 }, api_key: { id: 2, api_key: 'value-of-the-new-key' } },
		{ account_id: 1, key: 'value-of-the-new-key' },
		{ account_id: 1, apiKey: 'value-of-the-new-key' },
		{ account_id: 1, keys: [{ id: 2, api_key: 'value-of-the-new-key' }] },
		{ account_id: 1, subaccount_key: 'value-of-the-new-key' },
		{ account_id: 1, api_key_value: 'value-of-the-new-key' },
		{ account_id: 1, secret: 'value-of-the-new-key' },
	])('the answer %j is taken for a success', async (body) => {
		lab.fault(answering(201, body));
		expect(only(await create())).toEqual(body);
	});

	test.each([
		{ id: 1 },
		{ id: 1, api_key: '' },
		{ id: 1, api_key_name: 'value-of-the-new-key', api_key_last4: 'alue', key_status: 'active' },
		{ id: 1, api_key_id: 'value-of-the-new-key' },
		{ id: 1, api_keys: ['short', 5] },
		{ id: 1, api_key: 'Production API Key' },
	])('the answer %j holds no key, so nobody can tell', async (body) => {
		lab.fault(answering(201, body));
		const error = errorOf(await create());
		expect(error.message).toContain('may have been created');
		expect(error.description).toContain('of a new subaccount named "ACME Corporation Subaccount"');
		expect(error.description).toContain('The subaccount itself may exist as well');
	});

	test.each([
		{ key: 'S3CR3T' },
		{ key: `S3CR3T${'a'.repeat(18)}` },
		{ why: JSON.stringify({ new_token: 'S3CR3T' }) },
		{ detail: 1, secret: `S3CR3T-${'b'.repeat(24)}` },
		{ id: `S3CR3T${'a'.repeat(30)}` },
	])('the refusal %j is not quoted', async (body) => {
		lab.fault(answering(500, body));
		const error = errorOf(await create());
		expect(error.description).toContain('DigiCert answered HTTP 500 with JSON');
		expect(JSON.stringify(error)).not.toContain('S3CR3T');
	});
});

describe('an ACME directory URL, which DigiCert lists among the keys', () => {
	test.each([
		['revoke', {}],
		['revoke', { options: { allowOwnKey: true } }],
		['reactivate', {}],
		['update', { name: 'x', restrictedToRoleId: 'keep' }],
		['update', { name: 'x', restrictedToRoleId: 0 }],
	])('is left alone by %s with %j', async (operation, parameters) => {
		const keyId = byId(lab.seeded('ACME directory').id);
		const more = { parameters: { keyId, ...parameters } };
		const error = errorOf(await lab.perform('userApiKey', operation, [{}], more));
		expect(error.message).toContain('is an ACME directory URL, not an API key [item 0]');
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});
});

describe('DigiCert answers with the record of another key', () => {
	test.each(['get', 'revoke', 'rotate'])(
		'%s: refused, and nothing is changed',
		async (operation) => {
			const { id } = lab.seeded('Standard user');
			const other = { id: lab.seeded('View only').id, status: 'active', user: { id: 1 } };
			lab.fault(answering(200, other), { match: { method: 'GET', path: `/key/${id}` } });
			const parameters = { keyId: byId(id), ...(operation === 'rotate' ? { name: '' } : {}) };
			const error = errorOf(await lab.perform('userApiKey', operation, [{}], { parameters }));
			expect(error.message).toBe(`DigiCert answered with another key than ${id} [item 0]`);
			expect(lab.sandbox.requests().map(({ method }) => method)).toEqual(['GET']);
		},
	);
});

test('an update that is answered with a status is done', async () => {
	lab.fault(answering(200, { status: 'inactive' }), { match: { method: 'PUT' } });
	const keyId = byId(lab.seeded('Standard user').id);
	const parameters = { keyId, name: 'x', restrictedToRoleId: 'keep' };
	only(await lab.perform('userApiKey', 'update', [{}], { parameters }));
});

test('a partner key whose last 4 characters DigiCert does not tell may be the own one', async () => {
	lab.fault(
		changing((key) => ({ ...key, api_key_last4: undefined })),
		{ match: { method: 'GET', path: /^\/api-key\/\d+$/ } },
	);
	const keyId = byId(lab.seeded('Parent key').id);
	const error = errorOf(
		await lab.perform('subaccountApiKey', 'deactivate', [{}], { parameters: { keyId } }),
	);
	expect(error.message).toBe('This may be the API key of the credential itself [item 0]');
	expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
});
