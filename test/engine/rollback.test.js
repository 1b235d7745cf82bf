'use strict';

const { faults } = require('../../sandbox/index.mts');
const { byId, cancelWhen, useLab } = require('../support/lab');

const lab = useLab();

const APIS = /** @type {const} */ ([
	['CertCentral', 'createUserKeys', 'revoked', 'revoke'],
	['the partner API', 'createSubaccountKeys', 'inactive', 'deactivate'],
]);

const item = (/** @type {string} */ name) => ({
	user: lab.sandbox.certCentral.us.users.person,
	account: lab.sandbox.partner.accounts.subaccount,
	name,
});
const NAMES = ['A', 'B', 'C', 'D'];
const statusOf = (/** @type {string} */ name) => lab.sandbox.keys({ name })[0]?.status;

describe.each(APIS)('%s', (_, create, off, offWord) => {
	const one = { parameters: { options: { concurrency: 1 } } };

	test.each([
		['refused', () => faults.errorsAsObject(), 'did not accept the values'],
		['unknown', () => faults.errorAfter(500), 'may have been created'],
	])('stop, one item %s: the keys of the run are switched off', async (__, fault, message) => {
		lab.sandbox.addFault({ ...fault(), match: { name: 'C' } });
		const execution = await lab[create](NAMES.map(item), one);
		expect(execution.error.message).toContain(message);
		expect([statusOf('A'), statusOf('B')]).toEqual([off, off]);
		expect(lab.creations().map(({ name }) => name)).toEqual(['A', 'B', 'C']);
		expect(execution.error.description).toContain('This run had already created 2 API keys.');
		expect(execution.error.description).toContain('Switched off again');
		expect(execution.error.description).not.toContain('Still live');
	});

	test('keys that were in flight when another was refused are switched off as well', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'A' } });
		for (const name of ['B', 'C', 'D']) {
			lab.sandbox.addFault({ ...faults.slow(200), match: { name } });
		}
		await lab[create](NAMES.map(item), { parameters: { options: { concurrency: 4 } } });
		expect(['B', 'C', 'D'].map(statusOf)).toEqual([off, off, off]);
	});

	test('one that cannot be switched off does not stop the others, and is named', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'D' } });
		lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: { method: 'PUT' } });
		const execution = await lab[create](NAMES.map(item), one);
		expect(NAMES.slice(0, 3).map(statusOf).sort()).toEqual(['active', off, off].sort());
		const live = lab.created().find(({ status }) => status === 'active');
		expect(execution.error.description).toContain(
			`Still live as far as is known, so ${offWord} them: key ${live?.id} ("${live?.name}" of`,
		);
		expect(execution.error.description).toContain('switching it off did not work.');
		expect(execution.error.description).toContain('HTTP 403');
	});

	test('a switch-off that DigiCert does not confirm is not taken for done', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
		lab.sandbox.addFault({ ...faults.dropBefore(), match: { method: 'PUT' }, times: Infinity });
		const execution = await lab[create](NAMES.map(item), one);
		expect(statusOf('A')).toBe('active');
		expect(execution.error.description).toContain('Still live as far as is known');
		expect(execution.error.description).toContain('DigiCert did not confirm the change');
	});

	test('with Roll Back off, the keys stay and are named', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
		const execution = await lab[create](NAMES.map(item), {
			parameters: { options: { concurrency: 1, rollback: false } },
		});
		expect(statusOf('A')).toBe('active');
		expect(execution.error.description).toContain(
			`Still live, and their values are lost with this stop, so ${offWord} them: key`,
		);
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test('under Continue, nothing is rolled back', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
		await lab[create](NAMES.map(item), { settings: { onError: 'continueRegularOutput' } });
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test('keys are switched off even when there was to be no wait for the rate limit', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 0 }), match: { name: 'B' } });
		lab.sandbox.addFault({
			...faults.rateLimited({ retryAfter: 0 }),
			...{ match: { method: 'PUT' }, times: 2 },
		});
		await lab[create](NAMES.map(item), {
			parameters: { options: { concurrency: 1, rateLimitWait: 0 } },
		});
		expect(statusOf('A')).toBe(off);
	});

	test('a run that stops does not try its keys', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
		await lab[create](['A', 'B'].map(item), {
			parameters: { options: { concurrency: 1, rollback: false, verify: true } },
		});
		expect(lab.sandbox.requests({ method: 'GET' })).toEqual([]);
	});

	test('keys are switched off even when the rate limit has used up the whole wait', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 9 }), match: { name: 'B' } });
		await lab[create](NAMES.map(item), {
			parameters: { options: { concurrency: 1, rateLimitWait: 1 } },
		});
		expect(statusOf('A')).toBe(off);
	});

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'])(
		'%s, cancelled: what is in flight ends, then every key is switched off, and the log says so',
		async (onError) => {
			lab.sandbox.addFault({ ...faults.slow(300), match: { name: 'C' } });
			const execution = await lab[create](NAMES.slice(0, 3).map(item), {
				settings: { onError },
				onStart: cancelWhen(() => lab.creations({ status: 201 }).length === 2),
			});
			expect(NAMES.slice(0, 3).map(statusOf)).toEqual([off, off, off]);
			const text = lab.log.flat().join('\n');
			for (const { id } of lab.created()) expect(text).toContain(`key ${id} (`);
			expect(text).toContain('(workflow test, execution test)');
			// Before and after: n8n may be shut down in between.
			expect(text.indexOf('The node switches the keys off now.')).toBeLessThan(
				text.indexOf('Switched off again'),
			);
			const items = [0, 1].flatMap((output) => execution.items('DigiCert', output));
			expect(items.filter(({ error }) => error === undefined)).toEqual([]);
		},
	);

	test('cancelled with Roll Back off: the keys stay, and the log names them', async () => {
		lab.sandbox.addFault({ ...faults.slow(300), match: { name: 'B' } });
		await lab[create](['A', 'B'].map(item), {
			parameters: { options: { rollback: false } },
			onStart: cancelWhen(() => lab.creations({ status: 201 }).length === 1),
		});
		expect(['A', 'B'].map(statusOf)).toEqual(['active', 'active']);
		expect(lab.log.flat().join('\n')).toContain('Still live, and their values are lost');
	});

	test('cancelled under Continue: an item whose key could not be switched off says so', async () => {
		lab.sandbox.addFault({ ...faults.slow(300), match: { name: 'A' } });
		lab.sandbox.addFault({
			...faults.forbiddenInvalidKey(),
			match: { method: 'PUT' },
			times: Infinity,
		});
		const execution = await lab[create]([item('A')], {
			settings: { onError: 'continueRegularOutput' },
			onStart: cancelWhen(() => lab.creations().length === 1),
		});
		const [{ id }] = lab.created();
		const [{ error }] = execution.items('DigiCert');
		expect(error.message).toBe(
			`The execution was cancelled, and key ${id} of this item may still be live [item 0]`,
		);
		expect(error.description).toContain(`Make sure to ${offWord} it.`);
	});
});

/** Changes the ID in the answer to a creation. @param {string} name @param {(id: number) => unknown} change */
function answerWithId(name, change) {
	lab.sandbox.addFault({
		when: 'after',
		action: 'reply',
		match: { name },
		reply: ({ body }) => ({
			status: 201,
			body: { ...Object(body), id: change(Object(body).id) },
		}),
	});
}

test('a key whose ID came as text is switched off', async () => {
	answerWithId('A', String);
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
	await lab.createUserKeys(['A', 'B'].map(item), { parameters: { options: { concurrency: 1 } } });
	expect(statusOf('A')).toBe('revoked');
});

test('a key without an ID, of an execution that was cancelled, may still be live', async () => {
	answerWithId('A', () => null);
	lab.sandbox.addFault({ ...faults.slow(300), match: { name: 'B' } });
	const execution = await lab.createUserKeys(['A', 'B'].map(item), {
		settings: { onError: 'continueRegularOutput' },
		onStart: cancelWhen(() => lab.creations({ status: 201 }).length === 1),
	});
	expect(execution.items('DigiCert')[0].error.message).toBe(
		'The execution was cancelled, and the key of this item may still be live [item 0]',
	);
});

test('a run that nobody cancelled logs nothing', async () => {
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'B' } });
	await lab.createUserKeys(['A', 'B'].map(item));
	expect(lab.log.flat().join('\n')).not.toContain('created API keys');
});

test('rotate: the successors are switched off, the old keys stay live', async () => {
	const made = await lab.createUserKeys(['A', 'B'].map(item));
	const ids = made.items('DigiCert').map(({ json }) => json.id);
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { method: 'POST', name: 'B' } });
	await lab.perform(
		'userApiKey',
		'rotate',
		ids.map((id) => ({ id })),
		{
			parameters: { keyId: byId('={{ $json.id }}'), name: '', options: { concurrency: 1 } },
		},
	);
	expect(lab.created().map(({ name, status }) => [name, status])).toEqual([
		['A', 'active'],
		['B', 'active'],
		['A', 'revoked'],
	]);
});

describe('service users', () => {
	const create = () =>
		lab.perform('serviceUser', 'create', [{ email: 'a@b.c' }, { email: 'd@e.f' }], {
			parameters: {
				email: '={{ $json.email }}',
				name: '={{ $json.email }}',
				restrictedToRoleId: 0,
				containerIds: '',
				options: { concurrency: 1 },
			},
		});

	test('their keys are found and switched off, and the error says that the users remain', async () => {
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'd@e.f' } });
		const execution = await create();
		expect(lab.created().map(({ status }) => status)).toEqual(['revoked']);
		expect(execution.error.description).toContain('The service user itself remains in each case.');
	});

	test('a user whose ID came as text is found by the email address', async () => {
		answerWithId('a@b.c', String);
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'd@e.f' } });
		await create();
		expect(lab.created().map(({ status }) => status)).toEqual(['revoked']);
	});

	test('a key that is not found is named as live', async () => {
		lab.sandbox.addFault({ ...faults.forbiddenInvalidKey(), match: { method: 'GET' } });
		lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'd@e.f' } });
		const execution = await create();
		expect(lab.created().map(({ status }) => status)).toEqual(['active']);
		expect(execution.error.description).toContain('a key ("a@b.c" of a new service user');
	});
});

test('of two keys that may be the one, neither is switched off', async () => {
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'Two' } });
	lab.sandbox.addFault({
		when: 'after',
		action: 'reply',
		match: { method: 'GET' },
		reply: ({ body }) => {
			const keys = Object(body).api_keys;
			return { status: 200, body: { api_keys: [...keys, { ...keys.at(-1), id: 7 }] } };
		},
	});
	await lab.perform('subaccount', 'create', [{ name: 'One' }, { name: 'Two' }], {
		parameters: {
			subaccountName: '={{ $json.name }}',
			name: 'First',
			emergencyContactEmails: '',
			options: { concurrency: 1 },
		},
	});
	expect(lab.created().map(({ status }) => status)).toEqual(['active']);
});

test('a subaccount key of the same name with other last characters stays', async () => {
	const create = (/** @type {string[]} */ names) =>
		lab.perform(
			'subaccount',
			'create',
			names.map((name) => ({ name })),
			{
				parameters: {
					subaccountName: '={{ $json.name }}',
					name: 'First',
					emergencyContactEmails: '',
					options: { concurrency: 1 },
				},
			},
		);
	await create(['Zero']);
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'Two' } });
	await create(['One', 'Two']);
	expect(lab.created().map(({ status }) => status)).toEqual(['active', 'inactive']);
});

test('subaccounts: the key is found by its last characters, and the subaccount remains', async () => {
	lab.sandbox.addFault({ ...faults.errorsAsObject(), match: { name: 'Two' } });
	const execution = await lab.perform('subaccount', 'create', [{ name: 'One' }, { name: 'Two' }], {
		parameters: {
			subaccountName: '={{ $json.name }}',
			name: 'First',
			emergencyContactEmails: '',
			options: { concurrency: 1 },
		},
	});
	expect(lab.created().map(({ status }) => status)).toEqual(['inactive']);
	expect(execution.error.description).toContain('The subaccount itself remains in each case.');
});
