import { createHash, createHmac, randomInt } from 'node:crypto';
import type { FastifyReply } from 'fastify';

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
	api: KeyRecord['api'];
	instance: InstanceName | undefined;
	issue: (request: KeyRequest) => { record: KeyRecord; value: string };
	/** Every change of a record goes through here. */
	change: (record: KeyRecord, changes: Partial<KeyRecord>) => void;
	get: (id: number) => KeyRecord | undefined;
	list: () => KeyRecord[];
	/** What `view` makes of a key: JSON after a comma. Kept until the key changes: lists are long. */
	jsonOf: (record: KeyRecord, view: (record: KeyRecord) => object) => Buffer;
	findByValue: (value: string) => KeyRecord | undefined;
	clear: () => void;
}

export interface KeyringOptions {
	api: KeyRecord['api'];
	instance?: InstanceName;
	firstId: number;
	/** 47 in CertCentral's sample (digicert-api.md A.4.3), 50 in the partner API's (B.2.3). */
	valueLength: number;
	shared: KeyringContext;
}

/** What all keyrings have in common. */
export interface KeyringContext {
	/** Milliseconds since 1970. */
	now: () => number;
	/** Gets each created key's value; seeded keys are left out. */
	onIssue: (value: string) => void;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A random key value in the style of the documented samples: lowercase letters and digits. */
function randomKeyValue(length: number): string {
	return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/**
 * A key value in the same style that is always the same, so that what was pasted into a credential
 * works at the next start as well.
 *
 * @param length at most 64
 */
export function seededKeyValue(label: string, length: number): string {
	const bytes = createHmac('sha512', 'sandbox').update(label).digest().subarray(0, length);
	return Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
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
	const { api, instance, firstId, valueLength, shared } = options;
	const { now, onIssue } = shared;
	const byId = new Map<number, KeyRecord>();
	const byDigest = new Map<string, KeyRecord>();
	let jsons = new WeakMap<KeyRecord, Buffer>();
	let nextId = firstId;

	return {
		api,
		instance,
		issue({ value, status = 'active', createdAt = new Date(now()).toISOString(), ...rest }) {
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
			byId.set(record.id, record);
			nextId += 1;
			byDigest.set(record.digest, record);
			if (!record.seeded) onIssue(clear);
			return { record, value: clear };
		},
		change(record, changes) {
			Object.assign(record, changes);
			jsons.delete(record);
		},
		get: (id) => byId.get(id),
		list: () => [...byId.values()],
		jsonOf(record, view) {
			const known = jsons.get(record);
			if (known !== undefined) return known;
			const json = Buffer.from(`,${JSON.stringify(view(record))}`);
			jsons.set(record, json);
			return json;
		},
		findByValue: (value) => byDigest.get(digestOf(value)),
		clear() {
			byId.clear();
			byDigest.clear();
			jsons = new WeakMap();
			nextId = firstId;
		},
	};
}

/** Answers with a list of keys. Both APIs call it `api_keys` (digicert-api.md A.4.1, B.2.1). */
export function sendKeys(
	reply: FastifyReply,
	keyring: Keyring,
	records: readonly KeyRecord[],
	view: (record: KeyRecord) => object,
): void {
	const [first = Buffer.from(','), ...more] = records.map((key) => keyring.jsonOf(key, view));
	const parts = [Buffer.from('{"api_keys":['), first.subarray(1), ...more, Buffer.from(']}')];
	reply.type('application/json').send(Buffer.concat(parts));
}
