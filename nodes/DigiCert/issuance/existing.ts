import { isLive, isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import type { ReadKeys } from '../digicert/keyList';
import { isSameName } from './lost';
import type { IssuanceRequest } from './request';

/** When a key was made, in ms; one without a readable time counts as the oldest. */
function timeOf({ createdAt }: KeyFacts): number {
	return createdAt !== undefined && isReadable(createdAt) ? createdAt.getTime() : 0;
}

/**
 * Looks for a live key of the same owner and name. The key that is to be replaced does not count.
 *
 * @returns the newest, if there are several
 * @throws DigiCertFailure when the list cannot be read
 */
export async function findExisting(
	read: ReadKeys,
	{ name, replaces, keyListFor }: IssuanceRequest,
): Promise<KeyFacts | undefined> {
	const keys = await read(keyListFor());
	const namesakes = keys.filter(
		(key) => isLive(key) && isSameName(key.name, name) && key.id !== replaces,
	);
	return namesakes.sort((a, b) => timeOf(b) - timeOf(a))[0];
}
