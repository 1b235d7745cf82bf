import { mustHaveMade, withBench } from '../support/bench.mts';
import type { Run } from '../support/bench.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns, measure, ratios } from '../support/stats.mts';

const LATENCY = 150;
/** Concurrency, and how far from the ideal its run may be. */
const BOUNDS = [
	{ concurrency: 1, bound: 1.1 },
	{ concurrency: 10, bound: 1.1 },
	{ concurrency: 50, bound: 1.25 },
];

/** How much of the promised concurrency comes true. */
export async function concurrency({ rounds, share }: Extent): Promise<Part> {
	const count = Math.ceil(200 * share);
	const half = count / 2;
	return await withBench({}, async ({ sandbox, items, create, http, minimal }) => {
		async function timed(run: Run, size: number, options?: Record<string, unknown>) {
			await sandbox.reset();
			await sandbox.addFaults([{ preset: 'slow', args: [LATENCY], times: 'always' }]);
			return await measure(async () =>
				mustHaveMade(await run(items(size), options === undefined ? {} : { options }), size),
			);
		}
		const wide = { concurrency: 50 };
		await timed(create, count, wide);
		await timed(http, count);

		const lanes: { width: number; bound: number; values: number[] }[] = [];
		for (const { concurrency: width, bound } of BOUNDS) {
			const found = await inTurns(rounds, {
				node: () => timed(create, count, { concurrency: width }),
			});
			lanes.push({ width, bound, values: found('node', 'wallMs') });
		}
		const beside = await inTurns(rounds, {
			node: () => timed(create, half, wide),
			http: () => timed(http, half),
			wide: () => timed(create, count, wide),
			floor: () => timed(minimal, count, wide),
		});
		const row = (what: string, values: readonly number[]) => ({ what, unit: 'ms', values });
		return {
			title: '(b) Concurrency',
			notes: [
				`${count} keys at ${LATENCY} ms latency. The ideal is items × latency / concurrency. n8n's HTTP Request node knows no bound: it sends all items at once, here ${half}. The minimal node of (a), with 50 at a time, shows what n8n's helper itself takes: for each request it decrypts the credential and opens a connection.`,
			],
			rows: [
				...lanes.map(({ width, values }) => row(`${count} keys, concurrency ${width}`, values)),
				row(`${count} keys, minimal node, concurrency 50`, beside('floor', 'wallMs')),
				row(`${half} keys, concurrency 50`, beside('node', 'wallMs')),
				row(`${half} keys, HTTP Request node`, beside('http', 'wallMs')),
			],
			ratios: [
				...lanes.map(({ width, bound, values }) => {
					const ideal = (count * LATENCY) / width;
					return {
						what: `${count} keys, concurrency ${width} : ideal ${ideal} ms`,
						values: values.map((wallMs) => wallMs / ideal),
						bound,
					};
				}),
				{
					what: `${count} keys, concurrency 50 : minimal node`,
					values: ratios(beside('wide', 'wallMs'), beside('floor', 'wallMs')),
					bound: 1.05,
				},
				{
					what: `${half} keys, concurrency 50 : HTTP Request node`,
					values: ratios(beside('node', 'wallMs'), beside('http', 'wallMs')),
					bound: 1.25,
				},
			],
		};
	});
}
