import type { Journal } from './journal.mts';
import type { KeyRecord, KeyRequest, Keyring } from './keyring.mts';

/**
 * What people do in DigiCert's console, beside the API, to the keys of one CertCentral instance or
 * of the partner accounts. Each call writes a line with the method `CONSOLE` into the journal.
 */
export interface Console {
	makeKey: (key: Omit<KeyRequest, 'value'>) => { id: number; value: string };
	/** RangeError for an unknown ID. Times are ISO 8601. */
	changeKey: (
		id: number,
		changes: Partial<Pick<KeyRecord, 'status' | 'createdAt' | 'lastUsedAt'>>,
	) => void;
}

export function createConsole(keys: Keyring, journal: Journal): Console {
	const { api, instance } = keys;

	function note(path: string, body: object, name?: string, createdKeyId?: number): void {
		const line = { api, instance, method: 'CONSOLE', path, body, name, createdKeyId };
		journal.open({ ...line, status: 200 });
	}

	return {
		makeKey(key) {
			const { record, value } = keys.issue(key);
			note('/key', key, key.name, record.id);
			return { id: record.id, value };
		},
		changeKey(id, changes) {
			const key = keys.get(id);
			if (!key) throw new RangeError(`There is no key ${id}`);
			keys.change(key, changes);
			note(`/key/${id}`, changes);
		},
	};
}
