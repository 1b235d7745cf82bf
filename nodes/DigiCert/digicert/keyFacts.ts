import type { IDataObject } from 'n8n-workflow';

import { fromDigits } from '../values';

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

/** A field's text, or none where it has another type or is left out. */
export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** A field's number, where it has one. */
export function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' ? value : undefined;
}

/** The owner's ID, which may come as text. */
export function ownerIdOf(value: unknown): number | undefined {
	return numberOf(fromDigits(value));
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
