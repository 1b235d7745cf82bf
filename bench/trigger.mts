/**
 * What the trigger costs at 5,000 keys: bytes of state for each key, and the processor time of
 * one comparison, which holds n8n's event loop. `npm run build && npx tsx bench/trigger.mts`
 */
import { compare } from '../dist/nodes/DigiCert/trigger/compare.js';
import type { ListedKey, TriggerSettings } from '../dist/nodes/DigiCert/trigger/events.js';
import { EVENT_NAMES } from '../dist/nodes/DigiCert/trigger/events.js';
import type { TriggerState } from '../dist/nodes/DigiCert/trigger/state.js';

const KEYS = 5000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

/** Seven-digit IDs as DigiCert's samples have them; names of 10 to 60 characters. */
function keysOf(nameOf: (i: number) => string, more: Partial<ListedKey> = {}): ListedKey[] {
	return Array.from({ length: KEYS }, (_, i) => ({
		id: 1_834_000 + i,
		name: nameOf(i),
		live: true,
		role: i % 2 === 0 ? 0 : 101,
		ownerId: 1_250_390 + (i % 300),
		createdAt: new Date(START),
		lastUsedAt: undefined,
		acme: false,
		record: {},
		...more,
	}));
}

const usual = (i: number) => `Build server ${i} ${'of plant north '.repeat(i % 4)}`.trim();
const longest = (i: number) => `${i} ${'Größe "quoted" 鍵 '.repeat(12)}`.slice(0, 200);

export interface Figures {
	situation: string;
	bytesPerKey: number;
	/** Processor time of the comparison, in ms, the median of nine. */
	ms: number;
}

/** Measures the state in the situations in which it is smallest and largest. */
export function measureTrigger(): Figures[] {
	const settings = (more: Partial<TriggerSettings>): TriggerSettings => ({
		watch: 'userApiKeys',
		events: new Set(EVENT_NAMES),
		...{ neverUsedHours: 24, unusedDays: 90, oldDays: 365, reportExisting: false },
		...{ ownerId: undefined, nameContains: undefined, excludeAcme: false },
		...more,
	});
	const poll = (
		state: TriggerState | undefined,
		keys: ListedKey[],
		days: number,
		more: Partial<TriggerSettings> = {},
	) =>
		compare(state, keys, settings(more), {
			now: new Date(START + days * DAY),
			...{ credential: '{"digiCertCertCentralApi":{"id":"1","name":"DigiCert"}}' },
			...{ process: 'bench', savedApart: true },
		});
	const measure = (situation: string, run: () => { state: TriggerState }): Figures => {
		const times = Array.from({ length: 9 }, () => {
			const start = process.cpuUsage();
			run();
			const { user, system } = process.cpuUsage(start);
			return (user + system) / 1000;
		}).sort((a, b) => a - b);
		const bytes = Buffer.byteLength(JSON.stringify(run().state));
		return { situation, bytesPerKey: bytes / KEYS, ms: times[4] ?? 0 };
	};
	const first = poll(undefined, keysOf(usual), 0).state;
	const firstOfLongest = poll(undefined, keysOf(longest), 0).state;
	return [
		measure('first poll', () => poll(undefined, keysOf(usual), 0)),
		measure('nothing happened', () => poll(first, keysOf(usual), 0)),
		measure('every key has the longest name', () => poll(firstOfLongest, keysOf(longest), 0)),
		measure('every key is reported as new', () =>
			poll(undefined, keysOf(longest), 0, { reportExisting: true }),
		),
		measure('every key is reported as never used', () => poll(firstOfLongest, keysOf(longest), 2)),
		measure('every key is switched off', () => poll(first, keysOf(usual, { live: false }), 0)),
		measure('every key changes its name', () =>
			poll(
				first,
				keysOf((i) => `New ${usual(i)}`),
				0,
			),
		),
	];
}

if (process.argv[1] === import.meta.filename) {
	for (const { situation, bytesPerKey, ms } of measureTrigger()) {
		console.log(
			`${situation.padEnd(38)} ${bytesPerKey.toFixed(1)} bytes a key  ${ms.toFixed(1)} ms`,
		);
	}
}
