import { isLive, isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import type { ServerClock } from '../http/serverClock';
import type { Ended } from './ended';
import type { Doubt, Issued, Unknown } from './outcome';
import { laneOf } from './request';
import type { IssuanceRequest } from './request';

/**
 * How much earlier than its request a key may seem to have been made, in ms: both APIs give times
 * in whole seconds, and the machine that stamps a key need not be the one that stamps the answer.
 */
const TOLERANCE = 2000;

/** What a run knows of its keys. */
export interface Known {
	readonly requests: readonly IssuanceRequest[];
	readonly issued: ReadonlyArray<Ended<Issued>>;
	/** IDs that DigiCert told of keys whose values it did not. */
	readonly toldIds: readonly number[];
	/** IDs of keys that were there before the run created any; undefined where nobody looked. */
	readonly idsBefore: ReadonlySet<number> | undefined;
	/** DigiCert's. */
	readonly clock: ServerClock;
}

/** What may have become of creations of unknown outcome. */
export interface Lost {
	/** IDs of keys that they may have made, as DigiCert lists them. */
	readonly ids: number[];
	/** Why it is not certain that they did. */
	readonly doubt: Doubt;
	/** Whether their times were compared with that of the request. */
	readonly isTimed: boolean;
}

/** Whether a key's time was told and can be compared with ours. */
function hasTime({ createdAt }: KeyFacts): boolean {
	return createdAt !== undefined && isReadable(createdAt);
}

/** Whether two texts name the same key: whether DigiCert keeps white space around names is not documented. */
export function isSameName(a: string, b: string): boolean {
	return a.trim() === b.trim();
}

/** Whether a key is older than the run, as far as is known. */
function wasThere(id: number, { idsBefore, requests }: Pick<Known, 'idsBefore' | 'requests'>) {
	return idsBefore?.has(id) === true || requests.some(({ replaces }) => replaces === id);
}

/**
 * Checks an ID that an answer told without the value: such an answer has no documented form, so
 * the number may be that of something else.
 *
 * @param keys the owner's keys, read after the request
 */
export function checkTold(
	{ name }: IssuanceRequest,
	id: number,
	keys: readonly KeyFacts[],
	known: Known,
): Lost {
	const isNew = keys.some(
		(key) =>
			key.id === id &&
			isLive(key) &&
			isSameName(key.name, name) &&
			key.ownerId !== undefined &&
			key.lastUsedAt === undefined,
	);
	const isCertain = isNew && known.idsBefore !== undefined && !wasThere(id, known);
	return { ids: [id], doubt: isCertain ? undefined : 'owner', isTimed: true };
}

/**
 * Looks through an owner's keys for those that requests of unknown outcome may have made: live,
 * of the right name, made after the first of them was sent, never used, not held by this run and
 * not there before it.
 *
 * Only what was not there before can be certain: the time alone would take a key that somebody
 * made, and holds, a moment before the request.
 *
 * @param lost the requests, all for the same owner and name, at least one
 * @param keys the owner's keys, read after the last of the requests
 */
export function findLost(
	lost: ReadonlyArray<Ended<Unknown>>,
	keys: readonly KeyFacts[],
	{ requests, issued, toldIds, idsBefore, clock }: Known,
): Lost {
	const firstSentAt = Math.min(...lost.map(([, { sentAt }]) => sentAt.getTime()));
	const since = clock.earliestAt(new Date(firstSentAt - TOLERANCE));
	const isNamesake = ({ name }: KeyFacts) =>
		lost.some(([request]) => isSameName(request.name, name));
	const isTooOld = ({ createdAt }: KeyFacts) =>
		since !== undefined && createdAt !== undefined && createdAt < since;
	const isSpokenFor = (key: KeyFacts) =>
		wasThere(key.id, { idsBefore, requests }) ||
		toldIds.includes(key.id) ||
		issued.some(([request, { reply }]) => request.isKeyOf(reply, key));

	const found = keys.filter(
		(key) =>
			isLive(key) &&
			isNamesake(key) &&
			key.lastUsedAt === undefined &&
			!isTooOld(key) &&
			!isSpokenFor(key),
	);
	const isTimed = since !== undefined && found.every(hasTime);
	return { ids: found.map(({ id }) => id), doubt: doubtOf(), isTimed };

	function doubtOf(): Doubt {
		if (found.length > 1) return 'several';
		if (!isTimed) return 'time';
		if (idsBefore === undefined) return 'before';
		// An own key that is not recognised would be taken for a lost one.
		const lanes = lost.map(([request]) => laneOf(request));
		const areRecognised = issued
			.filter(([request]) => lanes.includes(laneOf(request)))
			.every(([request, { reply }]) => keys.some((key) => request.isKeyOf(reply, key)));
		return areRecognised && found.every(({ ownerId }) => ownerId !== undefined)
			? undefined
			: 'owner';
	}
}
