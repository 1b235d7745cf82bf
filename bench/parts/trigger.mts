import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

import { compare } from '../../dist/nodes/DigiCert/trigger/compare.js';
import type { ListedKey, TriggerSettings } from '../../dist/nodes/DigiCert/trigger/events.js';
import { EVENT_NAMES } from '../../dist/nodes/DigiCert/trigger/events.js';
import type { TriggerState } from '../../dist/nodes/DigiCert/trigger/state.js';
import { startSandbox } from '../../sandbox/index.mts';
import { createEngine } from '../../test/support/engine.mts';
import { PollHost } from '../../test/trigger/pollHost.mts';
import type { Extent, Part } from '../support/report.mts';

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

interface Figures {
	readonly situation: string;
	readonly bytesPerKey: number;
	/** Processor time of each comparison, in ms. */
	readonly ms: readonly number[];
	/** The longest time in which nothing else of the process could run, in ms. */
	readonly blockMs: readonly number[];
}

/** Measures the state in the situations in which it is smallest and largest. */
async function measureStates(rounds: number): Promise<Figures[]> {
	const settings = (more: Partial<TriggerSettings>): TriggerSettings => ({
		watch: 'userApiKeys',
		events: new Set(EVENT_NAMES),
		...{ neverUsedHours: 24, unusedDays: 90, oldDays: 365, reportExisting: false },
		...{ ownerId: undefined, nameContains: undefined, excludeAcme: false },
		...more,
	});
	const poll = async (
		state: TriggerState | undefined,
		keys: ListedKey[],
		days: number,
		more: Partial<TriggerSettings> = {},
	) =>
		await compare(state, keys, settings(more), {
			now: new Date(START + days * DAY),
			...{ process: 'bench', savedApart: true },
		});
	const measure = async (
		situation: string,
		run: () => Promise<{ state: TriggerState }>,
	): Promise<Figures> => {
		// Once to warm up.
		const bytes = Buffer.byteLength(JSON.stringify((await run()).state));
		const ms: number[] = [];
		const blockMs: number[] = [];
		while (ms.length < rounds) {
			const delay = monitorEventLoopDelay({ resolution: 1 });
			delay.enable();
			const start = process.cpuUsage();
			await run();
			const { user, system } = process.cpuUsage(start);
			ms.push((user + system) / 1000);
			// It tells of the last block when that is over.
			await setTimeout(5);
			delay.disable();
			blockMs.push(delay.max / 1e6);
		}
		return { situation, bytesPerKey: bytes / KEYS, ms, blockMs };
	};
	const keys = {
		usual: keysOf(usual),
		longest: keysOf(longest),
		off: keysOf(usual, { live: false }),
		renamed: keysOf((i) => `New ${usual(i)}`),
	};
	const { state: first } = await poll(undefined, keys.usual, 0);
	const { state: firstOfLongest } = await poll(undefined, keys.longest, 0);
	return [
		await measure('first poll', async () => await poll(undefined, keys.usual, 0)),
		await measure('nothing happened', async () => await poll(first, keys.usual, 0)),
		await measure(
			'every key has the longest name',
			async () => await poll(firstOfLongest, keys.longest, 0),
		),
		await measure(
			'every key is reported as new',
			async () => await poll(undefined, keys.longest, 0, { reportExisting: true }),
		),
		await measure(
			'every key is reported as never used',
			async () => await poll(firstOfLongest, keys.longest, 2),
		),
		await measure('every key is switched off', async () => await poll(first, keys.off, 0)),
		await measure('every key changes its name', async () => await poll(first, keys.renamed, 0)),
	];
}

/** Counts what one poll asks of DigiCert, in an account with many keys, and what n8n keeps then. */
async function measurePolls(share: number): Promise<(string | number)[][]> {
	const sandbox = await startSandbox({ rateLimits: [] });
	const engine = await createEngine();
	const { us } = sandbox.certCentral;
	const name = 'Build server of plant north';
	const accounts = {
		userApiKeys: () =>
			sandbox.console.us.makeKey({ name, ownerId: us.users.person, restricted_to_role_id: 101 }),
		subaccountApiKeys: () =>
			sandbox.console.partner.makeKey({ name, ownerId: sandbox.partner.accounts.subaccount }),
	};
	const rows: (string | number)[][] = [];
	for (const [watch, makeOne] of Object.entries(accounts)) {
		const made = Math.ceil(KEYS * share);
		for (let i = 0; i < made; i++) makeOne();
		const host = new PollHost({ engine, sandbox, log: [] }, { watch });
		await host.activate();
		makeOne();
		const before = sandbox.requests().length;
		const { events } = await host.poll();
		const requests = sandbox.requests().slice(before);
		const bytes = Buffer.byteLength(JSON.stringify(await host.state()));
		rows.push([watch, made + 1, requests.length, events.length, (bytes / (made + 1)).toFixed(1)]);
	}
	await sandbox.close();
	return rows;
}

/** What the trigger costs: bytes of state for each key, calls, and what one comparison takes. */
export async function trigger({ rounds, share }: Extent): Promise<Part> {
	const states = await measureStates(rounds);
	return {
		title: '(g) DigiCert Trigger',
		notes: [
			`State for each key at ${KEYS} keys with names of 10 to 60 or 200 characters, the CPU time of one comparison, and the longest time in it in which n8n could do nothing else. The table counts one poll in n8n's own poll context after a key was made.`,
		],
		rows: states.flatMap(({ situation, bytesPerKey, ms, blockMs }) => [
			{ what: `${situation}: state for each key`, unit: 'bytes', values: [bytesPerKey] },
			{ what: `${situation}: CPU time`, unit: 'ms', values: ms },
			{ what: `${situation}: longest block of the event loop`, unit: 'ms', values: blockMs },
		]),
		ratios: states.map(({ situation, bytesPerKey }) => ({
			what: `${situation}: state for each key : 64 bytes`,
			values: [bytesPerKey / 64],
			bound: 1,
		})),
		table: {
			head: ['watches', 'keys made', 'calls for a poll', 'events', 'bytes of state for each key'],
			rows: await measurePolls(share),
		},
	};
}
