import { setTimeout as sleep } from 'node:timers/promises';

import type { INode } from 'n8n-workflow';

import { DOCUMENTED_LIMITS } from '../../sandbox/index.mts';
import type { SandboxOptions } from '../../sandbox/index.mts';
import { present } from '../../test/support/read.mts';
import type { Execution } from '../../test/support/engine.mts';
import { tally, withBench } from '../support/bench.mts';
import { range } from '../support/report.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns, measure } from '../support/stats.mts';

/** What is run, and how the sandbox's limit behaves: neither of its ways is documented. */
interface Way {
	readonly what: string;
	/** Whether it waits nearly all of the time. */
	readonly waits: boolean;
	/** A limit that counts refused requests leaves it to chance what the shortest time is. */
	readonly isBound?: true;
	readonly node: 'create' | 'http';
	readonly sandbox?: SandboxOptions;
	readonly settings?: Partial<INode>;
	readonly options?: Record<string, unknown>;
}

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const BATCHES = { batching: { batch: { batchSize: 100, batchInterval: 5_000 } } };
const WAYS: readonly Way[] = [
	{ what: 'this node', waits: true, isBound: true, node: 'create' },
	{
		what: 'this node, 429 with Retry-After',
		...{ waits: true, isBound: true, node: 'create', sandbox: { retryAfter: true } },
	},
	{
		what: 'this node, refused requests count as well',
		...{ waits: true, node: 'create', sandbox: { countRefused: true } },
	},
	{
		what: 'HTTP Request, continue, batches of 100 every 5 s',
		...{ waits: true, node: 'http', settings: CONTINUE, options: BATCHES },
	},
	{ what: 'HTTP Request, continue', waits: false, node: 'http', settings: CONTINUE },
	{ what: 'HTTP Request, stop', waits: false, node: 'http' },
];
const FIGURES = ['seconds', 'sent', 'refused', 'alive', 'delivered', 'unseen'] as const;
/** Between the starts of those that wait, in ms. */
const STAGGER = 1_250;

/** The shortest time in which rolling limits let a number of requests in. */
function shortestMs(count: number): number {
	return Math.max(
		...DOCUMENTED_LIMITS.map(
			({ requests, windowMs }) => Math.floor((count - 1) / requests) * windowMs,
		),
	);
}

/** More items than DigiCert's rate limit lets through at once. */
export async function rateLimit({ rounds, share }: Extent): Promise<Part> {
	const count = Math.max(101, Math.ceil(400 * share));
	const shortest = shortestMs(count);

	async function measureWay({ node, sandbox, settings = {}, options = {} }: Way) {
		return await withBench({ rateLimits: DOCUMENTED_LIMITS, ...sandbox }, async (bench) => {
			// The first run compiles; it does not count.
			await bench[node](bench.items(90));
			return await inTurns(rounds, {
				way: async () => {
					await bench.sandbox.reset();
					let execution;
					const { wallMs } = await measure(async () => {
						execution = await bench[node](bench.items(count), { settings, options });
					});
					return {
						...(await tally(bench.sandbox, present<Execution>(execution))),
						seconds: wallMs / 1000,
					};
				},
			});
		});
	}
	type Measured = Awaited<ReturnType<typeof measureWay>>;
	// Those that wait share the time; they start one after the other because the bursts between the
	// pauses would get in each other's way. Each has a sandbox of its own.
	const found = new Map<Way, Measured>();
	await Promise.all(
		WAYS.filter(({ waits }) => waits).map(async (way, i) => {
			await sleep(i * STAGGER);
			found.set(way, await measureWay(way));
		}),
	);
	for (const way of WAYS.filter(({ waits }) => !waits)) found.set(way, await measureWay(way));
	const of = (way: Way, figure: (typeof FIGURES)[number]) => present(found.get(way))('way', figure);
	return {
		title: "(c) DigiCert's rate limit",
		notes: [
			`${count} items against the documented rolling limits: 100 requests in 5 seconds and 1000 in 3 minutes for each key. The shortest time they allow is ${shortest / 1000} s. Median (least–most) of ${rounds} runs. 'Refused' are requests that were answered 429, 'unseen' keys that work, whose value no item carries and whose ID neither an item nor an error names.`,
			'DigiCert documents no Retry-After, and does not say whether refused requests count for the limit; this node was run with both.',
		],
		table: {
			head: ['', 'seconds', 'requests', 'refused', 'keys alive', 'delivered', 'unseen'],
			rows: WAYS.map((way) => [way.what, ...FIGURES.map((figure) => range(of(way, figure)))]),
		},
		ratios: WAYS.filter(({ isBound }) => isBound).flatMap((way) => [
			{
				what: `${way.what}: time : shortest`,
				values: of(way, 'seconds').map((seconds) => (seconds * 1000) / shortest),
				bound: 1.15,
			},
			{
				what: `${way.what}: items : delivered`,
				values: of(way, 'delivered').map((delivered) => count / delivered),
				bound: 1,
			},
		]),
	};
}
