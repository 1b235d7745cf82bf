'use strict';

const { mustHaveMade, withBench } = require('../support/bench');
const { measure } = require('../support/measure');
const { inTurns, ratios } = require('../support/stats');

const LATENCY = 150;
/** Concurrency, and how far from the ideal its run may be. */
const BOUNDS = [
	{ concurrency: 1, bound: 1.1 },
	{ concurrency: 10, bound: 1.1 },
	{ concurrency: 50, bound: 1.25 },
];

/**
 * How much of the promised concurrency comes true.
 *
 * @param {{ rounds: number, share: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function concurrency({ rounds, share }) {
	const count = Math.ceil(200 * share);
	const half = count / 2;
	return await withBench({}, async ({ sandbox, items, create, http, minimal }) => {
		/** @param {import('../support/bench').Run} run @param {number} size @param {Record<string, unknown>} [options] */
		async function timed(run, size, options) {
			await sandbox.reset();
			await sandbox.addFaults([
				{ when: 'after', action: 'pass', delayMs: LATENCY, times: Infinity },
			]);
			return await measure(async () => mustHaveMade(await run(items(size), { options }), size));
		}
		const wide = { concurrency: 50 };
		await timed(create, count, wide);
		await timed(http, count);

		/** @type {import('../support/report').Part} */
		const part = {
			title: '(b) Concurrency',
			notes: [
				`${count} keys at ${LATENCY} ms latency. The ideal is items × latency / concurrency. n8n's HTTP Request node knows no bound: it sends all items at once, here ${half}. The minimal node of (a), with 50 at a time, shows what n8n's helper itself takes: for each request it decrypts the credential and opens a connection.`,
			],
			rows: [],
			ratios: [],
		};
		for (const { concurrency: lanes, bound } of BOUNDS) {
			const ideal = (count * LATENCY) / lanes;
			const what = `${count} keys, concurrency ${lanes}`;
			const { node } = await inTurns(rounds, {
				node: async () => await timed(create, count, { concurrency: lanes }),
			});
			part.rows.push({ what, unit: 'ms', values: node.wallMs });
			const values = node.wallMs.map((wallMs) => wallMs / ideal);
			part.ratios.push({ what: `${what} : ideal ${ideal} ms`, values, bound });
		}
		const beside = await inTurns(rounds, {
			node: async () => await timed(create, half, wide),
			http: async () => await timed(http, half),
			floor: async () => await timed(minimal, count, wide),
		});
		part.rows.push(
			{
				what: `${count} keys, minimal node, concurrency 50`,
				unit: 'ms',
				values: beside.floor.wallMs,
			},
			{ what: `${half} keys, concurrency 50`, unit: 'ms', values: beside.node.wallMs },
			{ what: `${half} keys, HTTP Request node`, unit: 'ms', values: beside.http.wallMs },
		);
		part.ratios.push({
			what: `${half} keys, concurrency 50 : HTTP Request node`,
			values: ratios(beside.node.wallMs, beside.http.wallMs),
			bound: 1.25,
		});
		return part;
	});
}

module.exports = { concurrency };
