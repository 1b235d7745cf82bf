import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import type { Execution } from '../../support/engine.mts';
import {
	ALWAYS,
	APIS,
	byId,
	changing,
	LIST,
	listing,
	NO_KEYS,
	POST,
	PUT,
	useLab,
} from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list, record, text } from '../../support/read.mts';
import {
	delivered,
	errorOf,
	hintsOf,
	itemError,
	itemErrors,
	jsonOf,
	jsonsOf,
} from '../../support/told.mts';

const lab = useLab();
shortenPauses();

const REGULAR = 'continueRegularOutput';
const MANY_LOOKS = 5;

/** A fault: the list as it was before this key, or before any, was made. */
const listWithout = (isHidden: (key: Record<string, unknown>) => boolean): Fault =>
	changing((body) => ({ api_keys: list(body.api_keys).filter((key) => !isHidden(record(key))) }));
const idIn = (execution: Execution) => Number(jsonOf(execution).id);
const created = () => lab.created().map(({ id }) => id);

// The code is the same for both APIs; here it is run at the partner API.
const { create, resource, switchOff, off } = APIS[1];
const run = async (
	names: string[],
	ifNameExists: string,
	onError: 'stopWorkflow' | 'continueRegularOutput' = 'stopWorkflow',
	options: object = {},
) =>
	await lab[create](names.map(lab.item), {
		parameters: { options: { ifNameExists, concurrency: 1, ...options } },
		settings: { onError },
	});
const rotate = async (ids: unknown[], ifNameExists: string, options: object = {}) =>
	await lab.perform(
		resource,
		'rotate',
		ids.map((id) => ({ id })),
		{
			parameters: {
				keyId: byId('={{ $json.id }}'),
				name: '',
				options: { ifNameExists, ...options },
			},
		},
	);
const reads = () => lab.sandbox.requests({ method: 'GET' });
/** Makes a key as another run would, which a run does not see before it has made its own. */
const madeMeanwhile = async (name = 'A', options: object = {}) => {
	const id = idIn(await run([name], 'create', 'stopWorkflow', options));
	lab.fault(
		listWithout((key) => key.id === id),
		LIST,
	);
	return id;
};

test('Create Another: made without looking', async () => {
	await run(['A'], 'create');
	await run(['A'], 'create');
	expect(lab.created()).toHaveLength(2);
	expect(reads()).toEqual([]);
});

describe('before the creation', () => {
	test('Skip: a schedule makes one key, however often it runs', async () => {
		const first = jsonOf(await run(['A', 'B'], 'skip'));
		// One look before and one after serve all items of an owner.
		expect(reads()).toHaveLength(2);
		for (let hour = 0; hour < 2; hour++) {
			const [a, b] = jsonsOf(await run(['A', 'B'], 'skip'));
			expect(a).toMatchObject({ id: first.id, name: 'A', status: 'active', skipped: true });
			expect(b).toMatchObject({ name: 'B', skipped: true });
			expect(a).not.toHaveProperty('api_key');
		}
		expect(lab.creations()).toHaveLength(2);
	});

	test.each([
		['A', 'A [n8n aaaaaa]'],
		['A [n8n aaaaaa]', 'A [n8n bbbbbb]'],
		['A', ' A\t'],
		['A [n8n aaaaaa]', ' A [n8n bbbbbb] '],
	])('%j and %j are the same name', async (one, other) => {
		const id = idIn(await run([one], 'create'));
		expect(jsonOf(await run([other], 'skip'))).toMatchObject({ id, skipped: true });
		expect(errorOf(await run([other], 'fail')).message).toContain(`key ${id} [item 0]`);
		expect(lab.created()).toHaveLength(1);
	});

	test('only live keys count, of this owner, with just this name; the lowest ID of them', async () => {
		const [dead, { id } = {}] = jsonsOf(await run(['A', 'A', 'A', 'a'], 'create'));
		await lab.perform(resource, switchOff, [{}], { parameters: { keyId: byId(dead?.id) } });
		await lab[create]([lab.itemOfOther('B')]);
		const [a, b] = jsonsOf(await run(['A', 'B'], 'skip'));
		expect(a).toMatchObject({ id, skipped: true });
		expect(b).toHaveProperty('api_key');
	});

	test('a live key of the name whose owner is not told counts', async () => {
		await run(['A'], 'create');
		lab.fault(
			listing((key) => ({ ...key, user: undefined, account_id: undefined })),
			LIST,
		);
		expect(jsonOf(await run(['A'], 'skip')).skipped).toBe(true);
	});

	test('the own key counts as shown where the list tells no owner', async () => {
		lab.fault(
			listing((key) => ({ ...key, user: undefined, account_id: undefined })),
			{ ...LIST, ...ALWAYS },
		);
		const execution = await run(['A'], 'skip');
		expect(jsonOf(execution)).toHaveProperty('api_key');
		expect(hintsOf(execution).join()).not.toContain('Look for one before you go on.');
	});

	test('Fail: nothing is created at all when the node stops, and all are named', async () => {
		const ids = jsonsOf(await run(['B', 'C', 'D'], 'create')).map(({ id }) => Number(id));
		const { message, description, keys } = errorOf(await run(['A', 'B', 'C', 'D'], 'fail'));
		expect(message).toBe(
			`There is already a live API key of this name: key ${at(ids, 0)} [item 1]`,
		);
		expect(description).toContain(
			`Item 2, 3: There is already a live API key of this name. (keys ${at(ids, 1)}, ${at(ids, 2)})`,
		);
		expect(description).toContain('No API key was created.');
		expect(keys).toEqual([]);
		expect(lab.creations()).toHaveLength(3);
	});

	test('Fail under Continue: the other items get their keys', async () => {
		await run(['B'], 'create');
		const execution = await run(['A', 'B', 'C'], 'fail', REGULAR);
		expect(delivered(execution)).toHaveLength(2);
		expect(itemError(execution).message).toContain('There is already a live API key');
	});

	test.each(['skip', 'fail'])('%s: no list, no key', async (policy) => {
		lab.fault(faults.forbiddenInvalidKey(), { ...LIST, ...ALWAYS });
		expect(errorOf(await run(['A'], policy)).description).toContain('HTTP 403');
		expect(lab.creations()).toEqual([]);
	});

	test.each<[string, string, Fault]>([
		['skip', 'a total above what came', faults.oddList('highTotal')],
		['fail', 'a total above what came', faults.oddList('highTotal')],
		['skip', 'a key without a name', listing((key) => ({ ...key, name: null }))],
		['skip', 'a key whose name is a number', listing((key) => ({ ...key, name: 1 }))],
		['fail', 'a key without a status', listing((key) => ({ ...key, status: null }))],
	])('%s: a list with %s proves nothing', async (policy, _, fault) => {
		await run(['B'], 'create');
		lab.fault(fault, { ...LIST, ...ALWAYS });
		const { message, description } = errorOf(await run(['A'], policy));
		expect(message).toBe('It cannot be told whether there is an API key of this name [item 0]');
		expect(description).toContain('Nothing was created for this item.');
		expect(lab.creations()).toHaveLength(1);
	});
});

describe('within a run', () => {
	test('Skip: the second has the record of the first, and no field more', async () => {
		lab.fault(
			changing((body) => ({ ...body, secret: body.api_key })),
			POST,
		);
		const [first = {}, second] = jsonsOf(await run(['A', ' A [n8n aaaaaa]'], 'skip'));
		const { api_key: value, ...rest } = first;
		expect(lab.sandbox.holds(text(value))).toBeDefined();
		expect(second).toEqual({ ...rest, secret: undefined, skipped: true });
		expect(second).not.toHaveProperty('secret');
		expect(lab.creations()).toHaveLength(1);
	});

	test('Skip, the first refused: the second is tried', async () => {
		lab.fault(faults.errorsAsObject(), POST);
		expect(jsonOf(await run(['A', 'A'], 'skip', REGULAR), 1)).toHaveProperty('api_key');
	});

	test('Skip, the first unknown: the second is not sent', async () => {
		lab.fault(faults.dropAfter(), POST);
		const { message, description, keys } = itemError(await run(['A', 'A'], 'skip', REGULAR), 1);
		expect(lab.creations()).toHaveLength(1);
		expect(message).toBe(
			'Not sent, because item 0 of this run asked for the same API key and did not receive it [item 1]',
		);
		expect(description).toContain('Act on the error of item 0 first, then run this item again.');
		expect(keys).toEqual([]);
	});

	test('Skip and stop: one that waited for a key that is rolled back is not told apart', async () => {
		lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
		const { itemIndex, description } = errorOf(await run(['A', 'A', 'B'], 'skip'));
		expect(itemIndex).toBe(2);
		expect(description).not.toContain('Not sent');
	});

	test('Skip, the first given away to another run: the second has that record as well', async () => {
		const id = await madeMeanwhile();
		const [first, second] = jsonsOf(await run(['A', 'A'], 'skip'));
		expect([first, second]).toMatchObject([
			{ id, skipped: true },
			{ id, skipped: true },
		]);
	});

	test('Fail: two items of the same name', async () => {
		expect(errorOf(await run(['A', 'B', 'A'], 'fail')).message).toBe(
			'Item 0 of this run asks for an API key of the same name and owner [item 2]',
		);
		expect(lab.creations()).toEqual([]);
		const execution = await run(['A', 'B', 'A'], 'fail', REGULAR);
		expect(delivered(execution)).toHaveLength(2);
		expect(itemErrors(execution)).toHaveLength(1);
	});

	test('Fail, after an item that asks for the same name otherwise', async () => {
		const options = { ifNameExists: '={{ $json.how }}', concurrency: 1 };
		const items = ['create', 'create', 'fail'].map((how) => ({ ...lab.item('A'), how }));
		const { message } = itemError(
			await lab[create](items, {
				parameters: { options },
				settings: { onError: REGULAR },
			}),
		);
		expect(message).toBe(
			'Item 0 of this run asks for an API key of the same name and owner [item 2]',
		);
		expect(lab.creations()).toHaveLength(2);
	});

	test('each owner has names of its own', async () => {
		const other = lab.itemOfOther('A');
		await lab[create]([other]);
		const options = { ifNameExists: 'skip' };
		const both = await lab[create]([lab.item('A'), other], { parameters: { options } });
		expect(jsonsOf(both).map(({ skipped }) => skipped)).toEqual([undefined, true]);
	});
});

describe('when another run made one meanwhile', () => {
	test('Skip: the lower ID stays, and the own key is switched off, untried', async () => {
		const id = await madeMeanwhile();
		const json = jsonOf(await run(['A'], 'skip', 'stopWorkflow', { verify: true }));
		expect(lab.sandbox.requests(({ path }) => path.endsWith('settings'))).toEqual([]);
		expect(json).toMatchObject({ id, name: 'A', skipped: true });
		expect(json).not.toHaveProperty('api_key');
		expect(lab.statuses()).toEqual(['active', off]);
	});

	test('one whose owner DigiCert does not tell may be of somebody else: both stay', async () => {
		const id = await madeMeanwhile();
		lab.fault(
			listing((key) => (key.id === id ? { ...key, user: null, account_id: null } : key)),
			{ ...LIST, ...ALWAYS },
		);
		expect(jsonOf(await run(['A'], 'skip'))).toMatchObject({ also_live: [id] });
		expect(lab.statuses()).toEqual(['active', 'active']);
	});

	test('an own key that the list never shows does not give way', async () => {
		const id = await madeMeanwhile();
		const without = changing((body) => ({
			api_keys: list(body.api_keys).filter((key) => record(key).id === id),
		}));
		lab.fault(without, { ...LIST, ...ALWAYS });
		expect(jsonOf(await run(['A'], 'skip'))).toMatchObject({ also_live: [id] });
		expect(lab.statuses()).toEqual(['active', 'active']);
	});

	test('an ID that is listed as the key of another owner is not the own one', async () => {
		const id = await madeMeanwhile();
		lab.fault(
			listing((key) => (key.id === id ? key : { ...key, account_id: 1 })),
			{ ...LIST, ...ALWAYS },
		);
		expect(jsonOf(await run(['A'], 'skip'))).toMatchObject({ also_live: [id] });
		expect(lab.statuses()).toEqual(['active', 'active']);
	});

	test('Fail: an error names both, and tells workflows the state of the own one', async () => {
		const id = await madeMeanwhile();
		const { message, description, keys } = itemError(await run(['A'], 'fail', REGULAR));
		const own = at(created(), 1);
		expect(message).toBe(
			`Another run made an API key of this name first: key ${id}, so key ${own} of this item was switched off again [item 0]`,
		);
		expect(description).toContain('Nothing needs to be done if that run has its value.');
		expect(keys).toMatchObject([{ id: own, state: 'switched_off' }]);
	});

	test('Fail, and the node stops: the keys of the other items are switched off as well', async () => {
		await madeMeanwhile();
		const { message, description } = errorOf(await run(['B', 'A'], 'fail'));
		expect(message).toContain('Another run made an API key of this name first');
		expect(description).toContain('This run had already created 2 API keys.');
		expect(lab.statuses()).toEqual(['active', off, off]);
	});

	test('Skip, and the node stops because of another item: the own key is off for its own reason', async () => {
		const id = await madeMeanwhile();
		lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
		const { message, description } = errorOf(
			await run(['A', 'B'], 'skip', 'stopWorkflow', { rollback: false }),
		);
		expect(message).toContain('did not accept the values');
		expect(description).toContain(
			`Item 0: Another run made an API key of this name first. (key ${id})`,
		);
		expect(lab.statuses()).toEqual(['active', off]);
	});

	test('an own key that cannot be switched off is named', async () => {
		const id = await madeMeanwhile();
		lab.fault(faults.forbiddenInvalidKey(), { ...PUT, ...ALWAYS });
		const { message, description, keys } = itemError(await run(['A'], 'skip', REGULAR));
		const own = at(created(), 1);
		expect(message).toContain(`first: key ${id}, and key ${own} of this item may still be live`);
		expect(description).toContain(`Make sure to ${switchOff} it.`);
		expect(keys).toMatchObject([{ id: own, state: 'live' }]);
	});

	test('a higher ID gives way itself: the own key stays', async () => {
		lab.fault(NO_KEYS, LIST);
		lab.fault(
			changing((body) => {
				const keys = list(body.api_keys).map(record);
				return { api_keys: [...keys, { ...keys.at(-1), id: 999_999 }] };
			}),
			LIST,
		);
		const json = jsonOf(await run(['A'], 'skip'));
		expect(json).toHaveProperty('api_key');
		expect(json).not.toHaveProperty('also_live');
		expect(lab.statuses()).toEqual(['active']);
	});

	test("another run's tag does not win: both stay, and the output names the other", async () => {
		const id = await madeMeanwhile('A', { lostReply: 'revoke' });
		const json = jsonOf(await run(['A'], 'skip'));
		expect(json).toMatchObject({ also_live: [id] });
		expect(json).toHaveProperty('api_key');
		expect(lab.statuses()).toEqual(['active', 'active']);
	});

	test('an own tag: others do not give way to it, so they are named', async () => {
		lab.fault(NO_KEYS, LIST);
		lab.fault(
			changing((body) => {
				const keys = list(body.api_keys).map(record);
				return { api_keys: [...keys, { ...keys.at(-1), id: 999_999, name: 'A' }] };
			}),
			LIST,
		);
		const json = jsonOf(await run(['A'], 'skip', 'stopWorkflow', { lostReply: 'revoke' }));
		expect(json).toMatchObject({ also_live: [999_999] });
	});

	test('a list that lags is read until it shows the own key', async () => {
		const id = await madeMeanwhile();
		lab.fault(NO_KEYS, { ...LIST, times: 2 });
		const timers = jest.spyOn(globalThis, 'setTimeout');
		expect(jsonOf(await run(['A'], 'skip'))).toMatchObject({ id, skipped: true });
		expect(reads()).toHaveLength(4);
		// Each pause is twice the one before.
		const lengths = timers.mock.calls.map(([, length]) => length);
		timers.mockRestore();
		expect(lengths).toEqual(expect.arrayContaining([20, 40]));
	});

	test.each<[string, Fault, number]>([
		['lags on', NO_KEYS, 1 + MANY_LOOKS],
		['is incomplete', faults.oddList('nullEntry'), 2],
		['is refused', faults.forbiddenInvalidKey(), 2],
	])(
		'a list that %s: the keys are put out, and one note names the items',
		async (_, fault, most) => {
			lab.fault({ when: 'after', action: 'pass' }, LIST);
			lab.fault(fault, { ...LIST, ...ALWAYS });
			const execution = await run(['A', 'B'], 'skip');
			expect(delivered(execution)).toHaveLength(2);
			const notes = hintsOf(execution).filter((hint) =>
				hint.includes('of the same name and owner'),
			);
			expect(notes).toEqual([expect.stringContaining('[item 0, 1]')]);
			expect(reads()).toHaveLength(most);
		},
	);

	test('a key without an ID stays, with the note', async () => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		const execution = await run(['A'], 'skip');
		expect(jsonOf(execution)).toHaveProperty('api_key');
		expect(hintsOf(execution).join()).toContain('Look for one before you go on.');
	});
});

describe('overlapping executions', () => {
	const names = Array.from({ length: 4 }, (_, i) => `key ${i}`);

	test.each(['skip', 'fail'])(
		'create, %s: one live key for each name, and its value',
		async (policy) => {
			const options = { concurrency: 8 };
			// Both have looked before the first key is there.
			lab.fault(faults.late(100), { ...POST, ...ALWAYS });
			const both = await Promise.all([
				run(names, policy, REGULAR, options),
				run(names, policy, REGULAR, options),
			]);
			const live = lab.live().map(({ id, name }) => ({ id, name }));
			expect(live.map(({ name }) => name).sort()).toEqual(names);
			const given = both.flatMap((execution) => delivered(execution));
			expect(given.map(({ id }) => id).sort()).toEqual(live.map(({ id }) => id).sort());
		},
	);

	test('rotate: one successor for each key', async () => {
		const old = jsonsOf(await run(names, 'create')).map(({ id }) => id);
		const both = await Promise.all([rotate(old, 'skip'), rotate(old, 'skip')]);
		expect(lab.live()).toHaveLength(2 * names.length);
		expect(both.flatMap((execution) => delivered(execution))).toHaveLength(names.length);
	});
});

test('rotate: the old key does not count, its successor does', async () => {
	const { id } = jsonOf(await run(['A'], 'create'));
	const successor = jsonOf(await rotate([id], 'skip'));
	expect(successor).toMatchObject({ name: 'A', replaces: { id } });
	const skipped = jsonOf(await rotate([id], 'skip'));
	expect(skipped).toMatchObject({ id: successor.id, skipped: true });
	expect(skipped).not.toHaveProperty('replaces');
	expect(errorOf(await rotate([id], 'fail')).message).toContain(`key ${Number(successor.id)}`);
	expect(lab.created()).toHaveLength(2);
});

test('rotate, the same key twice in one run: one successor', async () => {
	const { id } = jsonOf(await run(['A'], 'create'));
	const [first, second] = jsonsOf(await rotate([id, id], 'skip'));
	expect(first).toHaveProperty('replaces');
	expect(second).toMatchObject({ id: first?.id, skipped: true });
	expect(second).not.toHaveProperty('replaces');
	expect(second).not.toHaveProperty('api_key');
});

test('a list is clear of keys without a name that are off, or of other accounts', async () => {
	await run(['B'], 'create');
	for (const odd of [
		{ name: null, status: off },
		{ name: null, account_id: 1 },
	]) {
		lab.fault(
			listing((key) => (key.name === 'B' ? { ...key, ...odd } : key)),
			{ ...LIST, times: 2 },
		);
		expect(jsonOf(await run(['A'], 'skip'))).toMatchObject({ name: 'A' });
	}
});

test('rotate, the same key twice: an item that replaces nothing is not in the way', async () => {
	const [old] = jsonsOf(await run(['B', 'A 0'], 'create'));
	const execution = await lab.perform(resource, 'rotate', [{ id: old?.id }, { id: old?.id }], {
		parameters: {
			...{ keyId: byId('={{ $json.id }}'), name: '={{ `A ${$itemIndex}` }}' },
			options: { ifNameExists: 'skip' },
		},
	});
	expect(jsonsOf(execution)).toMatchObject([{ skipped: true }, { replaces: { id: old?.id } }]);
});

test.each([
	['create', "={{ 'A' }}"],
	['fail', '={{ `A ${$itemIndex}` }}'],
	['skip', '={{ `A ${$itemIndex}` }}'],
])('rotate, the same key twice with %s and the name %s: refused', async (ifNameExists, name) => {
	const [first, other] = jsonsOf(await run(['B', 'C'], 'create'));
	const execution = await lab.perform(
		resource,
		'rotate',
		[first, other, first].map((key) => ({ id: key?.id })),
		{ parameters: { keyId: byId('={{ $json.id }}'), name, options: { ifNameExists } } },
	);
	const { message, description } = errorOf(execution);
	expect(message).toBe('Item 0 of this run replaces the same API key [item 2]');
	expect(description).toContain("turn on 'Execute Once'");
	expect(lab.created()).toHaveLength(2);
});

test.each([
	['ifNameExists', 'maybe', "'If Name Exists' is none of its values"],
	['lostReply', 'ignore', "'Lost Reply' is none of its values"],
	['rollback', 'no', "'Roll Back' is none of its values"],
])('an expression that gives %s no value of it is refused', async (option, value, message) => {
	const error = errorOf(
		await lab.createUserKeys([lab.item('A')], { parameters: { options: { [option]: value } } }),
	);
	expect(error.message).toContain(message);
	expect(error.description).toContain('An expression has to give');
	expect(lab.sandbox.requests()).toEqual([]);
});
