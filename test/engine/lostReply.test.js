'use strict';

const { faults } = require('../../sandbox');
const { useLab } = require('../support/lab');

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
	reply: (/** @type {any} */ { body }) => ({
		status: 200,
		body: { api_keys: change(body.api_keys) },
	}),
});

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

		test('keys of this run, keys in use, dead keys and other names are no candidates', async () => {
			const first = await run(['A', 'A', 'A', 'B']);
			const [dead, used, held] = first.items('DigiCert').map(({ json }) => json);
			lab.sandbox.addFault(
				listing((keys) =>
					keys.map((key) => ({
						...key,
						...(key.id === dead.id ? { status: off } : {}),
						...(key.id === used.id ? { last_used_date: 'just now' } : {}),
					})),
				),
			);
			lab.sandbox.addFault({ ...faults.dropAfter(), match: { name: 'C' } });
			lab.sandbox.addFault({
				when: 'before',
				action: 'reply',
				// Another name's answer is lost, and only then the name is found to be the same.
				reply: { status: 201, body: { id: held.id, api_key: 'again' } },
				match: { name: 'A' },
			});
			const execution = await run(['A', 'C'], { lostReply: 'revoke' });
			const lost = lab.created().find(({ name }) => name === 'C');
			expect(errorOf(execution, 1).message).toContain(`so key ${lost?.id} was switched off`);
			expect(statuses()).toEqual(['active', 'active', 'active', 'active', off]);
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
			expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
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
				const execution = await run(['A'], { lostReply: 'revoke', timeout: 300 });
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
		lab.sandbox.addFault({ when: 'after', action: 'reply', match: LIST, reply: undated });
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
