import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../values';
import { isEventName } from './events';
import type { EventName, TriggerSettings, Watch } from './events';

/**
 * For how long after a report another process than the one that made it takes it for one that n8n
 * may not have got to, in ms. It covers what restarts n8n after a crash, and the machine with it.
 */
const IN_DOUBT = 15 * 60_000;
/** Most times that a report is made, so that one with which n8n cannot cope does not end it for ever. */
const MOST_TRIES = 3;

/** Written keys by ID; see `knownKey.ts`. */
export type WrittenKeys = Record<string, string>;

/**
 * What the trigger remembers between polls, as JSON. n8n saves it only with a poll that has
 * something to report, so an older one may come back at any time (n8n.md 12): each poll says all
 * that it has to say by comparing the list with it, and nothing by the time that has gone by.
 */
export interface TriggerState extends IDataObject {
	readonly version: 1;
	readonly watch: Watch;
	/** ID of the n8n credential: another one may open another account. */
	readonly credential: string;
	/** When the first poll was; no two states of one trigger share it. */
	readonly since: string;
	/** The events that were chosen, parted by spaces. */
	readonly events: string;
	/** Counts the changes, so that a poll sees that another one was faster. */
	readonly revision: number;
	readonly keys: WrittenKeys;
	readonly report?: Report;
}

/**
 * The last report, where n8n saves the state apart from the execution that takes the report on:
 * n8n may end between the two. How the keys were before it, so that it can be made again.
 */
export interface Report extends IDataObject {
	/** The process that made it. When that one polls again, n8n has taken the report on. */
	readonly by: string;
	/** In ms since 1970. */
	readonly at: number;
	/** How many times it was made. */
	readonly tries: number;
	/** IDs of the keys that were new, in base 36, parted by spaces. */
	readonly created: string;
	readonly before: WrittenKeys;
}

/** What a poll knows of the world around it. */
export interface Surroundings {
	readonly now: Date;
	/** ID of the n8n credential. */
	readonly credential: string;
	/** A name for this process that no other one has. */
	readonly process: string;
	/** Whether n8n saves the state apart from the execution that takes the report on. */
	readonly savedApart: boolean;
}

function isWrittenKeys(value: unknown): value is WrittenKeys {
	return isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function isReport(value: unknown): value is Report {
	return (
		isRecord(value) &&
		typeof value.by === 'string' &&
		typeof value.at === 'number' &&
		typeof value.tries === 'number' &&
		typeof value.created === 'string' &&
		isWrittenKeys(value.before)
	);
}

function isState(value: unknown): value is TriggerState {
	return (
		isRecord(value) &&
		value.version === 1 &&
		(value.watch === 'userApiKeys' || value.watch === 'subaccountApiKeys') &&
		typeof value.credential === 'string' &&
		typeof value.since === 'string' &&
		typeof value.events === 'string' &&
		typeof value.revision === 'number' &&
		isWrittenKeys(value.keys) &&
		(value.report === undefined || isReport(value.report))
	);
}

/** The state as n8n gives it back; undefined where there is none that can be read. */
export function readState(value: unknown): TriggerState | undefined {
	return isState(value) ? value : undefined;
}

/** The events that were chosen when a state was written. */
export function chosenIn(state: TriggerState): ReadonlySet<EventName> {
	return new Set(state.events.split(' ').filter(isEventName));
}

/**
 * The state that a list is to be compared with.
 *
 * @param ids of the keys in the list
 * @returns undefined for a first poll: no state, or one of other keys. With another credential the
 *   account is another one if none of its keys is known, because DigiCert deletes none
 *   (digicert-api.md A.4.7)
 */
export function baseOf(
	state: TriggerState | undefined,
	ids: ReadonlySet<string>,
	{ watch }: TriggerSettings,
	{ credential }: Surroundings,
): TriggerState | undefined {
	if (state === undefined || state.watch !== watch) return undefined;
	const isSameAccount =
		state.credential === credential || Object.keys(state.keys).some((id) => ids.has(id));
	return isSameAccount ? state : undefined;
}

/**
 * The keys as they were when n8n had certainly taken on what was reported of them.
 *
 * @returns `tries`: how many times the last report was made, if it is to be made again, or else 0
 */
export function confirmedKeys(
	{ keys, report }: TriggerState,
	{ now, process }: Surroundings,
): { keys: WrittenKeys; tries: number } {
	if (
		report === undefined ||
		report.by === process ||
		report.tries >= MOST_TRIES ||
		now.getTime() - report.at > IN_DOUBT
	) {
		return { keys, tries: 0 };
	}
	const earlier = { ...keys, ...report.before };
	for (const id of report.created.split(' ')) delete earlier[parseInt(id, 36)];
	return { keys: earlier, tries: report.tries };
}

/**
 * What is to be kept of a report until it is certain that n8n has taken it on.
 *
 * @param before the reported keys as they were, undefined for new ones
 * @param tries how many times it has been made, this time included
 */
export function reportOf(
	before: ReadonlyMap<string, string | undefined>,
	tries: number,
	{ now, process }: Surroundings,
): Report {
	const created: string[] = [];
	const known: WrittenKeys = {};
	for (const [id, written] of before) {
		if (written === undefined) created.push(Number(id).toString(36));
		else known[id] = written;
	}
	return { by: process, at: now.getTime(), tries, created: created.join(' '), before: known };
}
