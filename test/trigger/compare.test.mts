import type {
	EventName,
	ListedKey,
	TriggerSettings,
} from '../../dist/nodes/DigiCert/trigger/events.js';
import { at, present } from '../support/read.mts';
import { DAY, HOUR, inShort, keyWith, on, START, Watcher } from './support.mts';

const neverUsed: Partial<ListedKey> = { lastUsedAt: undefined };

describe('the first poll', () => {
	test('tells nothing, and remembers what is there', async () => {
		const watcher = new Watcher();
		const keys = [keyWith(1), keyWith(2, { live: false }), keyWith(3, neverUsed)];
		expect(await watcher.poll(keys, 400 * DAY)).toEqual([]);
		expect(await watcher.poll(keys)).toEqual([]);
		expect(inShort(await watcher.poll([...keys, keyWith(4, { createdAt: undefined })]))).toContain(
			'created 4',
		);
	});

	test('tells what is there, if existing keys are to be reported', async () => {
		const watcher = new Watcher({ reportExisting: true });
		const events = await watcher.poll(
			[keyWith(1, neverUsed), keyWith(2, { live: false })],
			2 * DAY,
		);
		expect(inShort(events)).toEqual(['created 1', 'neverUsed 1', 'created 2', 'switchedOff 2']);
		expect(await watcher.poll([keyWith(1, neverUsed), keyWith(2, { live: false })])).toEqual([]);
	});

	test('comes again when other keys are to be watched', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		watcher.settings = { ...watcher.settings, watch: 'subaccountApiKeys' };
		expect(await watcher.poll([keyWith(5)])).toEqual([]);
	});

	test('comes again when no key is listed that was known, and only then', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1), keyWith(2)]);
		expect(inShort(await watcher.poll([keyWith(2), keyWith(3)]))).toEqual([
			'created 3',
			'removed 1',
		]);
		expect(await watcher.poll([keyWith(11), keyWith(12)])).toEqual([]);
		expect(inShort(await watcher.poll([keyWith(11)]))).toEqual(['removed 12']);
	});
});

/** One step between two polls: how the key was, how it is, and what is told. */
const steps: [string, Partial<ListedKey>, Partial<ListedKey> | undefined, string[], unknown][] = [
	['nothing', {}, {}, [], undefined],
	['it is switched off', {}, { live: false }, ['switchedOff 1'], undefined],
	['it is switched on', { live: false }, {}, ['switchedOn 1'], undefined],
	['its name changes', {}, { name: 'Other' }, ['changed 1'], { name: 'Key 1' }],
	['its role changes', {}, { role: 102 }, ['changed 1'], { restricted_to_role_id: 0 }],
	['its owner changes', {}, { ownerId: 8 }, ['changed 1'], { user: { id: 7 } }],
	[
		'all of that at once',
		{ name: 'N'.repeat(200), role: 103 },
		{ live: false, name: 'N'.repeat(201), ownerId: 8 },
		['switchedOff 1', 'changed 1'],
		{ name: `${'N'.repeat(34)}…`, restricted_to_role_id: 103, user: { id: 7 } },
	],
	[
		'its name is not told',
		{},
		{ name: undefined, role: undefined, ownerId: undefined },
		[],
		undefined,
	],
	[
		'its name was not told',
		{ name: undefined, role: undefined, ownerId: undefined },
		{},
		[],
		undefined,
	],
	['it is used', neverUsed, {}, [], undefined],
	['it is removed', {}, undefined, ['removed 1'], undefined],
];

test.each(steps)('between two polls: %s', async (_, was, is, told, before) => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1, was), keyWith(2)]);
	const keys = is === undefined ? [keyWith(2)] : [keyWith(1, is), keyWith(2)];
	const events = await watcher.poll(keys);
	expect(inShort(events)).toEqual(told);
	expect(events.find(({ event }) => event === 'changed')?.before).toEqual(before);
	// It is told once.
	expect(await watcher.poll(keys)).toEqual([]);
});

test('the owner of a partner key is named as that API names it', async () => {
	const watcher = new Watcher({ watch: 'subaccountApiKeys' });
	await watcher.poll([keyWith(1), keyWith(2)]);
	const [changed] = await watcher.poll([keyWith(1, { ownerId: 8 }), keyWith(2)]);
	expect(changed?.before).toEqual({ account_id: 7 });
	const [removed] = await watcher.poll([keyWith(2)]);
	expect(removed?.key).toEqual({
		id: 1,
		name: 'Key 1',
		status: 'active',
		account_id: 8,
		restricted_to_role_id: 0,
	});
});

test('a removed key is told as it was last, as far as that is known', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1, { live: false, name: 'M'.repeat(50), acme: true }), keyWith(2)]);
	const [event] = await watcher.poll([keyWith(2)]);
	expect(event?.key).toEqual({
		id: 1,
		name: `${'M'.repeat(34)}…`,
		status: 'revoked',
		user: { id: 7 },
		restricted_to_role_id: 0,
		is_acme_directory_url: true,
	});
});

test('of a removed key it tells no more than was told of it', async () => {
	const watcher = new Watcher();
	const little = { name: undefined, ownerId: undefined, role: undefined };
	await watcher.poll([keyWith(1, little), keyWith(2)]);
	const [event] = await watcher.poll([keyWith(2)]);
	expect(event?.key).toStrictEqual({
		id: 1,
		name: '',
		status: 'active',
		is_acme_directory_url: false,
	});
});

test('a removed key of which the state cannot be read is told by its ID', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1), keyWith(2)]);
	await watcher.poll([keyWith(1)]);
	watcher.disk = watcher.disk?.replace(/"2":"[^"]*"/, '"2":"odd"');
	watcher.restart();
	const [event] = await watcher.poll([keyWith(1)], 60_000);
	expect(event).toMatchObject({ event: 'removed' });
	expect(event?.key).toEqual({ id: 2 });
});

test('a key that a lagging list leaves out and shows again is not new', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1)]);
	expect(inShort(await watcher.poll([keyWith(1), keyWith(2)]))).toEqual(['created 2']);
	expect(inShort(await watcher.poll([keyWith(1)]))).toEqual(['removed 2']);
	expect(inShort(await watcher.poll([keyWith(1), keyWith(2, { live: false })]))).toEqual([
		'switchedOff 2',
	]);
	const again = await watcher.poll([keyWith(1)]);
	expect(inShort(again)).toEqual(['removed 2']);
});

test('none of them is new when the whole list comes back after one that was far too narrow', async () => {
	const watcher = new Watcher();
	const all = Array.from({ length: 1200 }, (_, i) => keyWith(i + 1));
	await watcher.poll(all);
	expect(await watcher.poll([keyWith(1)])).toHaveLength(1199);
	expect(await watcher.poll(all)).toEqual([]);
});

describe('conditions', () => {
	test('each is told when its time has come, and once', async () => {
		const watcher = new Watcher();
		const key = keyWith(1, { createdAt: new Date(START + HOUR), lastUsedAt: undefined });
		const other = keyWith(2, { live: false });
		await watcher.poll([other], 0);
		expect(inShort(await watcher.poll([key, other], HOUR))).toEqual(['created 1']);
		expect(inShort(await watcher.poll([key, other], 24 * HOUR - 1))).toEqual([]);
		expect(inShort(await watcher.poll([key, other], 1))).toEqual(['neverUsed 1']);
		expect(inShort(await watcher.poll([key, other], 89 * DAY - 1))).toEqual([]);
		expect(inShort(await watcher.poll([key, other], 1))).toEqual(['unused 1']);
		expect(inShort(await watcher.poll([key, other], 275 * DAY - 1))).toEqual([]);
		expect(inShort(await watcher.poll([key, other], 1))).toEqual(['old 1']);
		expect(inShort(await watcher.poll([key, other], 900 * DAY))).toEqual([]);
	});

	test('unused is told again after a use, though no poll may have seen the key in use', async () => {
		const watcher = new Watcher(on('unused'));
		await watcher.poll([keyWith(1)], 0);
		expect(inShort(await watcher.poll([keyWith(1)], 91 * DAY))).toEqual(['unused 1']);
		const used = keyWith(1, { lastUsedAt: new Date(START + 100 * DAY) });
		expect(await watcher.poll([used], 98 * DAY)).toEqual([]);
		expect(inShort(await watcher.poll([used], 2 * DAY))).toEqual(['unused 1']);
		expect(await watcher.poll([used])).toEqual([]);
	});

	test('unused is told again when no poll came between a use and its time', async () => {
		const watcher = new Watcher(on('unused'));
		await watcher.poll([keyWith(1)], 0);
		expect(inShort(await watcher.poll([keyWith(1)], 91 * DAY))).toEqual(['unused 1']);
		const used = keyWith(1, { lastUsedAt: new Date(START + 92 * DAY) });
		expect(inShort(await watcher.poll([used], 100 * DAY))).toEqual(['unused 1']);
	});

	test('a condition that is chosen later is told when its time comes', async () => {
		const watcher = new Watcher(on('created'));
		await watcher.poll([keyWith(1)], 0);
		watcher.settings = { ...watcher.settings, ...on('old') };
		expect(await watcher.poll([keyWith(1)])).toEqual([]);
		expect(inShort(await watcher.poll([keyWith(1)], 365 * DAY))).toEqual(['old 1']);
	});

	test('they are told of live keys only, of others once they are switched on', async () => {
		const watcher = new Watcher(on('neverUsed', 'unused', 'old'));
		const off = { ...neverUsed, live: false };
		await watcher.poll([keyWith(1, off)], 0);
		expect(await watcher.poll([keyWith(1, off)], 400 * DAY)).toEqual([]);
		const on1 = keyWith(1, neverUsed);
		expect(inShort(await watcher.poll([on1]))).toEqual(['neverUsed 1', 'unused 1', 'old 1']);
		// To be switched off is no use: the condition goes on.
		expect(await watcher.poll([keyWith(1, off)])).toEqual([]);
		expect(await watcher.poll([on1])).toEqual([]);
	});

	test('they are told of a key that was so and off at the first poll, once it is on', async () => {
		const watcher = new Watcher(on('neverUsed', 'unused', 'old'));
		const live = keyWith(1, neverUsed);
		await watcher.poll([{ ...live, live: false }, keyWith(2)], 400 * DAY);
		expect(inShort(await watcher.poll([live, keyWith(2)]))).toEqual([
			...['neverUsed 1', 'unused 1', 'old 1'],
		]);
		expect(await watcher.poll([live, keyWith(2)])).toEqual([]);
	});

	test('a key without a creation time meets none of them', async () => {
		const watcher = new Watcher();
		const key = keyWith(1, { createdAt: undefined, lastUsedAt: undefined });
		await watcher.poll([key], 0);
		expect(await watcher.poll([key], 4000 * DAY)).toEqual([]);
	});

	test('a condition that is chosen later tells nothing of what is so already', async () => {
		const watcher = new Watcher(on('created'));
		const keys = [keyWith(1), keyWith(2, { createdAt: new Date(START + 400 * DAY) })];
		await watcher.poll(keys, 366 * DAY);
		watcher.settings = { ...watcher.settings, ...on('created', 'old') };
		expect(await watcher.poll(keys)).toEqual([]);
		expect(inShort(await watcher.poll(keys, 500 * DAY))).toEqual(['old 2']);
	});

	test('but it does if existing keys are to be reported', async () => {
		const watcher = new Watcher(on('created'));
		await watcher.poll([keyWith(1)], 366 * DAY);
		watcher.settings = { ...watcher.settings, ...on('old'), reportExisting: true };
		expect(inShort(await watcher.poll([keyWith(1)]))).toEqual(['old 1']);
	});

	test('a raised threshold makes a condition cease, and it is told anew under another ID', async () => {
		const watcher = new Watcher(on('old'));
		await watcher.poll([keyWith(1)], 0);
		const [first] = await watcher.poll([keyWith(1)], 365 * DAY);
		watcher.settings = { ...watcher.settings, oldDays: 400 };
		expect(await watcher.poll([keyWith(1)])).toEqual([]);
		const [second] = await watcher.poll([keyWith(1)], 35 * DAY);
		expect([first?.event_id, second?.event_id]).toEqual([
			'userApiKey.1.old.365d',
			'userApiKey.1.old.400d',
		]);
	});
});

test('the ID of a condition holds its threshold, and what it counts from', async () => {
	const watcher = new Watcher();
	const used = keyWith(1, { lastUsedAt: new Date(START) });
	const never = keyWith(2, { lastUsedAt: undefined });
	await watcher.poll([used, never], 0);
	const events = await watcher.poll([used, never], 400 * DAY);
	const minute = Math.trunc(START / 60_000).toString(36);
	expect(events.map(({ event_id: id }) => id).sort()).toEqual([
		...['userApiKey.1.old.365d', `userApiKey.1.unused.90d.${minute}`],
		...['userApiKey.2.neverUsed.24h', 'userApiKey.2.old.365d'],
		`userApiKey.2.unused.90d.${minute}`,
	]);
});

describe('filters', () => {
	const others: Partial<ListedKey>[] = [{ ownerId: 8 }, { name: 'Something else' }, { acme: true }];
	const filter = { ownerId: 7, nameContains: 'key', excludeAcme: true };

	test.each(others)('%j is not told', async (other) => {
		const watcher = new Watcher(filter);
		await watcher.poll([keyWith(1), keyWith(9, other)], 0);
		const keys = [keyWith(1), keyWith(2), keyWith(3, other), keyWith(9, { ...other, live: false })];
		expect(inShort(await watcher.poll(keys))).toEqual(['created 2']);
		expect(inShort(await watcher.poll([keyWith(1), keyWith(2)]))).toEqual([]);
	});

	test('a key that leaves or enters by a change is told of', async () => {
		const watcher = new Watcher(filter);
		await watcher.poll([keyWith(1), keyWith(2, { name: 'Other' })]);
		const moved = [keyWith(1, { name: 'Other' }), keyWith(2)];
		expect(inShort(await watcher.poll(moved))).toEqual(['changed 1', 'changed 2']);
	});

	test('a key that was removed, of whose long name only the beginning is known, is told of', async () => {
		const watcher = new Watcher({ ...on('removed'), nameContains: 'the end' });
		const name = `${'A long beginning, '.repeat(5)}and the end`;
		await watcher.poll([keyWith(1, { name }), keyWith(2, { name: 'Other' }), keyWith(3)]);
		expect(inShort(await watcher.poll([keyWith(3)]))).toEqual(['removed 1']);
	});

	test('of a long name that did not change, all is known, and of one that did, its beginning', async () => {
		const watcher = new Watcher({ ...on('changed'), nameContains: 'the end' });
		const name = 'A long beginning, '.repeat(5);
		const keys = [
			keyWith(1, { name: `${name}the end` }),
			keyWith(2, { name }),
			keyWith(3, { name }),
		];
		await watcher.poll(keys);
		const restricted = keys.map((key) => ({ ...key, role: 102 }));
		expect(inShort(await watcher.poll(restricted))).toEqual(['changed 1']);
		const renamed = keyWith(3, { name: 'Other', role: 102 });
		expect(inShort(await watcher.poll([...restricted.slice(0, 2), renamed]))).toEqual([
			'changed 3',
		]);
	});

	test('with a wider filter, conditions are told that were not told yet', async () => {
		const watcher = new Watcher({ ...on('old'), ownerId: 8 });
		await watcher.poll([keyWith(1)], 0);
		expect(await watcher.poll([keyWith(1)], 366 * DAY)).toEqual([]);
		watcher.settings = { ...watcher.settings, ownerId: undefined };
		expect(inShort(await watcher.poll([keyWith(1)]))).toEqual(['old 1']);
	});
});

describe.each([
	['the state of the last poll', false],
	['an older state, because n8n was started again', true],
])('settings change, with %s', (_, isOlder) => {
	const was = [keyWith(1), keyWith(2), keyWith(3), keyWith(4)];
	/** What happened since the first poll, while nobody wanted to hear of it. */
	const is = [
		keyWith(1, { live: false, role: 102 }),
		keyWith(2, { name: 'Other' }),
		keyWith(4),
		keyWith(5),
	];
	const later = [
		...[keyWith(1, { role: 103 }), keyWith(2), keyWith(5, { live: false })],
		...[keyWith(6), keyWith(7)],
	];
	const WATCHED: EventName[] = ['created', 'switchedOff', 'switchedOn', 'changed', 'removed'];

	/** A trigger with such settings that has polled twice and then gets others. */
	async function changed(before: Partial<TriggerSettings>, after: Partial<TriggerSettings>) {
		const watcher = new Watcher(before);
		await watcher.poll(was);
		expect(await watcher.poll(is)).toEqual([]);
		if (isOlder) watcher.restart();
		watcher.settings = { ...watcher.settings, ...after };
		return watcher;
	}

	test.each([false, true])(
		'an event that is chosen later is told of what happens from then on (existing: %j)',
		async (reportExisting) => {
			const watcher = await changed(on('unused'), { ...on(...WATCHED), reportExisting });
			expect(await watcher.poll(is)).toEqual([]);
			expect(inShort(await watcher.poll(later))).toEqual([
				...['switchedOn 1', 'changed 1', 'changed 2', 'switchedOff 5'],
				...['created 6', 'created 7', 'removed 4'],
			]);
		},
	);

	test('with a wider filter, as well', async () => {
		const watcher = await changed({ ...on(...WATCHED), ownerId: 8 }, { ownerId: undefined });
		expect(await watcher.poll(is)).toEqual([]);
		expect(inShort(await watcher.poll(later))).toHaveLength(7);
	});

	test('what was wanted already is told, though other settings change', async () => {
		const watcher = await changed(
			{ ...on('created', 'removed'), ownerId: 8, nameContains: 'key' },
			{ events: new Set(WATCHED), nameContains: undefined },
		);
		const more = [keyWith(8, { ownerId: 8 }), keyWith(9, { ownerId: 8, name: 'Other' })];
		expect(inShort(await watcher.poll([...is, ...more]))).toEqual(['created 8']);
	});
});

describe('n8n ends', () => {
	const off = keyWith(1, { live: false });

	test('just after it saved the state: the report is made again, under the same ID', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		const changed = [keyWith(1, { name: 'Other', live: false }), keyWith(2)];
		const events = await watcher.poll(changed);
		expect(inShort(events)).toEqual(['switchedOff 1', 'changed 1', 'created 2']);
		watcher.restart();
		// Though one is undone meanwhile, and another key is gone.
		const again = await watcher.poll([keyWith(1, { name: 'Other' })], 5 * 60_000);
		expect(inShort(again.slice(0, 3)).sort()).toEqual(inShort(events).sort());
		const idsOf = (list: typeof events) => list.map(({ event_id: id }) => id).sort();
		expect(idsOf(again.slice(0, 3))).toEqual(idsOf(events));
		expect(again.find(({ event }) => event === 'changed')?.before).toEqual({ name: 'Key 1' });
		expect(inShort(again.slice(3))).toEqual(['switchedOn 1', 'removed 2']);
	});

	test('some time later: nothing is told again', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		expect(inShort(await watcher.poll([off]))).toEqual(['switchedOff 1']);
		watcher.restart();
		expect(await watcher.poll([off], 16 * 60_000)).toEqual([]);
	});

	test('where n8n saves state and execution together, nothing is told again', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)], HOUR, false);
		expect(inShort(await watcher.poll([off], HOUR, false))).toEqual(['switchedOff 1']);
		watcher.restart();
		expect(await watcher.poll([off], 60_000, false)).toEqual([]);
	});

	test('again and again with a report: it is made three times, not for ever', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		await watcher.poll([off]);
		const told: number[] = [];
		while (told.length < 4) {
			watcher.restart();
			told.push((await watcher.poll([off], 60_000)).length);
		}
		expect(told).toEqual([1, 1, 0, 0]);
	});

	test('and with what is new by then, that is told three times as well', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		await watcher.poll([off]);
		watcher.restart();
		await watcher.poll([off], 60_000);
		const keys = [off, keyWith(2)];
		const told: string[][] = [];
		while (told.length < 4) {
			watcher.restart();
			told.push(inShort(await watcher.poll(keys, 60_000)).sort());
		}
		const both = ['created 2', 'switchedOff 1'];
		expect(told).toEqual([both, both, both, []]);
	});

	test('and its clock goes back: the report is made again', async () => {
		const watcher = new Watcher();
		await watcher.poll([keyWith(1)]);
		await watcher.poll([off]);
		watcher.restart();
		expect(inShort(await watcher.poll([off], -DAY))).toEqual(['switchedOff 1']);
	});

	test('without having saved: what a poll has seen since is compared again', async () => {
		const watcher = new Watcher(on('created', 'switchedOff'));
		await watcher.poll([keyWith(1)]);
		await watcher.poll([keyWith(1, { name: 'Other' })]);
		watcher.restart();
		expect(inShort(await watcher.poll([keyWith(1, { name: 'Other', live: false })]))).toEqual([
			'switchedOff 1',
		]);
	});
});

test('a key that is removed a second time is told under another ID', async () => {
	const watcher = new Watcher(on('removed'));
	const ids: unknown[] = [];
	for (const keys of [[1, 2], [2], [1, 2], [2]]) {
		const events = await watcher.poll(keys.map((id) => keyWith(id)));
		ids.push(...events.map(({ event_id: id }) => id));
	}
	expect(ids).toHaveLength(2);
	expect(new Set(ids).size).toBe(2);
});

test('each event has an ID of its own, and a turn that comes again has another one', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1)]);
	const ids: string[] = [];
	for (const live of [false, true, false, true, false]) {
		const events = await watcher.poll([keyWith(1, { live })]);
		ids.push(...events.map(({ event_id: id }) => id));
	}
	expect(new Set(ids).size).toBe(5);
	// After a renaming the turns are counted anew.
	watcher.rename();
	await watcher.poll([keyWith(1)]);
	const [event] = await watcher.poll([keyWith(1, { live: false })]);
	expect(ids).not.toContain(event?.event_id);
});

test('an unchanged list leaves the state as it is, so that nothing has to be saved', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1), keyWith(2)]);
	const { memory } = watcher;
	await watcher.poll([keyWith(2), keyWith(1, { lastUsedAt: new Date(START + HOUR) })]);
	expect(watcher.memory).toBe(memory);
	watcher.settings = { ...watcher.settings, ownerId: 7 };
	await watcher.poll([keyWith(1), keyWith(2)]);
	expect(present(watcher.memory).revision).toBe(present(memory).revision + 1);
});

test('of several keys, one that is another now is written down, though no event tells it', async () => {
	const watcher = new Watcher(on('created'));
	await watcher.poll([keyWith(1), keyWith(2)]);
	const { memory } = watcher;
	expect(await watcher.poll([keyWith(1, { live: false }), keyWith(2)])).toEqual([]);
	expect(present(watcher.memory).revision).toBe(present(memory).revision + 1);
});

test('an event is one item: the key as Get gives it, and when it was seen', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1)]);
	const record = { id: 2, name: 'New', anything: 'else' };
	const event = at(await watcher.poll([keyWith(1), keyWith(2, { record })]), 0);
	expect(event).toEqual({
		event: 'created',
		key: record,
		detected_at: new Date(START + 2 * HOUR).toISOString(),
		event_id: 'userApiKey.2.created',
	});
});

test('a spoiled key is a new one', async () => {
	const watcher = new Watcher();
	await watcher.poll([keyWith(1)]);
	const state = present(watcher.memory);
	watcher.memory = { ...state, keys: { '1': 'spoiled' } };
	expect(inShort(await watcher.poll([keyWith(1)]))).toEqual(['created 1']);
});
