'use strict';

const { faults } = require('../../sandbox/index.mts');
const { useLab } = require('../support/lab');

const lab = useLab();

describe('Create User API Key', () => {
	test('puts out the key with what a next step needs, and DigiCert takes it', async () => {
		const { users } = lab.sandbox.certCentral.us;
		const execution = await lab.createUserKeys([{ user: users.person, name: 'New API Key' }], {
			parameters: { restrictedToRoleId: 102 },
		});

		expect(execution.status).toBe('success');
		const [{ json, pairedItem }] = execution.items('DigiCert');
		const record = lab.sandbox.holds(json.api_key);
		expect(json).toEqual({
			id: record?.id,
			api_key: expect.any(String),
			name: 'New API Key',
			user_id: users.person,
			restricted_to_role_id: 102,
		});
		expect(pairedItem).toEqual({ item: 0 });
		expect(record).toMatchObject({
			status: 'active',
			name: 'New API Key',
			ownerId: users.person,
			restricted_to_role_id: 102,
		});
	});

	test('sends the documented request, once', async () => {
		const { users } = lab.sandbox.certCentral.us;
		await lab.createUserKeys([{ user: users.serviceUser, name: 'New API Key' }]);

		expect(lab.sandbox.requests()).toEqual([
			expect.objectContaining({
				method: 'POST',
				instance: 'us',
				path: `/key/user/${users.serviceUser}`,
				query: {},
				body: { name: 'New API Key', restricted_to_role_id: 0 },
				headerNames: expect.arrayContaining(['x-dc-devkey', 'content-type', 'accept']),
				status: 201,
			}),
		]);
	});

	test.each([0, 100, 101, 102, 103, '103'])('takes the role restriction %p', async (role) => {
		const { users } = lab.sandbox.certCentral.us;
		const execution = await lab.createUserKeys([{ user: users.person, name: 'A', role }], {
			parameters: { restrictedToRoleId: '={{ $json.role }}' },
		});
		expect(execution.items('DigiCert')[0].json.restricted_to_role_id).toBe(Number(role));
		expect(lab.created()[0].restricted_to_role_id).toBe(Number(role));
	});
});

describe('Create Subaccount API Key', () => {
	test('puts out what DigiCert answers, and DigiCert takes the key', async () => {
		const { accounts } = lab.sandbox.partner;
		const name = 'Subaccount Production Key';
		const execution = await lab.createSubaccountKeys([{ account: accounts.subaccount, name }]);

		expect(execution.status).toBe('success');
		const [{ json, pairedItem }] = execution.items('DigiCert');
		const record = lab.sandbox.holds(json.api_key);
		expect(json).toEqual({
			id: record?.id,
			name,
			api_key: expect.any(String),
			status: 'active',
			account_id: accounts.subaccount,
		});
		expect(pairedItem).toEqual({ item: 0 });
		expect(record).toMatchObject({ status: 'active', ownerId: accounts.subaccount });
	});

	test('sends the documented request, once', async () => {
		const { accounts } = lab.sandbox.partner;
		await lab.createSubaccountKeys([{ account: accounts.subaccount, name: 'A' }]);

		expect(lab.sandbox.requests()).toEqual([
			expect.objectContaining({
				method: 'POST',
				path: `/api-key/account/${accounts.subaccount}`,
				body: { name: 'A' },
				headerNames: expect.arrayContaining(['x-partner-apikey', 'content-type', 'accept']),
				status: 201,
			}),
		]);
	});

	test('takes a name of 200 characters, counted as people count them', async () => {
		const { accounts } = lab.sandbox.partner;
		const name = '🔑'.repeat(200);
		const execution = await lab.createSubaccountKeys([{ account: accounts.subaccount, name }]);
		expect(execution.items('DigiCert')[0].json.name).toBe(name);
	});
});

describe('names and ids', () => {
	test('a name is passed on as it is, with the white space around it', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const execution = await lab.createUserKeys([{ user: person, name: '  two  words\t' }]);
		expect(lab.created()[0].name).toBe('  two  words\t');
		expect(execution.items('DigiCert')[0].json.name).toBe('  two  words\t');
	});

	test('a name that is a number is sent as text', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		await lab.createUserKeys([{ user: person, name: 2026 }]);
		expect(lab.creations()).toMatchObject([{ body: { name: '2026' } }]);
	});

	test.each([
		['a number', (/** @type {number} */ id) => id],
		['a string', (/** @type {number} */ id) => String(id)],
		['a string with white space around it', (/** @type {number} */ id) => ` ${id}\n`],
	])('an id may be %s', async (_, form) => {
		const { person } = lab.sandbox.certCentral.us.users;
		const execution = await lab.createUserKeys([{ user: form(person), name: 'A' }]);
		expect(execution.items('DigiCert')[0].json.user_id).toBe(person);
	});

	test('an id may stand without a resource locator around it', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const execution = await lab.createUserKeys([{ name: 'A' }], {
			parameters: { userId: person },
		});
		expect(execution.items('DigiCert')[0].json.user_id).toBe(person);
	});
});

describe('many items', () => {
	test('come out in input order and paired, whatever order the answers come in', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const names = Array.from({ length: 12 }, (_, i) => `key ${i}`);
		lab.sandbox.addFault({ ...faults.slow(150), match: { name: 'key 0' } });
		lab.sandbox.addFault({ ...faults.slow(80), match: { name: 'key 5' } });

		const execution = await lab.createUserKeys(names.map((name) => ({ user: person, name })));

		const items = execution.items('DigiCert');
		expect(items.map(({ json }) => json.name)).toEqual(names);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })));
		for (const { json } of items) {
			expect(lab.sandbox.holds(json.api_key)).toMatchObject({ id: json.id, name: json.name });
		}
		expect(lab.created()).toHaveLength(names.length);
	});

	test('are read one by one: each has its own user and name', async () => {
		const { person, serviceUser } = lab.sandbox.certCentral.us.users;
		await lab.createUserKeys([
			{ user: person, name: 'A' },
			{ user: serviceUser, name: 'B' },
		]);
		expect(lab.created().map(({ ownerId, name }) => [ownerId, name])).toEqual(
			expect.arrayContaining([
				[person, 'A'],
				[serviceUser, 'B'],
			]),
		);
	});

	/** Most requests that were in flight together, from the sandbox's own view. */
	async function mostInFlight(
		/** @type {string[]} */ names,
		/** @type {object} */ options,
		users = [lab.sandbox.certCentral.us.users.person],
	) {
		lab.sandbox.addFault({ ...faults.slow(40), match: { method: 'POST' }, times: Infinity });
		let most = 0;
		const timer = setInterval(() => {
			const open = lab.creations().filter(({ status }) => status === undefined);
			most = Math.max(most, open.length);
		}, 5);
		await lab.createUserKeys(
			names.map((name, i) => ({ user: users[i % users.length], name })),
			{ parameters: { options } },
		);
		clearInterval(timer);
		return most;
	}

	test('at most as many as the option Concurrency says are in flight', async () => {
		const names = Array.from({ length: 9 }, (_, i) => `key ${i}`);
		expect(await mostInFlight(names, { concurrency: 3 })).toBe(3);
	});

	test('ten at a time without the option', async () => {
		const names = Array.from({ length: 25 }, (_, i) => `key ${i}`);
		expect(await mostInFlight(names, {})).toBe(10);
	});

	test('two of the same name but of different users may be', async () => {
		const { person, serviceUser } = lab.sandbox.certCentral.us.users;
		expect(await mostInFlight(['same', 'same'], {}, [person, serviceUser])).toBe(2);
	});

	test('two of the same user and name are never in flight together', async () => {
		expect(await mostInFlight(['same', 'same', 'same'], { concurrency: 10 })).toBe(1);
		expect(lab.created()).toHaveLength(3);
	});
});
