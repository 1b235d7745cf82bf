import { faults } from '../../../sandbox/index.mts';
import { beforeCalls } from '../../support/breakDown.mts';
import {
	ALWAYS,
	answering,
	APIS,
	byId,
	cancelWhen,
	changing,
	LIST,
	listing,
	POST,
	PUT,
	useLab,
} from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, isRecord, list, present, record } from '../../support/read.mts';
import {
	cancelsIn,
	delivered,
	errorOf,
	idsTold,
	itemError,
	itemErrors,
	jsonsOf,
} from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses(['rateLimitForCare']);
jest.setTimeout(30_000);

const NAMES = ['A', 'B', 'C', 'D'];
const ONE_BY_ONE = { concurrency: 1 };
const REFUSE = faults.errorsAsObject();
const idOf = (name: string) => present(lab.created().find((key) => key.name === name)).id;
const statusOf = (name: string) => lab.created().find((key) => key.name === name)?.status;
/** The keys concerned, as an error or the log tells workflows and machines. */
const statesIn = (keys: Record<string, unknown>[]) => keys.map(({ id, state }) => [id, state]);
const logged = () => cancelsIn(lab.log);

// The code is the same for both APIs; here it is run at CertCentral.
const { create, resource, switchOff, off } = APIS[0];
const run = async (names: string[], options: object = ONE_BY_ONE, settings: object = {}) =>
	await lab[create](names.map(lab.item), { parameters: { options }, settings });
const refuse = (name: string) => {
	lab.fault(REFUSE, { match: { name } });
};
const noSwitchOff = () => {
	lab.fault(faults.forbiddenInvalidKey(), { ...PUT, ...ALWAYS });
};
const puts = () => lab.sandbox.requests({ method: 'PUT' });

describe('stop', () => {
	test.each([
		['refused', APIS[0], REFUSE, 'did not accept the values'],
		['unknown', APIS[1], faults.errorAfter(500), 'may have been created'],
	] as const)(
		'one item %s: nothing new is started, and the keys are switched off',
		async (_, api, fault, message) => {
			lab.fault(fault, { match: { name: 'C' } });
			const parameters = { options: ONE_BY_ONE };
			const error = errorOf(await lab[api.create](NAMES.map(lab.item), { parameters }));
			expect(error.message).toContain(message);
			expect(error.itemIndex).toBe(2);
			expect(lab.creations().map(({ name }) => name)).toEqual(['A', 'B', 'C']);
			expect([statusOf('A'), statusOf('B')]).toEqual([api.off, api.off]);
			const [a, b] = [idOf('A'), idOf('B')];
			expect(error.description).toContain('This run had already created 2 API keys.');
			expect(error.description).toContain(
				`Switched off again, because nobody receives them: ${a}, ${b}.`,
			);
			expect(error.description).toContain("set 'On Error' to 'Continue (using error output)'");
			expect(error.description).toContain('1 item was not started.');
			expect(error.description).not.toMatch(/Still live|No API key was created/);
			expect(statesIn(error.keys).slice(0, 2)).toEqual([
				[a, 'switched_off'],
				[b, 'switched_off'],
			]);
			// Trying again would create keys anew.
			expect(error.failure).toBeUndefined();
			expect(logged()).toEqual([]);
		},
	);

	test('keys that were in flight are switched off as well', async () => {
		refuse('A');
		lab.fault(faults.slow(100), { ...POST, times: 3 });
		await run(NAMES, { concurrency: 4 });
		expect(lab.statuses()).toEqual([off, off, off]);
	});

	test('what is in doubt is told first, and the others in groups', async () => {
		for (const name of ['A', 'B']) refuse(name);
		lab.fault(faults.errorAfter(500), { match: { name: 'C' } });
		lab.fault(faults.errorAfter(503), { match: { name: 'D' } });
		lab.fault({ when: 'before', action: 'pass', delayMs: 30 }, { ...POST, times: 2 });
		const { message, description, itemIndex } = errorOf(await run(NAMES, { concurrency: 4 }));
		expect(itemIndex).toBe(2);
		expect(message).toContain(`key ${idOf('C')} may be it`);
		expect(description).toContain('Item 0, 1: DigiCert did not accept the values of the request.');
		expect(description).toContain('Item 3: Whether a key was created is not known. DigiCert');
		expect(description).toContain(
			`Live keys that may be the ones that this run made: ${idOf('D')}.`,
		);
	});

	test('one that cannot be switched off does not stop the others, and is named', async () => {
		refuse('D');
		lab.fault(faults.forbiddenInvalidKey(), PUT);
		const error = errorOf(await run(NAMES));
		const live = at(lab.live(), 0);
		expect(lab.statuses().sort()).toEqual(['active', off, off].sort());
		expect(error.description).toContain(
			`Still live, and no output holds their values, so ${switchOff} them: ${live.id}.`,
		);
		expect(error.description).toContain(`Switching off did not work (${live.id}): `);
		expect(error.description).toContain('HTTP 403');
		expect(error.keys).toContainEqual(expect.objectContaining({ id: live.id, state: 'live' }));
	});

	test('a switch-off that DigiCert does not confirm is not taken for done', async () => {
		refuse('B');
		lab.fault(faults.dropBefore(), { ...PUT, ...ALWAYS });
		const { description, keys } = errorOf(await run(NAMES));
		expect(statesIn(keys)).toEqual([[idOf('A'), 'live']]);
		expect(description).toContain('DigiCert did not confirm the change');
	});

	test("a firewall's page is a no as any other: its token is no new key", async () => {
		refuse('B');
		const body = `<html><script src="/_Incapsula_Resource?SWJIYLWA=${'719d34d3'.repeat(4)}">`;
		const page = { status: 429, headers: { 'content-type': 'text/html' }, body };
		// More often than what is in doubt is tried.
		lab.fault({ when: 'before', action: 'reply', reply: page }, { ...PUT, times: 4 });
		const { description, keys } = errorOf(await run(NAMES));
		expect(statesIn(keys)).toEqual([[idOf('A'), 'switched_off']]);
		expect(description).not.toContain('719d34d3');
	});

	test('with Roll Back off, the keys stay and are named, and none is tried', async () => {
		refuse('B');
		const options = { ...ONE_BY_ONE, rollback: false, verify: true };
		const { description, keys } = errorOf(await run(NAMES, options));
		expect(statesIn(keys)).toEqual([[idOf('A'), 'live']]);
		expect(description).toContain(`so ${switchOff} them: ${idOf('A')}.`);
		expect(lab.sandbox.requests(({ method }) => method !== 'POST')).toEqual([]);
	});

	test('a key without an ID, with Roll Back off: it is live, and told to be', async () => {
		lab.fault(faults.oddJsonAfter('noId'), { match: { name: 'A' } });
		refuse('B');
		const { description, keys } = errorOf(await run(NAMES, { ...ONE_BY_ONE, rollback: false }));
		expect(keys).toMatchObject([{ id: null, name: 'A', state: 'live' }]);
		expect(description).toContain('A key whose ID DigiCert did not tell is still live:');
		expect(description).toContain('(item 0).');
	});

	test.each([
		['named, because nothing proves it', {}, 'active', 'candidate'],
		['switched off, because of its tag', { lostReply: 'revoke' }, off, 'switched_off'],
	])('a key without an ID is looked for: %s', async (_, options, status, state) => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		lab.fault(REFUSE, POST);
		const { description, keys } = errorOf(await run(['A', 'B'], { ...ONE_BY_ONE, ...options }));
		const { id } = at(lab.created(), 0);
		expect(lab.statuses()).toEqual([status]);
		expect(keys[0]).toMatchObject({ id, state });
		expect(description.includes('its list does not prove which one it is')).toBe(
			state === 'candidate',
		);
	});

	test.each([
		['not listed', { api_keys: [] }, 200, 'its list does not prove which one it is'],
		['in a list that is refused', {}, 403, 'HTTP 403'],
	])('a key without an ID, %s: live, and told why', async (_, body, status, why) => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		lab.fault(REFUSE, POST);
		lab.fault(answering(status, body), { ...LIST, ...ALWAYS });
		const { description, keys } = errorOf(await run(['A', 'B']));
		expect(keys).toMatchObject([{ id: null, name: 'A', state: 'live' }]);
		expect(description).toContain('Switching off did not work (ID unknown): ');
		expect(description).toContain(why);
	});

	test('lost keys that could not be switched off are told with the reason, once', async () => {
		lab.fault(faults.dropAfter(), { ...POST, times: 2 });
		noSwitchOff();
		const { description } = errorOf(await run(['A', 'B'], { lostReply: 'revoke' }));
		const { id } = at(lab.created(), 1);
		expect(description).toContain(
			[
				'Item 1: Whether a key was created is not known. The connection broke before the answer was complete (ECONNRESET).',
				`Still live, and no output holds their values, so ${switchOff} them: ${id}.`,
				`Switching off did not work (${id}): DigiCert`,
			].join('\n'),
		);
	});

	test.each([
		['there was to be no wait for the rate limit', { rateLimitWait: 0 }, 0],
		['the rate limit has used up the whole wait', { rateLimitWait: 1 }, 9],
	])('keys are switched off even when %s', async (_, options, retryAfter) => {
		lab.fault(faults.rateLimited({ retryAfter }), { match: { name: 'B' } });
		lab.fault(faults.rateLimited({ retryAfter: 0 }), { ...PUT, times: 2 });
		await run(['A', 'B'], { ...ONE_BY_ONE, ...options });
		expect(lab.statuses()).toEqual([off]);
	});

	test('reasons that differ from key to key share the last text: small, and no ID is left out', async () => {
		const names = Array.from({ length: 40 }, (_, i) => `key ${i}`);
		refuse('last');
		names.forEach((_, i) => {
			lab.fault(
				answering(400, { errors: [{ message: `Reason no ${i}. ${'and so on '.repeat(40)}` }] }),
				PUT,
			);
		});
		const { description, keys } = errorOf(await run([...names, 'last'], { concurrency: 40 }));
		const first = at(lab.created(), 0).id;
		expect(description).toContain(`so ${switchOff} them: ${first}-${first + 39}.`);
		const rest = / \(([^(]*)\): For reasons like these\./.exec(description)?.[1] ?? '';
		expect(idsTold(rest)).toHaveLength(30);
		expect(description.length).toBeLessThan(9000);
		expect(keys).toHaveLength(40);
	});

	test('rotate: the successors are switched off, the old keys stay live', async () => {
		const made = await run(['A', 'B']);
		lab.fault(REFUSE, { match: { method: 'POST', name: 'B' } });
		await lab.perform(
			resource,
			'rotate',
			jsonsOf(made).map(({ id }) => ({ id })),
			{
				parameters: { keyId: byId('={{ $json.id }}'), name: '', options: ONE_BY_ONE },
			},
		);
		expect(lab.statuses()).toEqual(['active', 'active', off]);
	});
});

test.each([{ onError: 'continueRegularOutput' }, { onError: 'continueErrorOutput' }])(
	'%j: every key goes out, each failure is an error item, and nothing is rolled back',
	async (settings) => {
		refuse('B');
		lab.fault(faults.errorAfter(500), { match: { name: 'C' } });
		const execution = await run(NAMES, ONE_BY_ONE, settings);
		const items = [...execution.items('DigiCert'), ...execution.items('DigiCert', 1)];
		const failed = items.filter(({ error }) => error !== undefined);
		expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
		expect(itemErrors(execution).map(({ keys }) => statesIn(keys))).toEqual([
			[],
			[
				[idOf('C'), 'candidate'],
				[null, 'may_exist'],
			],
		]);
		expect(delivered(execution)).toHaveLength(2);
		expect(puts()).toEqual([]);
	},
);

describe('cancelled', () => {
	const cancelled = async (names: string[], made: number, setup: Record<string, unknown> = {}) => {
		lab.fault(faults.slow(100), { match: { name: names.at(-1) ?? '' } });
		const { settings = {}, ...options } = setup;
		return await lab[create](names.map(lab.item), {
			parameters: { options },
			settings: isRecord(settings) ? settings : {},
			onStart: cancelWhen(() => lab.creations({ status: 201 }).length >= made),
		});
	};

	test.each(['stopWorkflow', 'continueErrorOutput'])(
		'%s: what is in flight ends, every key is switched off, and the log says so',
		async (onError) => {
			const execution = await cancelled(['A', 'B', 'C'], 2, { settings: { onError } });
			expect(lab.statuses()).toEqual([off, off, off]);
			const ids = lab.created().map(({ id }) => id);
			const [before, after] = logged();
			// Before and after: n8n may be shut down in between.
			expect(before?.line).toContain('The node switches keys off now, and logs the result.');
			expect(before?.keys).toMatchObject({ live: ids, switched_off: [] });
			expect(after?.line).toContain('(workflow test, execution test)');
			expect(after?.line).toContain('Switched off again, because nobody receives them: ');
			expect(after?.keys).toMatchObject({ live: [], switched_off: ids, may_exist: [] });
			expect(logged()).toHaveLength(2);
			expect(delivered(execution)).toEqual([]);
		},
	);

	test.each(['stopWorkflow', 'continueErrorOutput'] as const)(
		'%s, while the output is being made: the same, for nobody receives it any more',
		async (onError) => {
			const execution = await lab[create](['A', 'B'].map(lab.item), {
				settings: { onError },
				onStart: (stop) => {
					beforeCalls('run.js', 'toOutput', stop);
				},
			});
			expect(lab.statuses()).toEqual([off, off]);
			expect(logged().at(-1)?.keys).toMatchObject({
				switched_off: lab.created().map(({ id }) => id),
			});
			expect(delivered(execution)).toEqual([]);
		},
	);

	test('with Roll Back off: the keys stay, and the log names them, once', async () => {
		await cancelled(['A', 'B'], 1, { rollback: false });
		expect(lab.statuses()).toEqual(['active', 'active']);
		expect(logged()).toHaveLength(1);
		expect(logged()[0]?.keys).toMatchObject({ live: lab.created().map(({ id }) => id) });
	});

	test('a lost answer: the log says what may be it', async () => {
		lab.fault(faults.errorAfter(500), { match: { name: 'A' } });
		await cancelled(['A', 'B'], 1);
		expect(logged().at(-1)?.keys).toMatchObject({
			candidate: [idOf('A')],
			switched_off: [idOf('B')],
		});
	});

	test('one that the list does not show: the log says that it may exist', async () => {
		lab.fault(faults.dropBefore(), { match: { name: 'A' } });
		await cancelled(['A', 'B'], 1);
		expect(logged().at(-1)?.keys).toMatchObject({
			may_exist: [{ item: 0, id: null, name: 'A' }],
			id_unknown: [],
			switched_off: [idOf('B')],
		});
	});

	test('before anything was made: nothing is logged, and the items were not started', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 5 }), { ...POST, ...ALWAYS });
		const execution = await lab[create](['A', 'B'].map(lab.item), {
			settings: { onError: 'continueRegularOutput' },
			onStart: cancelWhen(() => lab.creations({ status: 429 }).length >= 2),
		});
		expect(logged()).toEqual([]);
		for (const { message, keys } of itemErrors(execution)) {
			expect(message).toContain('was not started, because the execution was cancelled');
			expect(keys).toEqual([]);
		}
	});

	test.each([
		['a key that cannot be switched off', { when: 'after', action: 'pass' }, 'key '],
		['one whose ID is not known', faults.oddJsonAfter('noId'), 'the key '],
	] as const)('under Continue, %s: its item says so', async (_, fault, what) => {
		noSwitchOff();
		lab.fault(fault, { ...POST, delayMs: 100 });
		const execution = await lab[create]([lab.item('A')], {
			settings: { onError: 'continueRegularOutput' },
			onStart: cancelWhen(() => lab.creations().length === 1),
		});
		const { message, description, keys } = itemError(execution);
		expect(message).toContain(`The execution was cancelled, and ${what}`);
		expect(message).toContain('of this item may still be live');
		expect(description).toContain(switchOff);
		expect(keys[0]).toMatchObject({ id: idOf('A') });
	});
});

describe('service users', () => {
	const create = async (options: object = {}, emails = ['a@b.example', 'd@e.example']) =>
		await lab.perform(
			'serviceUser',
			'create',
			emails.map((email) => ({ email })),
			{
				parameters: {
					email: '={{ $json.email }}',
					name: '={{ $json.email }}',
					...{ restrictedToRoleId: 0, containerIds: '', options: { ...ONE_BY_ONE, ...options } },
				},
			},
		);

	test('a run that stops ends its look-ups with the first that fails', async () => {
		lab.fault(REFUSE, { match: { name: 'd@e.example' } });
		lab.fault(faults.forbiddenInvalidKey(), { ...LIST, ...ALWAYS });
		const { keys } = errorOf(
			await create({ rollback: false }, ['a@b.example', 'b@b.example', 'd@e.example']),
		);
		expect(keys).toHaveLength(2);
		expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
	});

	test('a run that stops and rolls nothing back names the key by its ID', async () => {
		lab.fault(REFUSE, { match: { name: 'd@e.example' } });
		const { keys } = errorOf(await create({ rollback: false }));
		expect(keys).toMatchObject([{ id: at(lab.created(), 0).id, state: 'live' }]);
	});

	test.each([
		['by the ID that the answer tells', (id: unknown) => id],
		['by an ID that comes as text', String],
	])('their keys are found %s and switched off; the users remain', async (_, change) => {
		lab.fault(
			changing((body) => ({ ...body, id: change(body.id) })),
			POST,
		);
		lab.fault(REFUSE, { match: { name: 'd@e.example' } });
		const { description, keys } = errorOf(await create());
		expect(lab.statuses()).toEqual(['revoked']);
		expect(description).toContain('The service user itself remains in each case.');
		// The answer tells whose key it is, so nobody is looked for.
		expect(lab.sandbox.requests(({ path }) => path === '/user/api-only')).toEqual([]);
		expect(keys).toMatchObject([{ email: 'a@b.example', state: 'switched_off' }]);
	});

	test('the key of a user whose ID is not told goes out without its ID, and nobody is asked', async () => {
		lab.fault(faults.oddJsonAfter('noId'), { ...POST, ...ALWAYS });
		const execution = await create();
		expect(delivered(execution)).toHaveLength(2);
		expect(lab.sandbox.requests({ method: 'GET' })).toEqual([]);
	});

	test('a user whose ID is not told is found by the email address; nothing proves the key', async () => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		lab.fault(REFUSE, { match: { name: 'd@e.example' } });
		const { keys } = errorOf(await create());
		expect(lab.statuses()).toEqual(['active']);
		expect(keys).toMatchObject([
			{ id: at(lab.created(), 0).id, state: 'candidate' },
			{ id: null, state: 'live' },
		]);
	});
});

describe('subaccounts', () => {
	const create = async (...names: string[]) =>
		await lab.createSubaccounts(names, { parameters: { name: 'First', options: ONE_BY_ONE } });
	beforeEach(() => {
		lab.fault(REFUSE, { match: { path: '/account/subaccount', name: 'Two' } });
	});

	test('the key is known by its last characters and the account, and switched off', async () => {
		await create('Zero');
		const { description, keys } = errorOf(await create('One', 'Two'));
		expect(lab.statuses()).toEqual(['active', 'inactive']);
		expect(description).toContain('The subaccount itself remains in each case.');
		expect(keys).toMatchObject([{ subaccount: 'One', state: 'switched_off' }]);
	});

	test('of two keys that may be the one, neither is switched off', async () => {
		lab.fault(
			changing((body) => {
				const keys = list(body.api_keys).map(record);
				return { api_keys: [...keys, { ...keys.at(-1), id: 7 }] };
			}),
			{ ...LIST, ...ALWAYS },
		);
		const { keys } = errorOf(await create('One', 'Two'));
		expect(lab.statuses()).toEqual(['active']);
		expect(keys.map(({ state }) => state)).toEqual(['candidate', 'candidate', 'live']);
	});

	test('the end of another text of the answer proves nothing', async () => {
		lab.fault(
			changing((body) => ({ ...body, note: 'TheQuickBrownFoxes' })),
			POST,
		);
		lab.fault(
			listing((key) => ({ ...key, api_key_last4: 'oxes' })),
			{ ...LIST, ...ALWAYS },
		);
		const { keys } = errorOf(await create('One', 'Two'));
		expect(lab.statuses()).toEqual(['active']);
		expect(keys).toMatchObject([{ subaccount: 'One', id: null, state: 'live' }]);
	});

	test('a key that ends the same, of another account, is not taken for it', async () => {
		lab.fault(
			listing((key) => ({ ...key, id: 5, account_id: 6 })),
			{ ...LIST, ...ALWAYS },
		);
		const { keys } = errorOf(await create('One', 'Two'));
		expect(lab.statuses()).toEqual(['active']);
		expect(keys.at(-1)).toMatchObject({ subaccount: 'One', id: null, state: 'live' });
	});

	test('a key of the same name that ends otherwise is not taken for it', async () => {
		await create('Zero');
		lab.fault(faults.staleList(), { ...LIST, ...ALWAYS });
		const { description, keys } = errorOf(await create('One', 'Two'));
		expect(lab.statuses()).toEqual(['active', 'active']);
		expect(description).not.toContain('may be the ones');
		expect(keys).toMatchObject([{ item: 0, subaccount: 'One', id: null, state: 'live' }]);
	});
});
