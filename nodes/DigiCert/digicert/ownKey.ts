import { DigiCertFailure, explanationOf, refusal } from '../errors/failure';
import type { Session } from '../http/repeating';
import { isLive } from './keyFacts';
import { readSubaccountKey } from './subaccountKeys';
import type { SubaccountKey } from './subaccountKeys';
import { factsOfUserKey, isAcmeUrl, listUserKeys, readUserKey } from './userKeys';
import { readUser } from './users';
import type { User } from './users';

const ADVICE =
	"This node could not work with DigiCert any more. Use the credential of another key, or turn on the option 'Allow Own Key'. Nothing was changed.";

/** Says what a look-up that did not work was for: the user has not asked for it. */
async function lookUp<T>(work: Promise<T>): Promise<T> {
	return await work.catch((error) => {
		const { advice, ...rest } = explanationOf(error);
		throw new DigiCertFailure({
			...rest,
			advice: `${advice} This was looked up so that the credential's own key is not switched off; the option 'Allow Own Key' leaves that out. Nothing was changed.`,
		});
	});
}

/**
 * @param spent keys that are to be switched off as well: nothing works with them afterwards
 */
async function requireNotTheLastLiveKey(
	session: Session,
	id: number,
	userId: number,
	spent: ReadonlySet<number> = new Set(),
) {
	const { entries: keys } = await lookUp(listUserKeys(session, userId));
	// That DigiCert limits the list to the user is documented by a sample only.
	const live = keys.filter((key) => {
		const facts = factsOfUserKey(key);
		return isLive(facts) && facts.ownerId === userId && !isAcmeUrl(key) && !spent.has(facts.id);
	});
	if (live.length === 1 && live[0]?.id === id) {
		throw refusal(
			'This is the API key of the credential itself',
			`${spent.size === 0 ? "It is the only live key of the credential's user." : "This run is to switch all live keys of the credential's user off, and it is the last of them."} ${ADVICE}`,
		);
	}
}

/**
 * Makes a check for one run: it refuses a CertCentral key that is certainly the one of the
 * credential, before it is to be switched off. Keys that passed it before count as switched off:
 * of all keys of the credential's user, one is its own. Throws DigiCertFailure.
 */
export function createOwnKeyCheck() {
	let me: Promise<User> | undefined;
	const spent = new Set<number>();
	return async (session: Session, id: number, ownerId: number): Promise<void> => {
		me ??= lookUp(readUser(session, 'me'));
		const { id: ownId } = await me;
		if (ownerId !== ownId) return;
		spent.add(id);
		await requireNotTheLastLiveKey(
			session,
			id,
			ownId,
			new Set([...spent].filter((one) => one !== id)),
		);
	};
}

/**
 * Makes a guard for one run. It refuses to switch a CertCentral key off that is certainly the one
 * of the credential. DigiCert shows nothing of a key's value, so that is known only when the
 * credential's user has no other live key. Keys of that user are therefore switched off one after
 * the other.
 *
 * @returns switches a key off with `switchOff`, if it may; throws DigiCertFailure
 */
export function createOwnKeyGuard() {
	let me: Promise<User> | undefined;
	let turn: Promise<unknown> = Promise.resolve();

	return async function guard<T>(
		session: Session,
		id: number,
		switchOff: () => Promise<T>,
	): Promise<T> {
		const { ownerId } = factsOfUserKey(await readUserKey(session, id));
		me ??= lookUp(readUser(session, 'me'));
		const { id: ownId } = await me;
		if (ownerId !== ownId) return await switchOff();

		const previous = turn;
		const work = (async () => {
			await previous;
			await requireNotTheLastLiveKey(session, id, ownId);
			return await switchOff();
		})();
		turn = Promise.allSettled([work]);
		return await work;
	};
}

/**
 * Refuses when a partner key ends with the same 4 characters as the one of the credential.
 *
 * @throws DigiCertFailure also when the look-up does not work
 */
export async function requireOtherSubaccountKey(session: Session, id: number): Promise<void> {
	refuseOwnSubaccountKey(session, await readSubaccountKey(session, id));
}

/** The same for a key that was read already. */
export function refuseOwnSubaccountKey(session: Session, key: SubaccountKey): void {
	if (key.api_key_last4 === session.client.last4) {
		throw refusal(
			'This looks like the API key of the credential itself',
			`Both end with the same 4 characters. ${ADVICE}`,
		);
	}
}
