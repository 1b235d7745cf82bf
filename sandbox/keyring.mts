import { createHash, randomInt } from 'node:crypto';
import type { Clock } from './clock.mts';

export type InstanceName = 'us' | 'eu';

/** What the sandbox keeps of a key. Never its value. Times are ISO 8601 with milliseconds. */
export interface KeyRecord {
	api: 'certcentral' | 'partner';
	instance: InstanceName | undefined;
	id: number;
	name: string;
	/** A user id (CertCentral) or an account id (partner). */
	ownerId: number;
	status: 'active' | 'revoked' | 'inactive';
	createdAt: string;
	lastUsedAt: string | undefined;
	last4: string;
	/** SHA-256 of the value, in hex. */
	digest: string;
	seeded: boolean;
	/** CertCentral only (digicert-api.md A.3). */
	restricted_to_role_id?: number;
	/** Further fields of ACME directory URLs among the CertCentral keys (digicert-api.md A.4.2). */
	acme?: Record<string, unknown>;
}

/** What `issue` needs to make a key. */
export interface KeyRequest {
	name: string;
	ownerId: number;
	/** Given for seeded keys only, whose values outlive a reset. */
	value?: string;
	status?: KeyRecord['status'];
	/** ISO 8601; the time of the call when left out. */
	createdAt?: string;
	restricted_to_role_id?: number;
	acme?: Record<string, unknown>;
}

export interface Keyring {
	issue: (request: KeyRequest) => { record: KeyRecord; value: string };
	/** Every change of a record goes through here. */
	change: (record: KeyRecord, changes: Partial<KeyRecord>) => void;
	get: (id: number) => KeyRecord | undefined;
	list: () => KeyRecord[];
	findByValue: (value: string) => KeyRecord | undefined;
	clear: () => void;
}

export interface KeyringOptions {
	api: KeyRecord['api'];
	instance?: InstanceName;
	firstId: number;
	/** 47 in CertCentral's sample (digicert-api.md A.4.3), 50 in the partner API's (B.2.3). */
	valueLength: number;
	clock: Clock;
	/** Gets each created key's value; seeded keys are left out. */
	onIssue: (value: string) => void;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A random key value in the style of the documented samples: lowercase letters and digits. */
export function randomKeyValue(length: number): string {
	return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** SHA-256 in hex: all that the sandbox keeps of a key value, besides its last 4 characters. */
function digestOf(value: string): string {
	return createHash('sha256').update(value).digest('hex');
}

/**
 * Makes an empty set of key records. Like DigiCert, it gives a key's value once, when the key is
 * made, and cannot give it again. Names may repeat: no uniqueness rule is documented
 * (digicert-api.md F.3, F.19).
 */
export function createKeyring(options: KeyringOptions): Keyring {
	const { api, instance, firstId, valueLength, clock, onIssue } = options;
	const byId = new Map<number, KeyRecord>();
	const byDigest = new Map<string, KeyRecord>();
	let nextId = firstId;

	return {
		issue({ value, status = 'active', createdAt = clock.serverIso(), ...rest }) {
			const clear = value ?? randomKeyValue(valueLength);
			const record: KeyRecord = {
				api,
				instance,
				id: nextId,
				status,
				createdAt,
				lastUsedAt: undefined,
				last4: clear.slice(-4),
				digest: digestOf(clear),
				seeded: value !== undefined,
				...rest,
			};
			nextId += 1;
			byId.set(record.id, record);
			byDigest.set(record.digest, record);
			if (!record.seeded) onIssue(clear);
			return { record, value: clear };
		},
		change: (record, changes) => {
			Object.assign(record, changes);
		},
		get: (id) => byId.get(id),
		list: () => [...byId.values()],
		findByValue: (value) => byDigest.get(digestOf(value)),
		clear() {
			byId.clear();
			byDigest.clear();
			nextId = firstId;
		},
	};
}
