/**
 * One run of many items in a process of its own, with a garbage collector that can be called:
 * `node --expose-gc scaleRun.mts <items> <percent>` loses that share of the answers, and prints its
 * figures as JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { mustHaveMade, withBench } from './bench.mts';
import type { NamedFault } from './remoteSandbox.mts';
import { measure } from './stats.mts';

const MEGABYTE = 2 ** 20;
const WARM_UP = 300;

/** Bytes that are in use when all that is not has been cleared away. */
function heapInUse(): number {
	const { gc } = globalThis;
	if (gc === undefined) throw new Error('To be run with --expose-gc');
	gc();
	return process.memoryUsage().heapUsed;
}

async function main(count: number, percent: number): Promise<void> {
	await withBench({}, async ({ sandbox, partnerItems, createPartner, minimal, items }) => {
		const settings = { onError: 'continueErrorOutput' } as const;
		await createPartner(partnerItems(WARM_UP), { settings });
		await minimal(items(WARM_UP));
		await sandbox.reset();
		const given = partnerItems(count);
		const lost = given.filter((_, i) => (i * 37) % 100 < percent);
		await sandbox.addFaults(
			lost.map(
				({ name }): NamedFault => ({ preset: 'dropAfter', match: { method: 'POST', name } }),
			),
		);
		const heapBefore = heapInUse();
		const rssBefore = process.resourceUsage().maxRSS;
		// Records how late a timer of 1 ms fires: the longest time in which nothing else could run.
		const delay = monitorEventLoopDelay({ resolution: 1 });
		let kept: unknown;
		delay.enable();
		const { wallMs, cpuMs } = await measure(async () => {
			kept = mustHaveMade(await createPartner(given, { settings }), count - lost.length);
		});
		delay.disable();
		const peakMb = (process.resourceUsage().maxRSS - rssBefore) / 1024;
		const heldMb = (heapInUse() - heapBefore) / MEGABYTE;
		if (kept === undefined) throw new Error('Nothing was held');
		const blockMs = delay.max / 1e6;
		console.log(JSON.stringify({ wallMs, cpuMs, peakMb, heldMb, blockMs }));
	});
}

await main(Number(process.argv[2]), Number(process.argv[3]));
