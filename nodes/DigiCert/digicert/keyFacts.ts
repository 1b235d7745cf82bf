import type { IDataObject } from 'n8n-workflow';

import { inSlices } from '../scheduling';
import { isJsonObject, safeIdOf } from '../values';
import { certCentral, partner } from './apis';

/** A key or a user as DigiCert sends it. Field sets are loose: only `id` is asked for. */
export interface DigiCertRecord extends IDataObject {
	id: number;
}

/** Entries of a list that could be read. */
export interface Listing<T> {
	readonly entries: readonly T[];
	/** False when something is missing, as far as can be told; then absence proves nothing. */
	readonly isComplete: boolean;
}

/** What both APIs tell of a key, under one name each. */
export interface KeyFacts {
	readonly id: number;
	readonly name: string;
	/** In the API's own words: `active`, and `revoked` (CertCentral) or `inactive` (partner). */
	readonly status: string;
	/** The user's ID (CertCentral) or the account's (partner). */
	readonly ownerId: number | undefined;
	/** Empty where the API tells no name. */
	readonly ownerName: string;
	readonly createdAt: Date | undefined;
	/** Undefined for a key that was never used: DigiCert leaves the field out, or sends null. */
	readonly lastUsedAt: Date | undefined;
	/** The value's last 4 characters, where the API shows them. */
	readonly last4: string | undefined;
	/** The key as it is put out. */
	readonly record: IDataObject;
}

/** Whether a value is a record with an ID that can be acted upon. */
export function isDigiCertRecord(json: unknown): json is DigiCertRecord {
	return isJsonObject(json) && typeof json.id === 'number' && safeIdOf(json.id) !== undefined;
}

/** An entry of a list as a record; undefined when it is none. Its ID may come as text. */
function toRecord(entry: unknown): DigiCertRecord | undefined {
	if (isDigiCertRecord(entry)) return entry;
	const id = isJsonObject(entry) ? safeIdOf(entry.id) : undefined;
	return isJsonObject(entry) && id !== undefined ? { ...entry, id } : undefined;
}

/**
 * Reads a list. An entry that cannot be read, or a `page.total` above what came, says that
 * something is missing. (No paging of keys is documented: digicert-api.md A.4.1, B.2.1, F.9.)
 */
export async function toListing(
	list: readonly unknown[],
	page?: unknown,
): Promise<Listing<DigiCertRecord>> {
	// What is shown twice is one: a guard that counts keys must not take it for two.
	const records = new Map<number, DigiCertRecord>();
	let isWhole = true;
	await inSlices(list, (entry) => {
		const record = toRecord(entry);
		if (record === undefined) isWhole = false;
		else records.set(record.id, record);
	});
	const isCut = (totalOf(page) ?? 0) > records.size;
	return { entries: [...records.values()], isComplete: isWhole && !isCut };
}

/** How many entries a list has, where DigiCert tells it: a number, or a text of its digits. */
export function totalOf(page: unknown): number | undefined {
	const total = isJsonObject(page) ? page.total : undefined;
	const isText = typeof total === 'string' && /^\d+$/.test(total);
	return isText || typeof total === 'number' ? Number(total) : undefined;
}

/** The fields of a key that say most, in the order in which a table shows them first. */
const FIRST = [
	...['id', 'name', 'status', 'user', 'account_id', 'restricted_to_role_id'],
	...['create_date', 'created_at', 'last_used_date', 'api_key_last4'],
];

/** A key's fields as they are put out: what one looks for first, then whatever else DigiCert sent. */
export function inOrder(record: IDataObject): IDataObject {
	const first = FIRST.filter((field) => field in record).map((field) => [field, record[field]]);
	return { ...Object.fromEntries(first), ...record };
}

/**
 * Whether a key is switched off for certain, by the API's own word. Of what is told in other words,
 * neither this nor `isLive` is known.
 */
export function isOff({ status }: { status: string }): boolean {
	return [certCentral, partner].some(({ offStatus }) => offStatus === status.toLowerCase());
}

/** Both APIs call a key that works so (digicert-api.md A.3 and B.2.1). */
export function isLive({ status }: { status: string }): boolean {
	return status.toLowerCase() === 'active';
}

/**
 * Reads a time as both APIs send it with keys: ISO 8601.
 *
 * @returns undefined when there is none (left out, null or empty), and an invalid date when it cannot be read, so that a key
 *   with an unreadable last use is not taken for one that was never used
 */
export function dateOf(value: unknown): Date | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	return new Date(typeof value === 'string' ? value : Number.NaN);
}

/** Whether a date could be read. */
export function isReadable(date: Date): boolean {
	return !Number.isNaN(date.getTime());
}
