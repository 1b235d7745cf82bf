import { compare } from '../../dist/nodes/DigiCert/trigger/compare.js';
import { EVENT_NAMES } from '../../dist/nodes/DigiCert/trigger/events.js';
import type {
	EventName,
	ListedKey,
	TriggerEvent,
	TriggerSettings,
} from '../../dist/nodes/DigiCert/trigger/events.js';
import { readState } from '../../dist/nodes/DigiCert/trigger/state.js';
import type { TriggerState } from '../../dist/nodes/DigiCert/trigger/state.js';
import { number, parse } from '../support/read.mts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The time at which the tests' clocks begin. */
export const START = Date.UTC(2026, 0, 1);

/** Settings: every event, short thresholds, no filter. */
export function settingsWith(more: Partial<TriggerSettings> = {}): TriggerSettings {
	return {
		watch: 'userApiKeys',
		events: new Set(EVENT_NAMES),
		neverUsedHours: 24,
		unusedDays: 90,
		oldDays: 365,
		reportExisting: false,
		ownerId: undefined,
		nameContains: undefined,
		excludeAcme: false,
		...more,
	};
}

/** Settings with these events only. */
export function on(...events: EventName[]): Partial<TriggerSettings> {
	return { events: new Set(events) };
}

/** A key that was made and used at the start, unless told otherwise. */
export function keyWith(id: number, more: Partial<ListedKey> = {}): ListedKey {
	return {
		id,
		name: `Key ${id}`,
		live: true,
		role: 0,
		ownerId: 7,
		createdAt: new Date(START),
		lastUsedAt: new Date(START),
		acme: false,
		record: { id },
		...more,
	};
}

/** A trigger node with its state in n8n's memory and n8n's database, polled by hand. */
export class Watcher {
	settings: TriggerSettings;
	now = START;
	memory: TriggerState | undefined;
	/** What n8n has saved. */
	disk: string | undefined;
	#process = 1;

	constructor(settings: Partial<TriggerSettings> = {}) {
		this.settings = settingsWith(settings);
	}

	/** A poll that comes so long after the last one. Gives the events. */
	async poll(
		keys: readonly ListedKey[],
		waited = HOUR,
		savedApart = true,
	): Promise<TriggerEvent[]> {
		this.now += waited;
		const { state, events } = await compare(this.memory, keys, this.settings, {
			now: new Date(this.now),
			process: `process ${this.#process}`,
			savedApart,
		});
		this.memory = state;
		// n8n saves the state with a poll that reports something, and once after activation.
		if (events.length > 0 || this.disk === undefined) this.disk = JSON.stringify(state);
		return events;
	}

	/** n8n ends and starts again, with what it has saved. */
	restart(): void {
		this.#process += 1;
		this.memory = this.disk === undefined ? undefined : readState(parse(this.disk));
	}

	/** The node is renamed: n8n finds no state under its new name. */
	rename(): void {
		this.memory = undefined;
		this.disk = undefined;
	}

	/** Bytes that the state takes. */
	get bytes(): number {
		return Buffer.byteLength(JSON.stringify(this.memory));
	}
}

/** Events in short: `created 1`. */
export function inShort(events: readonly TriggerEvent[]): string[] {
	return events.map(({ event, key }) => `${event} ${number(key.id)}`);
}
