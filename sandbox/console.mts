import type { User } from './certcentral/people.mts';
import type { CertCentralInstance } from './certcentral/seed.mts';
import type { Journal } from './journal.mts';
import type { KeyRecord } from './keyring.mts';
import type { PartnerState } from './partner/seed.mts';

/** What can be set by hand. Times are ISO 8601. */
export type HandChanges = Partial<
	Pick<KeyRecord, 'name' | 'ownerId' | 'status' | 'createdAt' | 'restricted_to_role_id'>
> & { lastUsedAt?: string };

/** A key made by hand. Its ID is the next free one when left out, and may be an unsafe number. */
export type HandMadeKey = HandChanges & { name: string; ownerId: number; id?: number };

/**
 * What people do in DigiCert's console, beside the API, to one CertCentral instance or the partner
 * accounts. Each call writes a line with the method `CONSOLE` into the journal. RangeError for an
 * unknown or taken ID, TypeError for a field that cannot be set.
 */
export interface Console {
	makeKey: (key: HandMadeKey) => { id: number; value: string };
	changeKey: (id: number, changes: HandChanges) => void;
	/** It is in no list any more and is refused, as when its user is deleted (digicert-api.md F.27). */
	removeKey: (id: number) => void;
	/** CertCentral only. Keys of an inactive user go on working: nothing is documented. */
	changeUser: (id: number, changes: Partial<Pick<User, 'status' | 'accessRoleId'>>) => void;
}

const KEY_FIELDS = [
	'name',
	'ownerId',
	'status',
	'createdAt',
	'lastUsedAt',
	'restricted_to_role_id',
];
const USER_FIELDS = ['status', 'accessRoleId'];

export function createConsole(
	place: CertCentralInstance | PartnerState,
	journal: Journal,
): Console {
	const { keys } = place;
	const { api, instance } = keys;

	function note(path: string, body: object, name?: string, createdKeyId?: number): void {
		const line = { api, instance, method: 'CONSOLE', path, body, name, createdKeyId };
		journal.open({ ...line, status: 200 });
	}

	function find(id: number): KeyRecord {
		const key = keys.get(id);
		if (!key) throw new RangeError(`There is no key ${id}`);
		return key;
	}

	return {
		makeKey(key) {
			allow(key, [...KEY_FIELDS, 'id']);
			if (key.id !== undefined && keys.get(key.id)) throw new RangeError(`Key ${key.id} exists`);
			const { record, value } = keys.issue(key);
			note('/key', key, key.name, record.id);
			return { id: record.id, value };
		},
		changeKey(id, changes) {
			allow(changes, KEY_FIELDS);
			keys.change(find(id), changes);
			note(`/key/${id}`, changes, changes.name);
		},
		removeKey(id) {
			keys.remove(find(id));
			note(`/key/${id}/removed`, {});
		},
		changeUser(id, changes) {
			allow(changes, USER_FIELDS);
			const user = 'users' in place ? place.users.get(id) : undefined;
			if (!user) throw new RangeError(`There is no user ${id}`);
			Object.assign(user, changes);
			note(`/user/${id}`, changes);
		},
	};
}

/** Refuses fields that would silently do nothing, or break the record. */
function allow(given: object, fields: string[]): void {
	const stray = Object.keys(given).find((field) => !fields.includes(field));
	if (stray !== undefined) throw new TypeError(`${stray} is not one of ${fields.join()}`);
}
