'use strict';

const { faults } = require('../../sandbox/index.mts');
const { byId, useLab } = require('../support/lab');

const lab = useLab();

const LIST = { method: 'GET', path: /^\/(api-)?key$/ };

const APIS = /** @type {const} */ ([
	['CertCentral', 'createUserKeys', 'userApiKey', 'revoke'],
	['the partner API', 'createSubaccountKeys', 'subaccountApiKey', 'deactivate'],
]);

describe.each(APIS)('%s', (_, create, resource, switchOff) => {
	const item = (/** @type {string} */ name) => ({
		user: lab.sandbox.certCentral.us.users.person,
		account: lab.sandbox.partner.accounts.subaccount,
		name,
	});
	const ofOther = (/** @type {string} */ name) => ({
		user: lab.sandbox.certCentral.us.users.serviceUser,
		account: lab.sandbox.partner.accounts.otherSubaccount,
		name,
	});
	const run = (
		/** @type {string[]} */ names,
		/** @type {string} */ ifNameExists,
		onError = 'stopWorkflow',
	) =>
		lab[create](names.map(item), {
			parameters: { options: { ifNameExists } },
			settings: { onError },
		});
	const jsons = (/** @type {any} */ execution) =>
		execution.items('DigiCert').map((/** @type {any} */ { json }) => json);
	const rotate = (/** @type {number[]} */ ids, /** @type {string} */ ifNameExists) =>
		lab.perform(
			resource,
			'rotate',
			ids.map((id) => ({ id })),
			{ parameters: { keyId: byId('={{ $json.id }}'), name: '', options: { ifNameExists } } },
		);

	test('create: another one, without looking', async () => {
		await run(['A'], 'create');
		await run(['A'], 'create');
		expect(lab.created()).toHaveLength(2);
		expect(lab.sandbox.requests({ method: 'GET' })).toEqual([]);
	});

	test('skip: a schedule makes one key, however often it runs', async () => {
		const [first] = jsons(await run(['A', 'B'], 'skip'));
		for (let hour = 0; hour < 3; hour++) {
			const [a, b] = jsons(await run(['A', 'B'], 'skip'));
			expect(a).toMatchObject({ id: first.id, name: 'A', status: 'active', skipped: true });
			expect(b).toMatchObject({ name: 'B', skipped: true });
			expect(a).not.toHaveProperty('api_key');
		}
		expect(lab.creations()).toHaveLength(2);
	});

	test('one look-up serves all items of an owner', async () => {
		await run(['A', 'B', 'C', 'D'], 'skip');
		expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
	});

	test('skip, twice in one run: the second is skipped, with the record of the first', async () => {
		const [first, second] = jsons(await run(['A', 'A'], 'skip'));
		const { api_key: value, ...record } = first;
		expect(lab.sandbox.holds(value)).toBeDefined();
		expect(second).toEqual({ ...record, skipped: true });
		expect(lab.creations()).toHaveLength(1);
	});

	test('skip, twice in one run, the first refused: the second is tried', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'A' } });
		const [, second] = jsons(await run(['A', 'A'], 'skip', 'continueRegularOutput'));
		expect(second).toHaveProperty('api_key');
	});

	test.each(['continueRegularOutput', 'stopWorkflow'])(
		'skip, twice in one run, the first unknown, %s: the second is not sent',
		async (onError) => {
			lab.sandbox.addFault({ ...faults.dropAfter(), match: { name: 'A' } });
			const execution = await run(['A', 'A'], 'skip', onError);
			expect(lab.creations()).toHaveLength(1);
			if (onError === 'stopWorkflow') return;
			const [, { error }] = execution.items('DigiCert');
			expect(error.message).toBe(
				'Not sent, because item 0 of this run asked for the same API key and did not receive it [item 1]',
			);
		},
	);

	test('each owner has a list of its own', async () => {
		const other = ofOther('A');
		await lab[create]([other]);
		const options = { ifNameExists: 'skip' };
		const both = await lab[create]([item('A'), other], { parameters: { options } });
		const [mine, theirs] = jsons(both);
		expect([mine.skipped, theirs.skipped]).toEqual([undefined, true]);
	});

	test('a live key of the name whose owner is not told counts: no second one is made', async () => {
		await run(['A'], 'create');
		lab.sandbox.addFault({
			when: 'after',
			action: 'reply',
			match: LIST,
			reply: ({ body }) => ({
				status: 200,
				body: {
					api_keys: Object(body).api_keys.map((/** @type {any} */ key) => ({
						...key,
						user: undefined,
						account_id: undefined,
					})),
				},
			}),
		});
		const [json] = jsons(await run(['A'], 'skip'));
		expect(json.skipped).toBe(true);
	});

	test('a skipped item of the same run has the record of the key, and no field more', async () => {
		lab.sandbox.addFault({
			when: 'after',
			action: 'reply',
			match: { method: 'POST' },
			reply: ({ body }) => ({
				status: 201,
				body: { ...Object(body), secret: Object(body).api_key },
			}),
		});
		const [, second] = jsons(await run(['A', 'A'], 'skip'));
		expect(second).toMatchObject({ name: 'A', skipped: true });
		expect(Object.keys(second)).not.toContain('secret');
		expect(Object.keys(second)).not.toContain('api_key');
	});

	test('only live keys count, of this owner, with just this name', async () => {
		const [{ id }] = jsons(await run(['A', 'a'], 'create'));
		await lab.perform(resource, switchOff, [{}], { parameters: { keyId: byId(id) } });
		const other = ofOther('A');
		await lab[create]([other]);
		const [json] = jsons(await run(['A'], 'skip'));
		expect(json).toHaveProperty('api_key');
	});

	test('of several, the newest is put out', async () => {
		await run(['A', 'A', 'A'], 'create');
		const [old, newest, undated] = lab.created().map(({ id }) => id);
		const times = new Map([
			[old, '2024-01-01T00:00:00Z'],
			[newest, '2025-01-01T00:00:00Z'],
			[undated, 'lately'],
		]);
		lab.sandbox.addFault({
			when: 'after',
			action: 'reply',
			match: LIST,
			reply: ({ body }) => ({
				status: 200,
				body: {
					api_keys: Object(body).api_keys.map((/** @type {any} */ key) => {
						const time = times.get(key.id);
						return { ...key, create_date: time, created_at: time };
					}),
				},
			}),
		});
		const [json] = jsons(await run(['A'], 'skip'));
		expect(json.id).toBe(newest);
	});

	test('fail: nothing is created at all when the node stops', async () => {
		const [{ id }] = jsons(await run(['B'], 'create'));
		const execution = await run(['A', 'B', 'C'], 'fail');
		expect(execution.error.message).toBe(
			`There is already a live API key of this name: key ${id} [item 1]`,
		);
		expect(execution.error.description).toContain('No API key was created.');
		expect(lab.creations()).toHaveLength(1);
	});

	test('fail under Continue: the other items get their keys', async () => {
		await run(['B'], 'create');
		const [a, b, c] = jsons(await run(['A', 'B', 'C'], 'fail', 'continueRegularOutput'));
		expect([a, c].every((json) => 'api_key' in json)).toBe(true);
		expect(b.error).toContain('There is already a live API key of this name');
	});

	test('fail: two items of one run with the same name', async () => {
		const execution = await run(['A', 'B', 'A'], 'fail');
		expect(execution.error.message).toBe(
			'Item 0 of this run asks for an API key of the same name and owner [item 2]',
		);
		expect(lab.creations()).toEqual([]);
		const [a, b, again] = jsons(await run(['A', 'B', 'A'], 'fail', 'continueRegularOutput'));
		expect([a, b].every((json) => 'api_key' in json)).toBe(true);
		expect(again.error).toContain('Item 0 of this run asks for');
	});

	test.each(['skip', 'fail'])('%s: no list, no key', async (policy) => {
		lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: LIST, times: Infinity });
		const execution = await run(['A'], policy);
		expect(execution.error.description).toContain('HTTP 403');
		expect(lab.creations()).toEqual([]);
	});

	test('rotate: the key that is replaced does not count, its successor does', async () => {
		const [{ id }] = jsons(await run(['A'], 'create'));
		const [successor] = jsons(await rotate([id], 'skip'));
		expect(successor).toMatchObject({ name: 'A', replaces: { id } });
		const [skipped] = jsons(await rotate([id], 'skip'));
		expect(skipped).toMatchObject({ id: successor.id, skipped: true });
		expect(skipped).not.toHaveProperty('replaces');
		expect((await rotate([id], 'fail')).error.message).toContain(`key ${successor.id}`);
		expect(lab.created()).toHaveLength(2);
	});

	test('rotate, the same key twice in one run: one successor', async () => {
		const [{ id }] = jsons(await run(['A'], 'create'));
		const [first, second] = jsons(await rotate([id, id], 'skip'));
		expect(first).toHaveProperty('replaces');
		expect(second).toMatchObject({ id: first.id, skipped: true });
		expect(second).not.toHaveProperty('replaces');
		expect(second).not.toHaveProperty('api_key');
	});
});

test.each([
	['ifNameExists', 'maybe', "'If Name Exists' is none of its values"],
	['lostReply', 'ignore', "'Lost Reply' is none of its values"],
	['rollback', 'no', "'Roll Back' is none of its values"],
])('an expression that gives %s no value of it is refused', async (option, value, message) => {
	const { person } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys([{ user: person, name: 'A' }], {
		parameters: { options: { [option]: value } },
	});
	expect(execution.error.message).toContain(message);
	expect(execution.error.description).toContain('An expression has to give');
	expect(lab.sandbox.requests()).toEqual([]);
});
