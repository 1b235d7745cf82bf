import type { Session } from '../http/repeating';
import { breathe, inSlices } from '../scheduling';
import { addTo, textOf } from '../values';
import { isOff } from './keyFacts';
import type { KeyFacts, Listing } from './keyFacts';
import { baseNameOf, placeOf } from './keyNames';
import { isAcmeUrl, listSubaccountKeys, listUserKeys } from './keys';
import { listUsers } from './users';

/** Where DigiCert lists the keys of one owner. */
export interface KeyList {
	/** Lists with the same source hold the same keys. */
	readonly source: string;
	/** Whose keys are meant; undefined when any key in the list may be. */
	readonly ownerId: number | undefined;
	/** Reads all of it, which may be more than the owner's keys. Throws DigiCertFailure. */
	readonly read: (session: Session) => Promise<Listing<KeyFacts>>;
}

/** An owner's keys, as far as DigiCert lists them. */
export interface OwnKeys {
	/** False when the list may lack some; then absence proves nothing. */
	readonly isComplete: boolean;
	/** Those of a name, with or without a tag. */
	named(name: string): readonly KeyFacts[];
	byId(id: number): KeyFacts | undefined;
}

/** Reads an owner's keys. Throws DigiCertFailure. */
export type ReadKeys = (list: KeyList) => Promise<OwnKeys>;

/** Whether an owner is among some; undefined stands for one who is not known, and may be any. */
function concerns(owners: ReadonlySet<number | undefined>, ownerId: number | undefined): boolean {
	return owners.size > 0 && (ownerId === undefined || owners.has(undefined) || owners.has(ownerId));
}

/** Sorts a list, and gives what finds an owner's keys in it, or any key where no owner is meant. */
async function sortOut({
	entries,
	isComplete,
}: Listing<KeyFacts>): Promise<(ownerId: number | undefined) => OwnKeys> {
	// Owners of keys that may be live under any name, because the list does not tell.
	const vague = new Set<number | undefined>();
	const byId = new Map<number, KeyFacts>();
	const byName = new Map<string, KeyFacts[]>();
	const byOwnerAndName = new Map<string, KeyFacts[]>();
	await inSlices(entries, (key) => {
		const isClear = typeof key.record.name === 'string' && key.status !== '';
		if (!isClear && !isOff(key)) vague.add(key.ownerId);
		byId.set(key.id, key);
		addTo(byName, baseNameOf(key.name), key);
		addTo(byOwnerAndName, placeOf(key.ownerId, key.name), key);
	});
	return (ownerId) => ({
		isComplete: isComplete && !concerns(vague, ownerId),
		byId(id) {
			const key = byId.get(id);
			const owner = key?.ownerId;
			return ownerId === undefined || owner === undefined || owner === ownerId ? key : undefined;
		},
		named(name) {
			if (ownerId === undefined) return byName.get(baseNameOf(name)) ?? [];
			// A key whose owner DigiCert does not tell may be anybody's.
			return [placeOf(ownerId, name), placeOf(undefined, name)].flatMap(
				(place) => byOwnerAndName.get(place) ?? [],
			);
		},
	});
}

/**
 * Makes a reader that asks DigiCert once for each source, however many owners and items there
 * are. A reading that did not work is not repeated either.
 */
export function readOnceWith(session: Session): ReadKeys {
	const readings = new Map<string, ReturnType<typeof sortOut>>();
	return async ({ source, ownerId, read }) => {
		const reading = readings.get(source) ?? read(session).then(sortOut);
		readings.set(source, reading);
		const keysOf = await reading;
		// For all items but the first, nothing was waited for.
		await breathe();
		return keysOf(ownerId);
	};
}

/** API keys of CertCentral; ACME directory URLs, which DigiCert lists among them, are none. */
async function readUserKeys(session: Session, userId: number): Promise<Listing<KeyFacts>> {
	const { entries, isComplete } = await listUserKeys(session, userId);
	return { entries: entries.filter(({ record }) => !isAcmeUrl(record)), isComplete };
}

/** The API keys of a CertCentral user (digicert-api.md A.4.1). */
export function keyListOfUser(userId: number): KeyList {
	return {
		source: `user ${userId}`,
		ownerId: userId,
		read: async (session) => await readUserKeys(session, userId),
	};
}

/** The API keys of the service users with an email address (digicert-api.md A.5.3, A.4.1). */
export function keyListOfServiceUser(email: string): KeyList {
	return {
		source: `service user ${email}`,
		ownerId: undefined,
		async read(session) {
			const query = { 'filters[search]': email };
			const users = await listUsers(session, '/user/api-only', query, Infinity);
			// What DigiCert's search matches is not documented in full, so it is checked.
			const owners = users.entries.filter(
				(user) => textOf(user.email).toLowerCase() === email.toLowerCase(),
			);
			// One user at a time: a list of all keys, read for each lost answer, would be long work.
			const keys: KeyFacts[] = [];
			let { isComplete } = users;
			for (const { id } of owners) {
				const list = await readUserKeys(session, id);
				for (const key of list.entries) if (key.ownerId === id) keys.push(key);
				isComplete &&= list.isComplete;
			}
			return { entries: keys, isComplete };
		},
	};
}

/**
 * The API keys of a partner's subaccount. DigiCert lists those of all accounts together
 * (digicert-api.md B.2.1).
 *
 * @param accountId undefined for an account whose ID is not known; then any key may be its own
 */
export function keyListOfSubaccount(accountId?: number): KeyList {
	return { source: 'partner', ownerId: accountId, read: listSubaccountKeys };
}
