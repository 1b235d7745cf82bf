import type { IDataObject } from 'n8n-workflow';

/** The lists of keys that can be watched, by the values of the parameter `watch`. */
export type Watch = 'userApiKeys' | 'subaccountApiKeys';

/** What can happen to a key. The order is that of the events of one key in one poll. */
export const EVENT_NAMES = [
	'created',
	'switchedOff',
	'switchedOn',
	'changed',
	'neverUsed',
	'unused',
	'old',
	'removed',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** Whether a value names an event. */
export function isEventName(value: unknown): value is EventName {
	return EVENT_NAMES.some((name) => name === value);
}

/** Whether an event tells that a key has been in some way for long enough, which is told once. */
export function isCondition(event: EventName): boolean {
	return event === 'neverUsed' || event === 'unused' || event === 'old';
}

/** Whether an event is a change, which may happen to a key again and again. */
export function isTurn(event: EventName): boolean {
	return !isCondition(event) && event !== 'created';
}

/** A key as a poll found it in DigiCert's list. */
export interface ListedKey {
	readonly id: number;
	/** Undefined where the list does not tell it; so it is with all that may be undefined here. */
	readonly name: string | undefined;
	/** Whether DigiCert says `active`. */
	readonly live: boolean;
	/** The role that the key is restricted to (CertCentral, digicert-api.md A.3). */
	readonly role: number | undefined;
	/** The user's ID, or the account's. */
	readonly ownerId: number | undefined;
	readonly createdAt: Date | undefined;
	/** Undefined for a key that was never used. */
	readonly lastUsedAt: Date | undefined;
	/** An ACME directory URL, which CertCentral lists among the keys (digicert-api.md A.4.2). */
	readonly acme: boolean;
	/** The key as *Get* puts it out. */
	readonly record: IDataObject;
}

/** What one poll has to report of one key; becomes one item. */
export interface TriggerEvent extends IDataObject {
	event: EventName;
	key: IDataObject;
	/** With `changed`: the fields that changed, as they were. */
	before?: IDataObject;
	/** ISO 8601. */
	detected_at: string;
	/** The same whenever this very event is reported again, and never that of another event. */
	event_id: string;
}

/** Which keys somebody wants to hear of. */
export interface KeyFilter {
	readonly ownerId: number | undefined;
	/** In lower case. */
	readonly nameContains: string | undefined;
	readonly excludeAcme: boolean;
}

/** What somebody wants to hear of. */
export interface TriggerSettings extends KeyFilter {
	readonly watch: Watch;
	readonly events: ReadonlySet<EventName>;
	readonly neverUsedHours: number;
	readonly unusedDays: number;
	readonly oldDays: number;
	/** Whether the first poll reports what is there already. */
	readonly reportExisting: boolean;
}
