'use strict';

const { faults } = require('../../sandbox/index.mts');
const { byId, cancelWhen, useLab } = require('../support/lab');

const HOUR = 3_600_000;

/** The list of keys, where the node looks for a lost one. */
const LIST = { method: 'GET', path: /^\/(api-)?key$/ };
const POST = { method: 'POST' };

const APIS = /** @type {const} */ ([
	['CertCentral', 'createUserKeys', 'revoked'],
	['the partner API', 'createSubaccountKeys', 'inactive'],
]);

/** Adds a reply to the list of keys in place of the sandbox's own. */
const listing = (/** @type {(keys: any[]) => any[]} */ change) => ({
	when: /** @type {const} */ ('after'),
	action: /** @type {const} */ ('reply'),
	match: LIST,
	times: Infinity,
	reply: (/** @type {any} */ { body }) => ({
		status: 200,
		body: { api_keys: change(body.api_keys) },
	}),
});

/** A listed key whose owner's ID is a text. @param {any} key */
const ownerAsText = (key) =>
	'user' in key
		? { ...key, user: { ...key.user, id: String(key.user.id) } }
		: { ...key, account_id: String(key.account_id) };

describe.each([
	['clocks that agree', 0],
	['a clock of DigiCert that is an hour ahead', HOUR],
	['a clock of DigiCert that is an hour behind', -HOUR],
])('with %s', (_, clockSkewMs) => {
	const lab = useLab({ clockSkewMs });

	describe.each(APIS)('%s', (__, create, off) => {
		const item = (/** @type {string} */ name) => ({
			user: lab.sandbox.certCentral.us.users.person,
			account: lab.sandbox.partner.accounts.subaccount,
			name,
		});
		const run = (/** @type {string[]} */ names, /** @type {any} */ options = {}) =>
			lab[create](names.map(item), {
				parameters: { options },
				settings: { onError: 'continueRegularOutput' },
			});
		const errorOf = (/** @type {any} */ execution, index = 0) =>
			execution.items('DigiCert')[index].error;
		const statuses = () => lab.created().map(({ status }) => status);
		const lose = (/** @type {any} */ more = {}) =>
			lab.sandbox.addFault({ ...faults.dropAfter(), match: POST, ...more });

		test('a lost key is named, and left alone', async () => {
			lose();
			const { message, description } = errorOf(await run(['A']));
			const [{ id }] = lab.created();
			expect(message).toContain(`but its value did not arrive: key ${id} may be it [item 0]`);
			expect(description).toContain('It is the only live API key named "A" of');
			expect(statuses()).toEqual(['active']);
		});

		test('with Switch Off, the one that fits is switched off', async () => {
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			const [{ id }] = lab.created();
			expect(message).toBe(
				`The value of the new API key did not arrive, so key ${id} was switched off [item 0]`,
			);
			expect(description).toContain('Run this item again.');
			expect(statuses()).toEqual([off]);
		});

		test('keys that were there before are no candidates, however new', async () => {
			await run(['A']);
			lab.sandbox.addFault({ ...faults.dropBefore(), match: POST });
			const { message } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toMatch(/did not arrive \[item 0\]$/);
			expect(statuses()).toEqual(['active']);
		});

		test('keys of this run are no candidates', async () => {
			lab.sandbox.addFault({ ...faults.dropBefore(), match: POST, times: 2 });
			lab.sandbox.addFault({ when: 'before', action: 'pass', match: POST, delayMs: 1 });
			const execution = await run(['A', 'A', 'A'], { lostReply: 'revoke' });
			expect(errorOf(execution, 1).description).toContain('DigiCert does not list it so far');
			expect(statuses()).toEqual(['active']);
		});

		test.each([
			['dead', { status: off }],
			['in use', { last_used_date: '2026-01-01T00:00:00Z' }],
			['used at a time that cannot be read', { last_used_date: 'lately' }],
			['of another name', { name: 'a' }],
			["another owner's", { user: { id: 1 }, account_id: 1 }],
		])('a key that is %s is no candidate', async (___, change) => {
			lab.sandbox.addFault(listing((keys) => keys.map((key) => ({ ...key, ...change }))));
			lose();
			const { description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(description).toContain('DigiCert does not list it so far');
			expect(statuses()).toEqual(['active']);
		});

		test.each([
			['without a last use, in other words', { last_used_date: '' }],
			['live, in other words', { status: 'Active' }],
			['whose owner comes as text', (/** @type {any} */ key) => ownerAsText(key)],
		])('a key that is %s is found', async (___, change) => {
			const changed = (/** @type {any} */ key) =>
				typeof change === 'function' ? change(key) : { ...key, ...change };
			lab.sandbox.addFault(listing((keys) => keys.map(changed)));
			lose();
			await run(['A'], { lostReply: 'revoke' });
			expect(statuses()).toEqual([off]);
		});

		test('a key whose owner is not told is named, not switched off', async () => {
			const anonymous = { user: undefined, account_id: undefined };
			lab.sandbox.addFault(listing((keys) => keys.map((key) => ({ ...key, ...anonymous }))));
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
			expect(description).toContain('whose it is');
			expect(statuses()).toEqual(['active']);
		});

		test('where the list could not be read before, the key is named, not switched off', async () => {
			lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: LIST });
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
			expect(description).toContain('it may have been there already');
			expect(statuses()).toEqual(['active']);
		});

		test('the same name of another owner does not stand in the way', async () => {
			const other = {
				user: lab.sandbox.certCentral.us.users.serviceUser,
				account: lab.sandbox.partner.accounts.otherSubaccount,
				name: 'A',
			};
			lose();
			await lab[create]([item('A'), other], {
				parameters: { options: { lostReply: 'revoke', concurrency: 1 } },
				settings: { onError: 'continueRegularOutput' },
			});
			expect(statuses()).toEqual([off, 'active']);
		});

		test('two lost names of one owner are two matters', async () => {
			lose({ times: 2 });
			await run(['A', 'B'], { lostReply: 'revoke' });
			expect(statuses()).toEqual([off, off]);
		});

		test.each(['report', 'revoke'])(
			'%s, no list: an ID that DigiCert told without the value is named',
			async (lostReply) => {
				lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: LIST, times: Infinity });
				lab.sandbox.addFault({ ...faults.noKeyAfter(), match: POST });
				const { message, description } = errorOf(await run(['A'], { lostReply }));
				expect(description).toContain('DigiCert told the ID of the API key named "A" of');
				expect(message).toContain(`key ${lab.created()[0].id} may be it`);
				expect(statuses()).toEqual(['active']);
			},
		);

		test('a told ID is switched off once the list confirms it', async () => {
			lab.sandbox.addFault({ ...faults.noKeyAfter(), match: POST });
			const { message } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toContain(`so key ${lab.created()[0].id} was switched off`);
			expect(statuses()).toEqual([off]);
		});

		test.each(['A', 'B'])(
			'a told ID that is that of an older key, named %s, is not switched off',
			async (name) => {
				await run([name]);
				const [{ id }] = lab.created();
				const reply = { status: 200, body: { id } };
				lab.sandbox.addFault({ when: 'before', action: 'reply', match: POST, reply });
				const { message } = errorOf(await run(['A'], { lostReply: 'revoke' }));
				expect(message).toContain(`key ${id} may be it`);
				expect(statuses()).toEqual(['active']);
			},
		);

		test('a second look follows an answer of a gateway that lost patience', async () => {
			lab.sandbox.addFault({ ...faults.errorAfter(504), match: POST });
			lab.sandbox.addFault({ ...listing(() => []), times: 1 });
			const { message } = errorOf(await run(['A']));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
		});

		test('DigiCert may take the white space off a name', async () => {
			lab.sandbox.addFault(
				listing((keys) => keys.map((key) => ({ ...key, name: key.name.trim() }))),
			);
			lose();
			const { message } = errorOf(await run(['A '], { lostReply: 'revoke' }));
			expect(message).toContain(`so key ${lab.created()[0].id} was switched off`);
		});

		test('a key that a late request makes is found by a second look', async () => {
			lab.sandbox.addFault({ ...faults.slow(5000), match: POST });
			lab.sandbox.addFault({ ...listing(() => []), times: 1 });
			const { message } = errorOf(await run(['A'], { timeout: 400 }));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
			expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
		});

		test("a gateway's clock is not taken for DigiCert's", async () => {
			lab.sandbox.addFault({
				when: 'after',
				action: 'reply',
				match: POST,
				reply: {
					status: 502,
					headers: { date: new Date(Date.now() + clockSkewMs + 60_000).toUTCString() },
					body: '<html></html>',
				},
			});
			const { message } = errorOf(await run(['A']));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
		});

		test('a key of the same name that is too old is no candidate', async () => {
			lab.sandbox.addFault(
				listing((keys) =>
					keys.map((key) => {
						const field = 'create_date' in key ? 'create_date' : 'created_at';
						const old = new Date(Date.now() + clockSkewMs - 10_000).toISOString();
						return { ...key, [field]: old };
					}),
				),
			);
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toMatch(/did not arrive \[item 0\]$/);
			expect(description).toContain('DigiCert does not list it so far');
			expect(statuses()).toEqual(['active']);
		});

		test('between two that fit, nothing is guessed', async () => {
			lose({ times: 2 });
			const execution = await run(['A', 'A'], { lostReply: 'revoke' });
			const ids = lab.created().map(({ id }) => id);
			for (const index of [0, 1]) {
				const { message, description } = errorOf(execution, index);
				expect(message).toContain(`keys ${ids.join(', ')} may be it`);
				expect(description).toContain('None was switched off');
			}
			expect(statuses()).toEqual(['active', 'active']);
			// Before the creations, and after them.
			expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
		});

		test('fewer found than lost: another one may still appear, and each error says so', async () => {
			lose();
			lab.sandbox.addFault({ ...faults.dropBefore(), match: POST });
			const execution = await run(['A', 'A'], { lostReply: 'revoke' });
			const [{ id }] = lab.created();
			for (const index of [0, 1]) {
				const { message, description } = errorOf(execution, index);
				expect(message).toContain(`so key ${id} was switched off`);
				expect(description).toContain('2 items of this run lost the answer for a key of this name');
				expect(description).toMatch(/Look in .* for an API key named "A" of .* and was never used/);
			}
		});

		test('an own key that cannot be told from a lost one is not switched off', async () => {
			lab.sandbox.addFault({
				when: 'after',
				action: 'reply',
				match: POST,
				reply: ({ body }) => ({ status: 201, body: { ...Object(body), id: null } }),
			});
			lab.sandbox.addFault({ ...faults.dropBefore(), match: POST });
			const execution = await run(['A', 'A'], { lostReply: 'revoke' });
			const [{ id }] = lab.created();
			expect(errorOf(execution, 1).message).toContain(`key ${id} may be it`);
			expect(errorOf(execution, 1).description).toContain('whose it is');
			expect(statuses()).toEqual(['active']);
		});

		test.each([
			['without a time', undefined],
			['with a time that cannot be read', 'lately'],
		])('a key %s is named, not switched off', async (___, time) => {
			lab.sandbox.addFault(
				listing((keys) => keys.map((key) => ({ ...key, create_date: time, created_at: time }))),
			);
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
			expect(description).toContain('its time of creation cannot be compared');
			expect(statuses()).toEqual(['active']);
		});

		test('nothing is found when nothing was made, and a late key is not ruled out', async () => {
			lab.sandbox.addFault({ ...faults.dropBefore(), match: POST });
			const { description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(description).toContain('A late request may still create it');
		});

		test.each([
			['refused', () => faults.forbiddenInvalidKey(), 'HTTP 403'],
			['too slow', () => ({ ...faults.slow(3000) }), 'No whole answer came within 300 ms'],
			['broken', () => faults.halfBody(), 'The connection broke'],
			['no list', () => faults.htmlAfter(200), 'HTTP 200 with an HTML page'],
		])(
			'a list that is %s: the outcome stays unknown, with the way by hand',
			async (___, fault, why) => {
				lab.sandbox.addFault({ ...fault(), match: LIST, times: Infinity });
				lose();
				const timeout = why.includes('300 ms') ? 300 : 30_000;
				const execution = await run(['A'], { lostReply: 'revoke', timeout });
				const { message, description } = errorOf(execution);
				expect(message).toMatch(/^The API key may have been created .* did not arrive \[item 0\]$/);
				expect(description).toContain('The node could not look for it.');
				expect(description).toContain(why);
				expect(description).toMatch(/Look in .* for an API key named "A" of .* and was never used/);
				expect(statuses()).toEqual(['active']);
			},
		);

		test('a switch-off that does not work is told', async () => {
			lab.sandbox.addFault({
				...faults.forbiddenInvalidKey(),
				match: { method: 'PUT' },
				times: Infinity,
			});
			lose();
			const { message, description } = errorOf(await run(['A'], { lostReply: 'revoke' }));
			expect(message).toContain(`key ${lab.created()[0].id} may be it`);
			expect(description).toContain('Switching it off did not work.');
			expect(description).toContain('HTTP 403');
		});

		test('a run that stops tells and does the same', async () => {
			lose({ match: { name: 'B' } });
			const execution = await lab[create](['A', 'B'].map(item), {
				parameters: { options: { lostReply: 'revoke' } },
			});
			const [{ message, description }, b] = [
				execution.error,
				lab.created().find(({ name }) => name === 'B'),
			];
			expect(message).toContain(`so key ${b?.id} was switched off [item 1]`);
			expect(description).toContain('Switched off again, because nobody receives them: key');
			expect(statuses()).toEqual([off, off]);
		});
	});
});

describe('without a clock of DigiCert', () => {
	const lab = useLab();

	test('a key is named, not switched off', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const undated = (/** @type {any} */ { body }) => ({
			status: 200,
			headers: { date: 'some day' },
			body,
		});
		lab.sandbox.addFault({
			...{ when: 'after', action: 'reply', match: LIST, reply: undated, times: Infinity },
		});
		lab.sandbox.addFault({ ...faults.dropAfter(), match: POST });
		const execution = await lab.createUserKeys([{ user: person, name: 'A' }], {
			parameters: { options: { lostReply: 'revoke' } },
		});
		expect(execution.error.description).toContain('its time of creation cannot be compared');
		expect(lab.created()[0].status).toBe('active');
	});

	test.each([
		['nobody', 0],
		['a service user', 1],
	])('a lost service user: %s is found by the email address', async (_, made) => {
		const fault = made === 0 ? faults.dropBefore() : faults.dropAfter();
		lab.sandbox.addFault({ ...fault, match: POST });
		const execution = await lab.perform('serviceUser', 'create', [{}], {
			parameters: {
				email: 'A@b.c',
				name: 'First',
				restrictedToRoleId: 0,
				containerIds: '',
				options: { lostReply: 'revoke' },
			},
		});
		expect(lab.created().map(({ status }) => status)).toEqual(made === 0 ? [] : ['revoked']);
		expect(execution.error.message).toContain(
			made === 0 ? 'may have been created' : `key ${lab.created()[0]?.id} was switched off`,
		);
		expect(execution.error.description).toContain('The service user itself may exist as well');
	});

	test('a lost subaccount: its key is named; it is never switched off, whatever the workflow says', async () => {
		lab.sandbox.addFault({ ...faults.dropAfter(), match: POST });
		const execution = await lab.perform('subaccount', 'create', [{}], {
			parameters: {
				subaccountName: 'ACME',
				name: 'First',
				emergencyContactEmails: '',
				options: { lostReply: 'revoke' },
			},
		});
		const [{ id, status }] = lab.created();
		expect(status).toBe('active');
		expect(execution.error.message).toContain(`key ${id} may be it`);
		expect(execution.error.description).toContain('The subaccount itself may exist as well');
	});
});

describe('of CertCentral alone', () => {
	const lab = useLab();
	const options = { lostReply: 'revoke' };

	test('rotate: the old key is no candidate, however new it is', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		const made = await lab.createUserKeys([{ user: person, name: 'A' }]);
		const { id } = made.items('DigiCert')[0].json;
		// Neither the list before nor any time helps here.
		lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: LIST });
		lab.sandbox.addFault({ ...faults.dropBefore(), match: POST });
		const execution = await lab.perform('userApiKey', 'rotate', [{}], {
			parameters: { keyId: byId(id), name: '', options },
		});
		expect(execution.error.description).toContain('DigiCert does not list it so far');
		expect(lab.created().map(({ status }) => status)).toEqual(['active']);
	});

	test('an ACME directory URL of the same name is no candidate', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		lab.sandbox.addFault(
			listing((keys) => keys.map((key) => ({ ...key, acme_directory_url: 'https://acme.test/' }))),
		);
		lab.sandbox.addFault({ ...faults.dropAfter(), match: POST });
		const execution = await lab.createUserKeys([{ user: person, name: 'A' }], {
			parameters: { options },
		});
		expect(execution.error.description).toContain('DigiCert does not list it so far');
	});

	test('a key of another service user, whom the search found, is no candidate', async () => {
		const create = (/** @type {string} */ email) =>
			lab.perform('serviceUser', 'create', [{}], {
				parameters: {
					...{ email, name: 'First', restrictedToRoleId: 0, containerIds: '', options },
				},
			});
		lab.sandbox.addFault({
			when: 'after',
			action: 'reply',
			match: { path: '/user/api-only' },
			times: Infinity,
			reply: ({ body }) => ({
				status: 200,
				body: {
					...Object(body),
					users: Object(body).users.map((/** @type {any} */ user) => ({
						...user,
						email: 'other@b.c',
					})),
				},
			}),
		});
		lab.sandbox.addFault({ ...faults.dropAfter(), match: POST });
		const execution = await create('a@b.c');
		expect(execution.error.description).toContain('DigiCert does not list it so far');
		expect(lab.created().map(({ status }) => status)).toEqual(['active']);
	});

	test('a reply that is lost while the execution is cancelled is looked for all the same', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		lab.sandbox.addFault({ ...faults.noKeyAfter(), match: POST, delayMs: 300 });
		await lab.createUserKeys([{ user: person, name: 'A' }], {
			parameters: { options },
			onStart: cancelWhen(() => lab.creations().length >= 1),
		});
		expect(lab.created().map(({ status }) => status)).toEqual(['revoked']);
	});
});
