import { createHash, createHmac, randomInt, randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
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
	/** The next free one when left out. */
	id?: number;
	status?: KeyRecord['status'];
	/** ISO 8601; the time of the call when left out. */
	createdAt?: string;
	lastUsedAt?: string;
	restricted_to_role_id?: number;
	acme?: Record<string, unknown>;
}

/** How far lists lag behind: by `ms`, or by what the last `requests` requests did. */
export interface Lag {
	ms?: number;
	requests?: number;
}

/** What can be set while the sandbox runs. */
export interface Settings {
	/** How new key values look: as the documented samples, or as a UUID (not documented). */
	keyFormat: 'sample' | 'uuid';
	/** Of the lists of keys. None by default: digicert-api.md F.23 leaves it open. */
	listLag: Lag;
}

/** When something happened: on the sandbox's clock, and after how many lines of the journal. */
export interface Moment {
	ms: number;
	line: number;
}

export interface Keyring {
	api: KeyRecord['api'];
	instance: InstanceName | undefined;
	issue: (request: KeyRequest) => { record: KeyRecord; value: string };
	/** Every change of a record goes through here. */
	change: (record: KeyRecord, changes: Partial<KeyRecord>) => void;
	/** The key is no longer there. What was made and removed within the lag is in no list. */
	remove: (record: KeyRecord) => void;
	get: (id: number) => KeyRecord | undefined;
	list: () => KeyRecord[];
	/** The keys as a list shows them now, behind by the lag that is set. */
	listed: () => readonly KeyRecord[];
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
	/** Seeded values follow from it. */
	seed: string;
	clock: Clock;
	moment: () => Moment;
	settings: Settings;
	/** Gets each created key's value; seeded keys are left out. */
	onIssue: (value: string) => void;
}

/** How a key looked until something about it was changed. */
interface Past {
	until: Moment;
	record: KeyRecord;
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
export function seededKeyValue(seed: string, label: string, length: number): string {
	const bytes = createHmac('sha512', seed).update(label).digest().subarray(0, length);
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
	const { clock, moment, settings, onIssue } = shared;
	const byId = new Map<number, KeyRecord>();
	const byDigest = new Map<string, KeyRecord>();
	const madeAt = new Map<number, Moment>();
	/** How records looked before, and removed ones; oldest first. */
	let pasts: Past[] = [];
	let jsons = new WeakMap<KeyRecord, Buffer>();
	let nextId = firstId;

	function newValue(): string {
		return settings.keyFormat === 'uuid' ? randomUUID() : randomKeyValue(valueLength);
	}

	function keepPast(record: KeyRecord): void {
		pasts.push({ until: moment(), record: { ...record } });
	}

	return {
		api,
		instance,
		issue({ value, status = 'active', createdAt = clock.serverIso(), id = nextId, ...rest }) {
			const clear = value ?? newValue();
			const record: KeyRecord = {
				api,
				instance,
				id,
				status,
				createdAt,
				lastUsedAt: undefined,
				last4: clear.slice(-4),
				digest: digestOf(clear),
				seeded: value !== undefined,
				...rest,
			};
			byId.set(id, record);
			while (byId.has(nextId)) nextId += 1;
			byDigest.set(record.digest, record);
			if (!record.seeded) madeAt.set(id, moment());
			if (!record.seeded) onIssue(clear);
			return { record, value: clear };
		},
		change(record, changes) {
			// That a key was used is noted with each request; lists are never behind in that.
			if (Object.keys(changes).join() !== 'lastUsedAt') keepPast(record);
			Object.assign(record, changes);
			jsons.delete(record);
		},
		remove(record) {
			keepPast(record);
			byId.delete(record.id);
			byDigest.delete(record.digest);
		},
		get: (id) => byId.get(id),
		list: () => [...byId.values()],
		listed() {
			const { ms = 0, requests = 0 } = settings.listLag;
			if (ms === 0 && requests === 0) return [...byId.values()];
			const now = moment();
			const isSettled = (then: Moment | undefined) =>
				then === undefined || (now.ms - then.ms >= ms && now.line - then.line > requests);
			const shown = new Map(byId);
			// From the newest change back to the oldest one that is not to be seen yet.
			for (const { record } of pasts.filter(({ until }) => !isSettled(until)).reverse()) {
				shown.set(record.id, record);
			}
			return [...shown.values()].filter(({ id }) => isSettled(madeAt.get(id)));
		},
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
			madeAt.clear();
			pasts = [];
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
