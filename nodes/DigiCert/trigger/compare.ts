import type { IDataObject } from 'n8n-workflow';

import type { EventName, ListedKey, TriggerEvent, TriggerSettings } from './events';
import { minuteOf, readKnownKey, showName, writeKnownKey } from './knownKey';
import type { KnownKey } from './knownKey';
import { idleSince, look, ownerField, passes } from './look';
import type { View } from './look';
import { baseOf, chosenIn, confirmedKeys, reportOf } from './state';
import type { Surroundings, TriggerState, WrittenKeys } from './state';

/** Keys that are not listed any more are remembered while there are at most so many more than listed ones. */
const MOST_REMOVED = 1000;

/** A key that is not listed any more, as far as it is known, in the words of its record. */
function lastSeen(id: string, known: KnownKey, settings: TriggerSettings): IDataObject {
	const isUserKey = settings.watch === 'userApiKeys';
	const off = isUserKey ? 'revoked' : 'inactive';
	return {
		id: Number(id),
		name: showName(known.name),
		status: known.live ? 'active' : off,
		...ownerField(settings, known.ownerId),
		...(known.role === undefined ? {} : { restricted_to_role_id: known.role }),
		...(isUserKey ? { is_acme_directory_url: known.acme } : {}),
	};
}

/**
 * What tells an event apart from any other one: a condition by its threshold and by what it
 * counts from, what may happen to a key again and again by its turn.
 */
function eventId(
	event: EventName,
	id: string,
	settings: TriggerSettings,
	turn: string,
	idle: Date | undefined,
) {
	const { neverUsedHours, unusedDays, oldDays } = settings;
	const detail: Record<EventName, string[]> = {
		created: [],
		switchedOff: [turn],
		switchedOn: [turn],
		changed: [turn],
		neverUsed: [`${neverUsedHours}h`],
		unused: [`${unusedDays}d`, idle === undefined ? '' : minuteOf(idle).toString(36)],
		old: [`${oldDays}d`],
		removed: [turn],
	};
	const kind = settings.watch === 'userApiKeys' ? 'userApiKey' : 'subaccountApiKey';
	return [kind, id, event, ...detail[event]].join('.');
}

/**
 * Compares a whole list of keys with the state.
 *
 * @param saved as n8n gave it back; without a usable one this is a first poll, which tells nothing
 *   unless `reportExisting` says so
 * @param keys all that DigiCert lists
 * @returns the state to be kept (the very same one when nothing has changed), and what to report
 */
export function compare(
	saved: TriggerState | undefined,
	keys: readonly ListedKey[],
	settings: TriggerSettings,
	surroundings: Surroundings,
): { state: TriggerState; events: TriggerEvent[] } {
	const { now, credential, savedApart } = surroundings;
	const listed = new Map(keys.map((key) => [String(key.id), key]));
	const base = baseOf(saved, new Set(listed.keys()), settings, surroundings);
	const isFirst = base === undefined;
	const confirmed = isFirst ? { keys: {}, tries: 0 } : confirmedKeys(base, surroundings);
	const chosen: ReadonlySet<EventName> = isFirst ? new Set() : chosenIn(base);
	const since = base?.since ?? now.getTime().toString(36);
	const view: View = {
		settings,
		now,
		// What is so when an event is chosen is no news; what happens to a key from then on is.
		isQuiet: (event) =>
			!settings.reportExisting &&
			(isFirst || (!chosen.has(event) && ['neverUsed', 'unused', 'old'].includes(event))),
	};

	const events: TriggerEvent[] = [];
	const reported = new Map<string, string | undefined>();
	const next: WrittenKeys = {};
	const report = (
		id: string,
		told: readonly EventName[],
		key: IDataObject,
		more: { turn: number; before?: IDataObject; idle?: Date },
	) => {
		const turn = `${since}-${more.turn}`;
		for (const event of told) {
			events.push({
				event,
				key,
				...(event === 'changed' ? { before: more.before } : {}),
				detected_at: now.toISOString(),
				event_id: eventId(event, id, settings, turn, more.idle),
			});
		}
		if (told.length > 0) reported.set(id, confirmed.keys[id]);
	};

	for (const [id, key] of listed) {
		const written = confirmed.keys[id];
		const known = written === undefined ? undefined : readKnownKey(written);
		const seen = look(key, known, view);
		next[id] = writeKnownKey(id, seen.next);
		report(id, seen.told, key.record, {
			turn: seen.next.turn,
			before: seen.before,
			idle: idleSince(key),
		});
	}
	const removed: WrittenKeys = {};
	for (const [id, written] of Object.entries(confirmed.keys)) {
		const known = listed.has(id) ? undefined : readKnownKey(written);
		if (known === undefined) continue;
		const isNews = !known.removed && settings.events.has('removed') && passes(settings, known);
		const turn = isNews ? known.turn + 1 : known.turn;
		removed[id] = writeKnownKey(id, { ...known, removed: true, turn });
		if (isNews) report(id, ['removed'], lastSeen(id, known, settings), { turn });
	}
	if (Object.keys(removed).length <= listed.size + MOST_REMOVED) Object.assign(next, removed);

	const rest = {
		version: 1 as const,
		watch: settings.watch,
		credential,
		since,
		events: [...settings.events].join(' '),
	};
	const isSame =
		base !== undefined &&
		base.report === undefined &&
		base.credential === credential &&
		base.events === rest.events &&
		reported.size === 0 &&
		Object.keys(base.keys).length === Object.keys(next).length &&
		Object.entries(next).every(([id, written]) => base.keys[id] === written);
	if (isSame) return { state: base, events };
	return {
		events,
		state: {
			...rest,
			revision: (saved?.revision ?? 0) + 1,
			keys: next,
			...(savedApart && reported.size > 0
				? { report: reportOf(reported, confirmed.tries + 1, surroundings) }
				: {}),
		},
	};
}
