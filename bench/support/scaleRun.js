'use strict';

/**
 * One run of many items in a process of its own, with a garbage collector that can be called:
 * `node --expose-gc scaleRun.js <items>` prints its figures as JSON.
 */
const { mustHaveMade, withBench } = require('./bench');
const { measure } = require('./measure');

const MEGABYTE = 2 ** 20;

/** Bytes that are in use when all that is not has been cleared away. */
function heapInUse() {
	const { gc } = globalThis;
	if (gc === undefined) throw new Error('To be run with --expose-gc');
	gc();
	return process.memoryUsage().heapUsed;
}

/** @param {number} count */
async function main(count) {
	await withBench({}, async ({ sandbox, items, create }) => {
		await create(items(100));
		await sandbox.reset();
		const given = items(count);
		const heapBefore = heapInUse();
		const rssBefore = process.resourceUsage().maxRSS;
		/** @type {unknown} */
		let kept;
		const { wallMs, cpuMs } = await measure(async () => {
			kept = mustHaveMade(await create(given), count);
		});
		const peakMb = (process.resourceUsage().maxRSS - rssBefore) / 1024;
		const heldMb = (heapInUse() - heapBefore) / MEGABYTE;
		if (kept === undefined) throw new Error('Nothing was held');
		console.log(JSON.stringify({ wallMs, cpuMs, peakMb, heldMb }));
	});
}

main(Number(process.argv[2])).catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
