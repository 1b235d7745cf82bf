/**
 * Random histories of a list of keys, with crashes of n8n at the worst moments, against a plain
 * watcher that never crashes, forgets nothing and keeps everything in full.
 */
import fc from 'fast-check';

import { EVENT_NAMES } from '../../dist/nodes/DigiCert/trigger/events.js';
import type {
	EventName,
	ListedKey,
	TriggerEvent,
} from '../../dist/nodes/DigiCert/trigger/events.js';
import { DAY, HOUR, inShort, keyWith, Watcher } from './support.mts';

/** What happens next: to the key whose number it is, or to n8n. */
type Step =
	| { do: 'make'; name: string; owner: number }
	| { do: 'off' | 'on' | 'use' | 'hide' | 'show'; key: number }
	| { do: 'rename'; key: number; name: string }
	| { do: 'restrict'; key: number; role: number }
	| { do: 'give'; key: number; owner: number }
	| { do: 'wait'; hours: number }
	| { do: 'poll' }
	/** n8n saves the state of a poll and ends before it takes on what the poll reports. */
	| { do: 'crash while it takes on' }
	/** n8n ends, and is back soon. */
	| { do: 'crash' };

const name = fc.constantFrom(
	'a',
	'b',
	'A rather long name that is cut in the state 1',
	'A rather long name that is cut in the state 2',
);
const key = fc.nat(5);
const owner = fc.constantFrom(7, 8);
const life: fc.Arbitrary<Step>[] = [
	fc.record({ do: fc.constant('make'), name, owner }),
	fc.record({ do: fc.constantFrom('off', 'on', 'use', 'hide', 'show'), key }),
	fc.record({ do: fc.constant('rename'), key, name }),
	fc.record({ do: fc.constant('restrict'), key, role: fc.constantFrom(0, 100, 102) }),
	fc.record({ do: fc.constant('give'), key, owner }),
	fc.record({
		do: fc.constant('wait'),
		hours: fc.constantFrom(1, 23, 24, 24 * 30, 24 * 90, 24 * 365),
	}),
	fc.constant({ do: 'poll' }),
	fc.constant({ do: 'poll' }),
];
const crashes: fc.Arbitrary<Step>[] = [
	fc.constant({ do: 'crash while it takes on' }),
	fc.constant({ do: 'crash' }),
];
const history = (...kinds: fc.Arbitrary<Step>[]) =>
	fc.array(fc.oneof(...kinds), { minLength: 5, maxLength: 60 });

/** DigiCert's list. */
class World {
	readonly #keys: { key: ListedKey; hidden: boolean }[] = [];

	do(step: Step, now: number): void {
		if (step.do === 'make') {
			const made = {
				name: step.name,
				ownerId: step.owner,
				createdAt: new Date(now),
				lastUsedAt: undefined,
			};
			this.#keys.push({ key: keyWith(this.#keys.length + 1, made), hidden: false });
		}
		if (!('key' in step)) return;
		const entry = this.#keys[step.key];
		if (entry === undefined) return;
		const change = (changes: Partial<ListedKey>) => {
			entry.key = { ...entry.key, ...changes };
		};
		if (step.do === 'off') change({ live: false });
		if (step.do === 'on') change({ live: true });
		if (step.do === 'use') change({ lastUsedAt: new Date(now) });
		if (step.do === 'rename') change({ name: step.name });
		if (step.do === 'restrict') change({ role: step.role });
		if (step.do === 'give') change({ ownerId: step.owner });
		if (step.do === 'hide') entry.hidden = true;
		if (step.do === 'show') entry.hidden = false;
	}

	list(): ListedKey[] {
		// Another key is always there, so that the list is never empty.
		return [
			keyWith(1000),
			...this.#keys.flatMap(({ key: each, hidden }) => (hidden ? [] : [each])),
		];
	}
}

interface Seen {
	key: ListedKey;
	listed: boolean;
	neverUsed: boolean;
	old: boolean;
	/** The use that was told to be long ago. */
	unused: number | undefined;
}

/** Tells what happened by keeping everything in full. */
class PlainWatcher {
	readonly #seen = new Map<number, Seen>();
	#isFirst = true;

	poll(keys: readonly ListedKey[], now: number): string[] {
		const told: string[] = [];
		for (const each of keys) {
			const seen = this.#seen.get(each.id);
			const was = seen?.key ?? { ...each, live: true };
			const say = (event: EventName) => told.push(`${event} ${each.id}`);
			if (seen === undefined) say('created');
			if (was.live && !each.live) say('switchedOff');
			if (!was.live && each.live) say('switchedOn');
			if (was.name !== each.name || was.role !== each.role || was.ownerId !== each.ownerId) {
				say('changed');
			}
			const made = each.createdAt?.getTime() ?? 0;
			const idle = each.lastUsedAt?.getTime() ?? made;
			const is = {
				neverUsed: each.lastUsedAt === undefined && now - made >= DAY,
				unused: now - idle >= 90 * DAY,
				old: now - made >= 365 * DAY,
			};
			const wasTold = {
				neverUsed: seen?.neverUsed === true,
				unused: seen?.unused === idle,
				old: seen?.old === true,
			};
			const next = { neverUsed: false, unused: false, old: false };
			for (const condition of ['neverUsed', 'unused', 'old'] as const) {
				const isNews = is[condition] && !wasTold[condition] && each.live;
				if (isNews) say(condition);
				next[condition] = is[condition] && (wasTold[condition] || isNews);
			}
			this.#seen.set(each.id, {
				...{ key: each, listed: true, neverUsed: next.neverUsed, old: next.old },
				unused: next.unused ? idle : undefined,
			});
		}
		for (const [id, seen] of this.#seen) {
			if (keys.some((each) => each.id === id)) continue;
			if (seen.listed) told.push(`removed ${id}`);
			seen.listed = false;
		}
		const isFirst = this.#isFirst;
		this.#isFirst = false;
		return isFirst ? [] : told.sort();
	}
}

interface Outcome {
	/** For each poll what came, and what should have come. */
	polls: { came: TriggerEvent[]; due: string[]; isLost: boolean; mayRepeat: boolean }[];
}

async function run(steps: readonly Step[], events: readonly EventName[]): Promise<Outcome> {
	const world = new World();
	const watcher = new Watcher({ events: new Set(events) });
	const plain = new PlainWatcher();
	const polls: Outcome['polls'] = [];
	let mayRepeat = false;
	const poll = async (isLost: boolean, wait = HOUR) => {
		const came = await watcher.poll(world.list(), wait);
		const due = plain
			.poll(world.list(), watcher.now)
			.filter((each) => events.some((event) => each.startsWith(`${event} `)));
		polls.push({ came, due, isLost, mayRepeat });
		mayRepeat = false;
	};
	const restart = async () => {
		watcher.restart();
		mayRepeat = true;
		// n8n polls at once when it is back.
		await poll(false, 60_000);
	};
	await poll(false);
	for (const step of steps) {
		if (step.do === 'wait') watcher.now += step.hours * HOUR;
		else if (step.do === 'poll') await poll(false);
		else if (step.do === 'crash') await restart();
		else if (step.do === 'crash while it takes on') {
			await poll(true);
			await restart();
		} else world.do(step, watcher.now);
	}
	await poll(false);
	return { polls };
}

const subset = fc.subarray([...EVENT_NAMES], { minLength: 1 });
const runs = { numRuns: 100 };

test('without a crash, each poll tells exactly what happened, under IDs that never come twice', async () => {
	await fc.assert(
		fc.asyncProperty(history(...life), subset, async (steps, events) => {
			const { polls } = await run(steps, events);
			for (const { came, due } of polls) expect(inShort(came).sort()).toEqual(due);
			const ids = polls.flatMap(({ came }) => came.map(({ event_id: id }) => id));
			// `unused` has the ID of the use that it counts from, to the minute.
			expect(new Set(ids).size).toBe(ids.length);
		}),
		runs,
	);
});

test('with crashes, no event is missed, and none is told twice but after a crash', async () => {
	await fc.assert(
		fc.asyncProperty(history(...life, ...crashes), async (steps) => {
			const { polls } = await run(steps, EVENT_NAMES);
			const taken = new Set<string>();
			polls.forEach(({ came, due, mayRepeat }, i) => {
				const shorts = inShort(came);
				for (const each of due) expect(shorts).toContain(each);
				if (!mayRepeat) expect(shorts.sort()).toEqual(due);
				for (const { event_id: id } of came) {
					if (!mayRepeat) expect(taken).not.toContain(id);
					taken.add(id);
				}
				// What n8n did not take on comes with the next poll, as it was.
				const before = polls[i - 1];
				if (before?.isLost !== true) return;
				const ids = came.map(({ event_id: id }) => id);
				for (const { event_id: id } of before.came) expect(ids).toContain(id);
			});
		}),
		runs,
	);
});

test('with crashes and only some events chosen, no condition and no new key is missed', async () => {
	await fc.assert(
		fc.asyncProperty(history(...life, ...crashes), subset, async (steps, events) => {
			const { polls } = await run(steps, events);
			for (const { came, due } of polls) {
				const shorts = inShort(came);
				const lasting = due.filter((each) => /^(created|neverUsed|unused|old) /.test(each));
				for (const each of lasting) expect(shorts).toContain(each);
			}
		}),
		runs,
	);
});
