import { DigiCertFailure, explanationOf, refusal } from '../errors/failure';
import type { Session } from '../http/repeating';
import { textOf } from '../values';
import { isLive } from './keyFacts';
import type { DigiCertRecord } from './keyFacts';
import { isAcmeUrl, listUserKeys } from './keys';
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

/** Spares the credential's own CertCentral key, for one run. */
export interface OwnKeyGuard {
	/** Lets a key pass whosever it is, because the user allowed that. To be said before any check. */
	readonly allow: (id: number) => void;
	/** Throws DigiCertFailure for a key that is not to be switched off. */
	readonly check: (session: Session, id: number, ownerId: number | undefined) => Promise<void>;
}

/**
 * Makes a guard that refuses a key of the credential's user, unless the list shows another live one
 * of that user. DigiCert shows nothing of a key's value, so more cannot be told. Keys that passed
 * count as switched off: of all keys of that user, one is the credential's own.
 */
export function createOwnKeyGuard(): OwnKeyGuard {
	let me: Promise<User> | undefined;
	const passed = new Set<number>();
	async function check(session: Session, id: number, ownerId: number | undefined): Promise<void> {
		me ??= lookUp(readUser(session, 'me'));
		const { id: ownId } = await me;
		// One whose owner DigiCert does not tell may be the own one.
		if (ownerId !== undefined && ownerId !== ownId) return;
		// As of now: of keys that are checked together, only the last one is refused.
		const spent = new Set([...passed].filter((one) => one !== id));
		passed.add(id);
		const { entries } = await lookUp(listUserKeys(session, ownId));
		// That DigiCert limits the list to the user is documented by a sample only.
		const own = entries.filter(
			(key) => isLive(key) && key.ownerId === ownId && !isAcmeUrl(key.record),
		);
		const live = own.filter((key) => !spent.has(key.id));
		if (live.some((key) => key.id !== id)) return;
		const hasSpent = own.length > live.length;
		throw refusal(
			live.length === 0
				? 'This may be the API key of the credential itself'
				: 'This is the API key of the credential itself',
			`${hasSpent ? "Other items of this run are to take the other live keys of the credential's user." : "DigiCert lists no other live key of the credential's user."} ${ADVICE}`,
		);
	}
	return { allow: (id) => void passed.add(id), check };
}

/**
 * Refuses when a partner key ends with the same 4 characters as the one of the credential, or when
 * DigiCert does not tell how it ends.
 */
export function refuseOwnSubaccountKey(session: Session, key: DigiCertRecord): void {
	const last4 = textOf(key.api_key_last4);
	if (last4 === '') {
		throw refusal(
			'This may be the API key of the credential itself',
			`DigiCert does not tell how it ends. ${ADVICE}`,
		);
	}
	if (last4 === session.client.last4) {
		throw refusal(
			'This looks like the API key of the credential itself',
			`Both end with the same 4 characters. ${ADVICE}`,
		);
	}
}
