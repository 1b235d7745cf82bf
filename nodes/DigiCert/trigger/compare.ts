import type { IDataObject } from 'n8n-workflow';

import { certCentral, partner } from '../digicert/apis';
import { inSlices } from '../scheduling';
import { isCondition, isTurn } from './events';
import type { EventName, KeyFilter, ListedKey, TriggerEvent, TriggerSettings } from './events';
import { base36, readKnownKey, showName, writeKnownKey } from './knownKey';
import type { KnownKey } from './knownKey';
import { isFollowed, look, ownerField } from './look';
import type { Look, View } from './look';
import { baseOf, chosenIn, doubtful, reportOf } from './state';
import type { Surroundings, Told, TriggerState } from './state';

/** A key that is not listed any more, as far as it is known, in the words of its record. */
function lastSeen(id: string, known: KnownKey | undefined, settings: TriggerSettings): IDataObject {
	if (known === undefined) return { id: Number(id) };
	const isUserKey = settings.watch === 'userApiKeys';
	const { offStatus } = isUserKey ? certCentral : partner;
	return {
		id: Number(id),
		name: showName(known.name),
		status: known.live ? 'active' : offStatus,
		...ownerField(settings, known.ownerId),
		...(known.role === undefined ? {} : { restricted_to_role_id: known.role }),
		...(isUserKey ? { is_acme_directory_url: known.acme } : {}),
	};
}

/**
 * The name of an event, the same whenever it is told and never that of another one. A condition is
 * told apart by its threshold and by what it counts from (`unused`: the minute of the last use),
 * what may happen to a key again and again by its turn since the first poll.
 */
function eventId({ event, id, detail }: Told, settings: TriggerSettings, since: string): string {
	const { neverUsedHours, unusedDays, oldDays } = settings;
	const turn = `${since}-${detail}`;
	const apart: Record<EventName, string[]> = {
		created: [],
		switchedOff: [turn],
		switchedOn: [turn],
		changed: [turn],
		neverUsed: [`${neverUsedHours}h`],
		unused: [`${unusedDays}d`, detail],
		old: [`${oldDays}d`],
		removed: [turn],
	};
	const kind = settings.watch === 'userApiKeys' ? 'userApiKey' : 'subaccountApiKey';
	return [kind, id, event, ...apart[event]].join('.');
}

/** What is told of a key in one poll. */
function tell(id: string, { next, told, before }: Look): Told[] {
	return told.map((event) => ({
		event,
		id,
		detail: detailOf(event, next),
		before: event === 'changed' ? before : undefined,
	}));
}

function detailOf(event: EventName, { turn, unusedTold }: KnownKey): string {
	if (event === 'unused') return base36(unusedTold);
	return isTurn(event) ? base36(turn) : '';
}

/** Looks at a key that is not listed. */
function lookAtMissing(known: KnownKey, view: View): Look {
	const isWanted = view.settings.events.has('removed') && !view.isQuiet('removed');
	const isNews = !known.removed && isWanted && isFollowed(view, known);
	return {
		next: { ...known, removed: true, turn: isNews ? known.turn + 1 : known.turn },
		told: isNews ? ['removed'] : [],
		before: {},
	};
}

/**
 * Compares a whole list of keys with the state.
 *
 * @param saved as n8n gave it back; without a usable one this is a first poll, which tells nothing
 *   unless `reportExisting` says so
 * @param keys all that DigiCert lists
 * @returns the state to be kept (the very same one when nothing has changed), and what to report
 */
export async function compare(
	saved: TriggerState | undefined,
	keys: readonly ListedKey[],
	settings: TriggerSettings,
	surroundings: Surroundings,
): Promise<{ state: TriggerState; events: TriggerEvent[] }> {
	const { now, savedApart } = surroundings;
	const listed = new Map(keys.map((key) => [String(key.id), key]));
	const base = baseOf(saved, new Set(listed.keys()), settings);
	const doubt = doubtful(base?.report, surroundings);
	const chosen = base && chosenIn(base);
	const view: View = {
		settings,
		now,
		/*
		 * What was so, or happened, before an event was chosen is no news. How much of it this poll
		 * sees would be chance: n8n may give an older state back than the last poll's (n8n.md 4.2).
		 */
		isQuiet(event) {
			if (chosen?.has(event) === true) return false;
			return !settings.reportExisting || (chosen !== undefined && !isCondition(event));
		},
		earlier: base?.filter ?? settings,
	};

	const told: Told[] = [...doubt.told];
	// Maps, because an object with thousands of numbers for names is slow.
	const earlier = new Map(Object.entries(base?.keys ?? {}));
	const next = new Map<string, string>();
	await inSlices(listed, ([id, key]) => {
		const seen = look(key, readKnownKey(earlier.get(id)), view);
		next.set(id, writeKnownKey(id, seen.next));
		told.push(...tell(id, seen));
	});
	// Kept for good: DigiCert deletes no key (digicert-api.md A.4.7), so all may be listed again.
	await inSlices(earlier, ([id, written]) => {
		const known = listed.has(id) ? undefined : readKnownKey(written);
		if (known === undefined) return;
		const seen = lookAtMissing(known, view);
		next.set(id, writeKnownKey(id, seen.next));
		told.push(...tell(id, seen));
	});

	const since = base?.since ?? now.getTime().toString(36);
	const events: TriggerEvent[] = [];
	await inSlices(told, (one) => {
		const { event, id, before } = one;
		const key = listed.get(id)?.record ?? lastSeen(id, readKnownKey(next.get(id)), settings);
		events.push({
			event,
			key,
			...(before === undefined ? {} : { before }),
			detected_at: now.toISOString(),
			event_id: eventId(one, settings, since),
		});
	});
	const { ownerId, nameContains, excludeAcme } = settings;
	const filter: KeyFilter = { ownerId, nameContains, excludeAcme };
	const rest = {
		version: 1 as const,
		watch: settings.watch,
		since,
		events: [...settings.events].join(' '),
		filter,
	};
	const isSame =
		base !== undefined &&
		base.report === undefined &&
		told.length === 0 &&
		base.events === rest.events &&
		JSON.stringify(base.filter) === JSON.stringify(filter) &&
		earlier.size === next.size &&
		[...next].every(([id, written]) => earlier.get(id) === written);
	if (isSame) return { state: base, events };
	// What is new has all its tries before it, and what it is told with may come once more.
	const tries = told.length > doubt.told.length ? 1 : doubt.tries + 1;
	const report =
		savedApart && told.length > 0 ? { report: reportOf(told, tries, surroundings) } : {};
	return {
		events,
		state: {
			...rest,
			revision: (saved?.revision ?? 0) + 1,
			keys: Object.fromEntries(next),
			...report,
		},
	};
}
