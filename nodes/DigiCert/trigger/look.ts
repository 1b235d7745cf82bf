import type { IDataObject } from 'n8n-workflow';

import { isTurn } from './events';
import type { EventName, KeyFilter, ListedKey, TriggerSettings } from './events';
import { firstSight, isSameName, minuteOf, showName } from './knownKey';
import type { KnownKey } from './knownKey';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What is true of a key now, and was not before, or is told for the first time. */
export interface Look {
	readonly next: KnownKey;
	readonly told: readonly EventName[];
	readonly before: IDataObject;
}

/** How one poll looks at keys. */
export interface View {
	readonly settings: TriggerSettings;
	readonly now: Date;
	/** Whether nothing is told of an event in this poll, and what is so already counts as told. */
	readonly isQuiet: (event: EventName) => boolean;
	/** The filters of the poll before. */
	readonly earlier: KeyFilter;
}

/** Whether a key is one that somebody wants to hear of. Of a cut name, what is missing may match. */
export function passes(
	{ ownerId, nameContains, excludeAcme }: KeyFilter,
	{ acme, ownerId: owner, name: { text, hash } }: KnownKey,
): boolean {
	return (
		!(excludeAcme && acme) &&
		(ownerId === undefined || owner === ownerId) &&
		(nameContains === undefined || hash !== undefined || text.toLowerCase().includes(nameContains))
	);
}

/**
 * Whether somebody wanted to hear of a key already when something may have happened to it. What
 * happened to one that only a later filter lets through is no news.
 */
export function isFollowed({ settings, earlier }: View, key: KnownKey): boolean {
	return passes(settings, key) && passes(earlier, key);
}

/** The owner as the two APIs name it in a key. */
export function ownerField({ watch }: TriggerSettings, id: number | undefined): IDataObject {
	if (id === undefined) return {};
	return watch === 'userApiKeys' ? { user: { id } } : { account_id: id };
}

/** The fields that changed, as they were. What either list does not tell has not changed. */
function changesOf(known: KnownKey, key: ListedKey, settings: TriggerSettings): IDataObject {
	const { name, role, ownerId } = known;
	const before: IDataObject = {};
	if (key.name !== undefined && name.text !== '' && !isSameName(name, key.name)) {
		before.name = showName(name);
	}
	if (key.role !== undefined && role !== undefined && key.role !== role) {
		before.restricted_to_role_id = role;
	}
	if (key.ownerId !== undefined && ownerId !== undefined && key.ownerId !== ownerId) {
		Object.assign(before, ownerField(settings, ownerId));
	}
	return before;
}

/** Compares a listed key with what is known of it. */
export function look(key: ListedKey, known: KnownKey | undefined, view: View): Look {
	const { settings, now, isQuiet } = view;
	const was = known ?? firstSight(key);
	const before = known === undefined ? {} : changesOf(was, key, settings);
	const present: KnownKey = {
		...was,
		live: key.live,
		removed: false,
		acme: key.acme,
		role: key.role ?? was.role,
		ownerId: key.ownerId ?? was.ownerId,
		name: key.name === undefined ? was.name : { text: key.name },
	};
	const isWanted = passes(settings, present);
	const isNews = isFollowed(view, present);
	// The state may hold a name cut; one that has not changed is known whole now.
	const wasNews = isFollowed(view, 'name' in before ? was : { ...was, name: present.name });
	const told: EventName[] = [];
	const tell = (event: EventName, isSo: boolean) => {
		if (isSo && settings.events.has(event) && !isQuiet(event)) told.push(event);
	};
	tell('created', isNews && known === undefined);
	// A key that is new and off was on in between: DigiCert makes only live ones.
	tell('switchedOff', (isNews || wasNews) && was.live && !key.live);
	tell('switchedOn', (isNews || wasNews) && !was.live && key.live);
	tell('changed', (isNews || wasNews) && Object.keys(before).length > 0);
	const hasTurned = told.some(isTurn);

	/** Whether a condition counts as told from now on. It is told of live keys only, once. */
	function judge(event: EventName, isSo: boolean, wasTold: boolean): boolean {
		if (!isSo || wasTold || !settings.events.has(event)) return isSo && wasTold;
		if (isQuiet(event)) return key.live;
		tell(event, isWanted && key.live);
		return isWanted && key.live;
	}
	const age = (since: Date | undefined) =>
		since === undefined ? 0 : now.getTime() - since.getTime();
	const { neverUsedHours, unusedDays, oldDays } = settings;
	const isUnused = key.lastUsedAt === undefined && age(key.createdAt) >= neverUsedHours * HOUR;
	const idle = key.lastUsedAt ?? key.createdAt;
	const idleMinute = idle === undefined ? undefined : minuteOf(idle);
	const isIdle = age(idle) >= unusedDays * DAY;
	return {
		before,
		told,
		next: {
			...present,
			neverUsedTold: judge('neverUsed', isUnused, was.neverUsedTold),
			unusedTold: judge('unused', isIdle, was.unusedTold === idleMinute) ? idleMinute : undefined,
			oldTold: judge('old', age(key.createdAt) >= oldDays * DAY, was.oldTold),
			turn: hasTurned ? was.turn + 1 : was.turn,
		},
	};
}
