import type { KeyFacts } from './keyFacts';
import type { Session } from './session';

/** Where DigiCert lists the keys of one owner, and how one of them is switched off. */
export interface KeyList {
	/** Lists with the same source hold the same keys. */
	readonly source: string;
	/** Reads all of it, which may be more than the owner's keys. Throws DigiCertFailure. */
	readonly read: (session: Session) => Promise<KeyFacts[]>;
	/** Whether a key in it may be the owner's: it is, or DigiCert does not tell whose it is. */
	readonly isOwn: (key: KeyFacts) => boolean;
	/** Switches a key off. Throws DigiCertFailure. */
	readonly switchOff: (session: Session, id: number) => Promise<unknown>;
}

/** Reads an owner's keys. Throws DigiCertFailure. */
export type ReadKeys = (list: KeyList) => Promise<KeyFacts[]>;

/**
 * Makes a reader that asks DigiCert once for each source, however many owners and items there
 * are. A reading that did not work is not repeated either.
 */
export function readOnceWith(session: Session): ReadKeys {
	const readings = new Map<string, Promise<KeyFacts[]>>();
	return async ({ source, read, isOwn }) => {
		const reading = readings.get(source) ?? read(session);
		readings.set(source, reading);
		return (await reading).filter(isOwn);
	};
}
