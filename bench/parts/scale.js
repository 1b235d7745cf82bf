'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');

const { fitLine, inTurns } = require('../support/stats');

const RUN = path.join(__dirname, '..', 'support', 'scaleRun.js');
const SIZES = [100, 300, 1000, 3000, 10_000];

/**
 * One run in a process of its own.
 *
 * @param {number} size
 * @returns {Promise<Record<'wallMs' | 'cpuMs' | 'peakMb' | 'heldMb', number>>}
 */
async function runOf(size) {
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--expose-gc',
		RUN,
		String(size),
	]);
	return JSON.parse(stdout);
}

/**
 * How time and memory grow with the number of items.
 *
 * @param {{ rounds: number, share: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function scale({ rounds, share }) {
	const sizes = SIZES.map((size) => Math.ceil(size * share));
	const found = await inTurns(
		rounds,
		Object.fromEntries(sizes.map((size) => [`${size}`, async () => await runOf(size)])),
	);
	const most = String(sizes[sizes.length - 1]);
	const tenth = String(sizes[sizes.length - 3]);
	/** @param {string} figure the figure over the items, by round */
	const lines = (figure) =>
		found[most][figure].map((_, round) =>
			fitLine(sizes.map((size) => [size, found[size][figure][round]])),
		);
	/** How much more an item costs among ten times as many. @param {string} figure */
	const growth = (figure) =>
		found[most][figure].map(
			(value, round) => value / Number(most) / (found[tenth][figure][round] / Number(tenth)),
		);
	const figures = [
		{ figure: 'wallMs', what: 'time', unit: 'ms' },
		{ figure: 'heldMb', what: 'memory held with the result', unit: 'MB' },
		{ figure: 'peakMb', what: 'peak memory beyond that of the start', unit: 'MB' },
	];
	return {
		title: '(d) From 100 to 10,000 items',
		notes: [
			`Concurrency 10, no latency, each run in a process of its own, warmed up with 100 items. Memory counts all of the process: n8n's engine keeps input and output of each node, and the tests' engine a copy of them. 'Held' is the heap after garbage collection with the result in hand, 'peak' what the process ever took from the system. The slope is that of the straight line through the sizes, R² how well it fits.`,
		],
		rows: figures.flatMap(({ figure, what, unit }) => [
			...sizes.map((size) => ({
				what: `${size} items: ${what}`,
				unit,
				values: found[size][figure],
			})),
			{
				what: `${what}: slope per 1000 items`,
				unit,
				values: lines(figure).map(({ slope }) => slope * 1000),
			},
			{ what: `${what}: R²`, unit: '', values: lines(figure).map(({ fit }) => fit) },
		]),
		ratios: figures.slice(0, 2).map(({ figure, what }) => ({
			what: `${what} per item, ${most} items : ${tenth} items`,
			values: growth(figure),
			bound: 1.25,
		})),
	};
}

module.exports = { scale };
