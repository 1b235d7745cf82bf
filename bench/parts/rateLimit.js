'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

const { DOCUMENTED_LIMITS } = require('../../sandbox/rateLimit.mts');
const { withBench } = require('../support/bench');
const { measure } = require('../support/measure');
const { range } = require('../support/report');
const { inTurns } = require('../support/stats');
const { tally } = require('../support/tally');

/** @typedef {import('../support/bench').Bench} Bench */
/** @typedef {import('../support/bench').Execution} Execution */

const CONTINUE = { onError: 'continueRegularOutput' };

/**
 * The shortest time in which rolling limits let a number of requests in.
 *
 * @param {number} count
 */
function shortestMs(count) {
	return Math.max(
		...DOCUMENTED_LIMITS.map(
			({ requests, windowMs }) => Math.floor((count - 1) / requests) * windowMs,
		),
	);
}

/** What is run, and how the sandbox's limit behaves: neither of its ways is documented. */
const WAYS = {
	'this node': { waits: true, sandbox: {}, node: 'create', settings: {}, options: {} },
	'this node, 429 with Retry-After': {
		waits: true,
		sandbox: { retryAfter: true },
		node: 'create',
		settings: {},
		options: {},
	},
	'this node, refused requests count as well': {
		waits: true,
		sandbox: { countRefused: true },
		node: 'create',
		settings: {},
		options: {},
	},
	'HTTP Request, continue, batches of 100 every 5 s': {
		waits: true,
		sandbox: {},
		node: 'http',
		settings: CONTINUE,
		options: { batching: { batch: { batchSize: 100, batchInterval: 5000 } } },
	},
	'HTTP Request, continue': {
		waits: false,
		sandbox: {},
		node: 'http',
		settings: CONTINUE,
		options: {},
	},
	'HTTP Request, stop': { waits: false, sandbox: {}, node: 'http', settings: {}, options: {} },
};
/** Between the starts of those that wait, in ms. */
const STAGGER = 1250;

/** A limit that counts refused requests leaves it to chance what the shortest time is. */
const BOUND_WAYS = ['this node', 'this node, 429 with Retry-After'];

/**
 * More items than DigiCert's rate limit lets through at once.
 *
 * @param {{ rounds: number, share: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function rateLimit({ rounds, share }) {
	const count = Math.max(101, Math.ceil(400 * share));
	const shortest = shortestMs(count);
	/** @param {keyof typeof WAYS} what */
	async function measureWay(what) {
		const { sandbox: sandboxOptions, node, settings, options } = WAYS[what];
		return await withBench({ rateLimits: DOCUMENTED_LIMITS, ...sandboxOptions }, async (bench) => {
			const run = node === 'create' ? bench.create : bench.http;
			// The first run compiles; it does not count.
			await run(bench.items(90));
			const { way } = await inTurns(rounds, {
				way: async () => {
					await bench.sandbox.reset();
					/** @type {Execution | undefined} */
					let execution;
					const { wallMs } = await measure(async () => {
						execution = await run(bench.items(count), { settings, options });
					});
					const counts = await tally(bench.sandbox, /** @type {Execution} */ (execution));
					return { ...counts, seconds: wallMs / 1000 };
				},
			});
			return { what, figures: /** @type {Record<string, number[]>} */ (way) };
		});
	}

	const ways = /** @type {Array<keyof typeof WAYS>} */ (Object.keys(WAYS));
	// These wait nearly all of the time, so they share it; they start one after the other because
	// the bursts between the pauses would get in each other's way. Each has a sandbox of its own.
	const found = await Promise.all(
		ways
			.filter((what) => WAYS[what].waits)
			.map(async (what, i) => {
				await sleep(i * STAGGER);
				return await measureWay(what);
			}),
	);
	for (const what of ways.filter((name) => !WAYS[name].waits)) found.push(await measureWay(what));
	return {
		title: "(c) DigiCert's rate limit",
		notes: [
			`${count} items against the documented rolling limits: 100 requests in 5 seconds and 1000 in 3 minutes for each key. The shortest time they allow is ${shortest / 1000} s. Median (least–most) of ${rounds} runs. 'Refused' are requests that were answered 429, 'unseen' keys that work, whose value no item carries and whose ID neither an item nor an error names.`,
			'DigiCert documents no Retry-After, and does not say whether refused requests count for the limit; this node was run with both.',
		],
		rows: [],
		table: {
			head: ['', 'seconds', 'requests', 'refused', 'keys alive', 'delivered', 'unseen'],
			rows: found.map(({ what, figures }) => [
				what,
				...['seconds', 'sent', 'refused', 'alive', 'delivered', 'unseen'].map((name) =>
					range(figures[name]),
				),
			]),
		},
		ratios: found
			.filter(({ what }) => BOUND_WAYS.includes(what))
			.flatMap(({ what, figures }) => [
				{
					what: `${what}: time : shortest`,
					values: figures.seconds.map(
						(/** @type {number} */ seconds) => (seconds * 1000) / shortest,
					),
					bound: 1.15,
				},
				{
					what: `${what}: items : delivered`,
					values: figures.delivered.map((/** @type {number} */ delivered) => count / delivered),
					bound: 1,
				},
			]),
	};
}

module.exports = { rateLimit };
