import { isLive, isReadable } from '../records/keyFacts';
import type { KeyFacts } from '../records/keyFacts';
import type { ServerClock } from '../transport/serverClock';
import type { Ended } from './ended';
import type { Doubt, Issued, Unknown } from './outcome';

/**
 * How much earlier than its request a key may seem to have been made, in ms: both APIs give times
 * in whole seconds, and the machine that stamps a key need not be the one that stamps the answer.
 */
const TOLERANCE = 2000;

/** What may have become of creations of unknown outcome. */
export interface Lost {
	/** Keys that they may have made, as DigiCert lists them. */
	readonly candidates: readonly KeyFacts[];
	/** Why none of them may be switched off. */
	readonly doubt: Doubt;
}

/** Whether a key's time was told and can be compared with ours. */
function hasTime({ createdAt }: KeyFacts): boolean {
	return createdAt !== undefined && isReadable(createdAt);
}

/**
 * Looks through an owner's keys for those that requests of unknown outcome may have made: live,
 * of the right name, made after the first of them was sent, never used, and not held by this run.
 *
 * @param lost the requests, all for the same owner and name, at least one
 * @param issued what this run holds
 * @param keys the owner's keys, read after the last of the requests
 * @param clock DigiCert's
 */
export function findLost(
	lost: ReadonlyArray<Ended<Unknown>>,
	issued: ReadonlyArray<Ended<Issued>>,
	keys: readonly KeyFacts[],
	clock: ServerClock,
): Lost {
	const firstSentAt = Math.min(...lost.map(([, { sentAt }]) => sentAt.getTime()));
	const since = clock.earliestAt(new Date(firstSentAt - TOLERANCE));
	const isTooOld = (key: KeyFacts) =>
		since !== undefined && key.createdAt !== undefined && key.createdAt < since;
	const isHeld = (key: KeyFacts) =>
		issued.some(([request, { reply }]) => request.isKeyOf(reply, key));
	const names = lost.map(([{ name }]) => name);

	const candidates = keys.filter(
		(key) =>
			isLive(key) &&
			names.includes(key.name) &&
			key.lastUsedAt === undefined &&
			!isTooOld(key) &&
			!isHeld(key),
	);
	return { candidates, doubt: doubtOf() };

	function doubtOf(): Doubt {
		if (candidates.length > 1) return 'several';
		if (since === undefined || !candidates.every(hasTime)) return 'time';
		const isNamesake = ([{ name }]: Ended<Issued>) => names.includes(name);
		// An own key that is not recognised would be taken for a lost one.
		const areKnown = issued
			.filter(isNamesake)
			.every(([request, { reply }]) => keys.some((key) => request.isKeyOf(reply, key)));
		return areKnown ? undefined : 'owner';
	}
}
