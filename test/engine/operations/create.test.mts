import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';

import type { WorkflowExecuteMode } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import { ALWAYS, APIS, answering, byId, cancelWhen, useLab } from '../../support/lab.mts';
import { anyText, listWith, objectWith } from '../../support/matchers.mts';
import { listen } from '../../support/ports.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, present, record, text } from '../../support/read.mts';
import { errorOf, hintsOf, jsonOf, jsonsOf, only } from '../../support/told.mts';

const lab = useLab();
shortenPauses();

test('Create User API Key sends the documented request once, and puts out what a next step needs', async () => {
	const { person } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys([lab.item('New API Key')], {
		parameters: { restrictedToRoleId: 102 },
	});
	const json = only(execution);
	const key = present(lab.sandbox.holds(text(json.api_key)));
	expect(json).toEqual({
		id: key.id,
		api_key: anyText,
		name: 'New API Key',
		user_id: person,
		restricted_to_role_id: 102,
	});
	expect(execution.items('DigiCert')[0]?.pairedItem).toEqual({ item: 0 });
	expect(key).toMatchObject({ status: 'active', ownerId: person, restricted_to_role_id: 102 });
	expect(lab.sandbox.requests()).toEqual([
		objectWith({
			method: 'POST',
			instance: 'us',
			path: `/key/user/${person}`,
			query: {},
			body: { name: 'New API Key', restricted_to_role_id: 102 },
			headerNames: listWith('x-dc-devkey', 'content-type', 'accept'),
			status: 201,
		}),
	]);
});

test('Create Subaccount API Key sends the documented request once, and puts out the answer', async () => {
	const { subaccount } = lab.sandbox.partner.accounts;
	// As many characters as DigiCert takes, counted as people count them.
	const name = '🔑'.repeat(200);
	const json = only(await lab.createSubaccountKeys([lab.item(name)]));
	const key = present(lab.sandbox.holds(text(json.api_key)));
	expect(json).toEqual({
		id: key.id,
		name,
		api_key: anyText,
		status: 'active',
		account_id: subaccount,
	});
	expect(key).toMatchObject({ status: 'active', ownerId: subaccount });
	expect(lab.sandbox.requests()).toEqual([
		objectWith({
			method: 'POST',
			path: `/api-key/account/${subaccount}`,
			body: { name },
			headerNames: listWith('x-partner-apikey', 'content-type', 'accept'),
			status: 201,
		}),
	]);
});

test('every role restriction is taken, as a number and as text', async () => {
	const roles = [0, 100, 101, 102, 103, '103', ' 103 '];
	const execution = await lab.createUserKeys(
		roles.map((role, i) => ({ ...lab.item(`key ${i}`), role })),
		{ parameters: { restrictedToRoleId: '={{ $json.role }}' } },
	);
	const wanted = roles.map(Number);
	expect(jsonsOf(execution).map((json) => json.restricted_to_role_id)).toEqual(wanted);
	const made = new Map(lab.created().map((key) => [key.name, key.restricted_to_role_id]));
	expect(roles.map((_, i) => made.get(`key ${i}`))).toEqual(wanted);
});

test('names are passed on as they are, and IDs are taken in every form', async () => {
	const { person } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys([
		{ user: person, name: '  two  words\t' },
		{ user: String(person), name: 2026 },
		{ user: ` ${person}\n`, name: 'A' },
	]);
	const names = ['  two  words\t', '2026', 'A'];
	expect(jsonsOf(execution).map(({ name, user_id: id }) => [name, id])).toEqual(
		names.map((name) => [name, person]),
	);
	expect(
		lab
			.created()
			.map(({ name }) => name)
			.sort(),
	).toEqual(names.sort());
	// Without a resource locator around it.
	const setup = { parameters: { userId: person } };
	expect(only(await lab.createUserKeys([{ name: 'A' }], setup)).user_id).toBe(person);
});

describe('many items', () => {
	test('come out in input order and paired, whatever order the answers come in', async () => {
		const names = Array.from({ length: 6 }, (_, i) => `key ${i}`);
		lab.fault(faults.slow(100), { match: { name: 'key 0' } });
		lab.fault(faults.slow(50), { match: { name: 'key 3' } });

		const execution = await lab.createUserKeys(names.map(lab.item));

		const items = execution.items('DigiCert');
		expect(items.map(({ json }) => json.name)).toEqual(names);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })));
		for (const { json } of items) {
			expect(lab.sandbox.holds(text(json.api_key))).toMatchObject({ id: json.id, name: json.name });
		}
		expect(lab.created()).toHaveLength(names.length);
	});

	/**
	 * Creates keys at a server that answers only once as many requests as expected are in flight
	 * together, and no more come: with fewer the run would never end.
	 *
	 * @returns the most that were in flight together
	 */
	async function mostInFlight(items: Record<string, unknown>[], options: object, expected: number) {
		const open: ServerResponse[] = [];
		let [most, left] = [0, items.length];
		const server = createServer((_, reply) => {
			open.push(reply);
			most = Math.max(most, open.length);
			if (open.length < Math.min(expected, left)) return;
			setTimeout(() => {
				for (const held of open.splice(0)) {
					left -= 1;
					held.writeHead(201, { 'content-type': 'application/json' });
					held.end(JSON.stringify({ id: left + 1, api_key: `value of key ${left}` }));
				}
			}, 30);
		});
		const baseUrl = await listen(server);
		const execution = await lab.createUserKeys(items, {
			credential: { baseUrl },
			parameters: { options },
		});
		server.close();
		expect(execution.items('DigiCert')).toHaveLength(items.length);
		return most;
	}
	const some = (count: number) => Array.from({ length: count }, (_, i) => lab.item(`key ${i}`));

	test.each([
		['at most as many as Concurrency says are in flight', () => some(9), { concurrency: 3 }, 3],
		['ten at a time without the option', () => some(25), {}, 10],
		[
			'two of the same name but of different users may be',
			() => [lab.item('same'), lab.itemOfOther('same')],
			{},
			2,
		],
		[
			'two of the same user and name are never in flight together',
			() => ['same', 'same', 'same'].map(lab.item),
			{ concurrency: 10 },
			1,
		],
	])('%s', async (_, items, options, expected) => {
		expect(await mostInFlight(items(), options, expected)).toBe(expected);
	});
});

describe.each(APIS)('an answer of an odd form from $api', ({ create }) => {
	test('with fields that n8n reads as a failed item: they are renamed, and it is sent once', async () => {
		lab.fault(answering(201, { id: 7, api_key: 'a real value', error: 'w', $error: 'x' }), ALWAYS);
		const execution = await lab[create]([lab.item('A')], {
			settings: { onError: 'continueErrorOutput', retryOnFail: true, maxTries: 3 },
		});
		const json = jsonOf(execution, 0, 'Next');
		expect(json).toMatchObject({ id: 7, api_key: 'a real value' });
		// CertCentral's answer is not passed on whole.
		if (create === 'createSubaccountKeys') {
			expect(json).toMatchObject({ digicert_error: 'w', digicert_$error: 'x' });
		}
		expect(Object.keys(json)).not.toEqual(listWith('error'));
		expect(Object.keys(json)).not.toEqual(listWith('$error'));
		expect(lab.creations()).toHaveLength(1);
	});

	/** An answer of a creation that is done, with the key of the credential in it. */
	const repeating = (change: (callerKey: string) => object): Fault => ({
		when: 'after',
		action: 'reply',
		reply: ({ status, body, callerKey }) => ({
			status,
			body: { ...record(body), ...change(callerKey) },
		}),
	});

	test("with the credential's key: that is not put out", async () => {
		lab.fault(repeating((key) => ({ made: { with: key, by: `curl -H "X: ${key}"` } })));
		const json = jsonOf(await lab[create]([lab.item('A')]));
		expect(json).toMatchObject({ id: at(lab.created(), 0).id, api_key: anyText });
		// CertCentral's answer is not passed on whole.
		if (create === 'createSubaccountKeys') {
			expect(json.made).toEqual({ with: '[API key]', by: 'curl -H "X: [API key]"' });
		}
	});

	test("with the credential's key in place of a new one: that is none", async () => {
		lab.fault(repeating((key) => ({ api_key: key })));
		const { message, keys } = errorOf(await lab[create]([lab.item('A')]));
		expect(message).toContain('The value of the new API key did not arrive');
		expect(keys).toMatchObject([{ id: at(lab.created(), 0).id, state: 'live' }]);
	});

	test('with other fields that are odd: the key is put out as it came', async () => {
		lab.fault(answering(202, { id: null, api_key: 'odd but real' }));
		const json = jsonOf(await lab[create]([lab.item('A')]));
		expect(json).toMatchObject({ id: null, api_key: 'odd but real' });
	});
});

describe.each(APIS)('Verify at $api', ({ create, resource }) => {
	const partner = resource === 'subaccountApiKey';
	const [path, header] = partner
		? ['/account/settings', 'x-partner-apikey']
		: ['/user/me', 'x-dc-devkey'];
	const item = () => ({ ...lab.item('A'), user: lab.sandbox.certCentral.us.users.administrator });
	const run = async (options: object = { verify: true }) =>
		jsonOf(await lab[create]([item()], { parameters: { options } }));
	const trials = () => lab.sandbox.requests({ method: 'GET' });

	test('a new key that works is verified, with itself and nothing else', async () => {
		const json = await run();
		expect(json).toMatchObject({ verified: true, api_key: anyText });
		expect(json).not.toHaveProperty('verification');
		expect(trials()).toMatchObject([{ path, keyLast4: text(json.api_key).slice(-4) }]);
		expect(at(trials(), 0).headerNames.filter((name) => name === header)).toHaveLength(1);
	});

	test('without the option nothing is tried; a successor is tried as well', async () => {
		const { id, verified } = await run({});
		expect([verified, trials()]).toEqual([undefined, []]);
		const execution = await lab.perform(resource, 'rotate', [{}], {
			parameters: { keyId: byId(id), name: '', options: { verify: true } },
		});
		expect(only(execution)).toMatchObject({ verified: true, replaces: { id } });
	});

	if (partner) return;
	// The rest is the same for both.
	test.each([
		['refused', faults.forbiddenInvalidKey(), 'HTTP 403', 'This need not mean'],
		['broken', faults.dropBefore(), 'The connection broke', 'Whether the key works'],
		['an HTML page', faults.htmlAfter(200), 'an HTML page', 'Whether the key works'],
		['an empty object', answering(200, {}), 'HTTP 200', 'Whether the key'],
		['a redirect', faults.redirect('/elsewhere'), 'HTTP 302', 'Whether the key works'],
		['an error', answering(200, { errors: [{ message: 'no' }] }), 'HTTP 200', 'Whether the key'],
	])(
		'a trial that is %s: the key is put out, with what was said',
		async (_, fault, found, meaning) => {
			lab.fault(fault, { match: { method: 'GET' }, ...ALWAYS });
			const json = await run();
			expect(json).toMatchObject({ verified: false, api_key: anyText });
			expect(json.verification).toContain(`GET ${path} with the new key: `);
			expect(json.verification).toContain(found);
			expect(json.verification).toContain(meaning);
			expect(lab.statuses()).toEqual(['active']);
			expect(lab.sandbox.requests({ path: '/elsewhere' })).toEqual([]);
		},
	);

	test('a trial that gets no answer ends with the timeout', async () => {
		lab.fault(faults.slow(60_000), { match: { method: 'GET' }, ...ALWAYS });
		const json = await run({ verify: true, timeout: 1000 });
		expect(json).toMatchObject({ verified: false, api_key: anyText });
		expect(json.verification).toContain('No whole answer came within 1000 ms');
	});

	test('a trial does not outlive a cancelled execution', async () => {
		lab.fault(faults.slow(60_000), { match: { method: 'GET' }, ...ALWAYS });
		const execution = await lab[create]([item()], {
			parameters: { options: { verify: true } },
			onStart: cancelWhen(() => trials().length >= 1),
		});
		expect(execution.items('DigiCert')).toEqual([]);
		expect(lab.statuses()).not.toEqual(['active']);
	});
});

describe('a key in clear text', () => {
	const NO_COPIES = {
		saveDataErrorExecution: 'none',
		saveDataSuccessExecution: 'none',
		saveExecutionProgress: false,
		saveManualExecutions: false,
	} as const;

	const hints = async (workflowSettings: object, mode: WorkflowExecuteMode = 'trigger') =>
		hintsOf(
			await lab.createUserKeys(['A', 'B'].map(lab.item), {
				...{ workflowSettings, mode, settings: { onError: 'continueRegularOutput' } },
			}),
		);

	test.each([
		['trigger', { saveDataSuccessExecution: 'all' }, 'Save successful production executions'],
		['trigger', { saveDataSuccessExecution: 'DEFAULT' }, 'Save successful production executions'],
		['webhook', { saveDataErrorExecution: undefined }, 'Save failed production executions'],
		['webhook', { saveExecutionProgress: true }, 'Save execution progress'],
		['manual', { saveManualExecutions: undefined }, 'Save manual executions'],
		['manual', { saveExecutionProgress: true }, 'Save execution progress'],
	] as const)('in mode %s with %j: one hint names the setting', async (mode, settings, label) => {
		const said = await hints({ ...NO_COPIES, ...settings }, mode);
		expect(said).toHaveLength(1);
		expect(said[0]).toContain(`set '${label}' to 'Do not save'`);
		expect(said[0]).toContain("'Recipient Public Key'");
	});

	test('all settings that keep a copy are named', async () => {
		expect((await hints({}))[0]).toContain(
			"'Save successful production executions' and 'Save failed production executions'",
		);
	});

	test.each([
		['trigger', NO_COPIES],
		['trigger', { ...NO_COPIES, saveManualExecutions: true }],
		['manual', NO_COPIES],
		['manual', { ...NO_COPIES, saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all' }],
	] as const)('in mode %s with %j: no hint, because no copy stays', async (mode, settings) => {
		expect(await hints(settings, mode)).toEqual([]);
	});

	test('where no key was put out, there is no hint', async () => {
		lab.fault(faults.errorsAsObject(), ALWAYS);
		expect(await hints({})).toEqual([]);
	});
});
