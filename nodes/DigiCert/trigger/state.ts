import type { IDataObject } from 'n8n-workflow';

import { isJsonObject, isRecord } from '../values';
import { EVENT_NAMES, isEventName } from './events';
import type { EventName, KeyFilter, TriggerSettings, Watch } from './events';

/**
 * For how long after a report another process than the one that made it takes it for one that n8n
 * may not have got to, in ms. It covers what restarts n8n after a crash, and the machine with it.
 */
const IN_DOUBT = 15 * 60_000;
/** Most times that a report is made after its newest event came: n8n may be unable to cope with it. */
const MOST_TRIES = 3;

/**
 * What the trigger remembers between polls, as JSON. n8n saves it only with a poll that has
 * something to report, so an older one may come back at any time (n8n.md 4.2): each poll says all
 * that it has to say by comparing the list with it, and nothing by the time that has gone by.
 */
export interface TriggerState extends IDataObject {
	readonly version: 1;
	readonly watch: Watch;
	/** When the first poll was; no two states of one trigger share it. */
	readonly since: string;
	/** The events that were chosen, parted by spaces. */
	readonly events: string;
	/** The filters that were set. */
	readonly filter: KeyFilter;
	/** Counts the changes, so that a poll sees that another one was faster. */
	readonly revision: number;
	/** By ID, as `writeKnownKey` writes them. */
	readonly keys: Record<string, string>;
	readonly report?: Report;
}

/** One event of a report, as it is kept. */
export interface Told {
	readonly event: EventName;
	readonly id: string;
	/** What tells it apart from earlier events of its kind and key; see `eventId`. */
	readonly detail: string;
	readonly before?: IDataObject;
}

/**
 * The last report, where n8n saves the state apart from the execution that takes the report on:
 * n8n may end between the two, and then the report has to be made again.
 */
export interface Report extends IDataObject {
	/** The process that made it. When that one polls again, n8n has taken the report on. */
	readonly by: string;
	/** In ms since 1970. */
	readonly at: number;
	/** How many times it was made since its newest event came. */
	readonly tries: number;
	/** For each event the keys and details, each as `<id in base 36>-<detail>`, parted by spaces. */
	readonly told: Record<string, string>;
	/** What was before, for those of them that say so. */
	readonly before: Record<string, IDataObject>;
}

/** What a poll knows of the world around it. */
export interface Surroundings {
	readonly now: Date;
	/** A name for this process that no other one has. */
	readonly process: string;
	/** Whether n8n saves the state apart from the execution that takes the report on. */
	readonly savedApart: boolean;
}

function isTexts(value: unknown): value is Record<string, string> {
	return isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function isFilter(value: unknown): value is KeyFilter {
	return (
		isRecord(value) &&
		(value.ownerId === undefined || typeof value.ownerId === 'number') &&
		(value.nameContains === undefined || typeof value.nameContains === 'string') &&
		typeof value.excludeAcme === 'boolean'
	);
}

function isReport(value: unknown): value is Report {
	return (
		isRecord(value) &&
		typeof value.by === 'string' &&
		typeof value.at === 'number' &&
		typeof value.tries === 'number' &&
		isTexts(value.told) &&
		isRecord(value.before) &&
		Object.values(value.before).every(isJsonObject)
	);
}

function isState(value: unknown): value is TriggerState {
	return (
		isRecord(value) &&
		value.version === 1 &&
		(value.watch === 'userApiKeys' || value.watch === 'subaccountApiKeys') &&
		typeof value.since === 'string' &&
		typeof value.events === 'string' &&
		isFilter(value.filter) &&
		typeof value.revision === 'number' &&
		isTexts(value.keys) &&
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
 * @returns undefined for a first poll: no state, or one of other keys. The account is another one if
 *   none of its keys is known, because DigiCert deletes none (digicert-api.md A.4.7). The credential
 *   does not tell that: it can be edited to open another account, and another one may open the same
 */
export function baseOf(
	state: TriggerState | undefined,
	ids: ReadonlySet<string>,
	{ watch }: TriggerSettings,
): TriggerState | undefined {
	if (state?.watch !== watch) return undefined;
	return Object.keys(state.keys).some((id) => ids.has(id)) ? state : undefined;
}

/**
 * What was reported last, if n8n may not have got to it.
 *
 * @returns `tries`: how many times it was reported since its newest event came
 */
export function doubtful(
	report: Report | undefined,
	{ now, process }: Surroundings,
): { told: Told[]; tries: number } {
	if (
		report === undefined ||
		report.by === process ||
		report.tries >= MOST_TRIES ||
		now.getTime() - report.at > IN_DOUBT
	) {
		return { told: [], tries: 0 };
	}
	const told = EVENT_NAMES.flatMap((event) => {
		const places = report.told[event]?.split(' ') ?? [];
		return places.map((place) => ({
			event,
			id: String(parseInt(place, 36)),
			detail: place.slice(place.indexOf('-') + 1),
			before: event === 'changed' ? report.before[place] : undefined,
		}));
	});
	return { told, tries: report.tries };
}

/** What is to be kept of a report until it is certain that n8n has taken it on. */
export function reportOf(
	told: readonly Told[],
	tries: number,
	{ now, process }: Surroundings,
): Report {
	const places: Record<string, string[]> = {};
	const known: Record<string, IDataObject> = {};
	for (const { event, id, detail, before } of told) {
		const place = `${Number(id).toString(36)}-${detail}`;
		(places[event] ??= []).push(place);
		if (before !== undefined) known[place] = before;
	}
	const joined = Object.entries(places).map(([event, list]) => [event, list.join(' ')]);
	return {
		by: process,
		at: now.getTime(),
		tries,
		told: Object.fromEntries(joined),
		before: known,
	};
}
