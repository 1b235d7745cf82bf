import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { number, parse, record } from '../../test/support/read.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns } from '../support/stats.mts';

const RUN = path.join(import.meta.dirname, '..', 'support', 'scaleRun.mts');
const SIZES = [2_500, 5_000, 10_000];
/** Answers lost, in percent. */
const LOST = [0, 30];
type Figure = 'wallMs' | 'cpuMs' | 'peakMb' | 'heldMb' | 'blockMs';

/** One run in a process of its own, loaded as this one is. */
async function runOf(size: number, percent: number): Promise<Record<Figure, number>> {
	const args = [...process.execArgv, '--expose-gc', RUN, String(size), String(percent)];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	const { wallMs, cpuMs, peakMb, heldMb, blockMs } = record(parse(stdout));
	return {
		wallMs: number(wallMs),
		cpuMs: number(cpuMs),
		peakMb: number(peakMb),
		heldMb: number(heldMb),
		blockMs: number(blockMs),
	};
}

/** How time, memory and the longest block grow with the number of items, with and without losses. */
export async function scale({ rounds, share }: Extent): Promise<Part> {
	const sizes = SIZES.map((size) => Math.ceil(size * share));
	const [least = 0, , most = 0] = sizes;
	const cases = LOST.flatMap((percent) => sizes.map((size) => ({ percent, size })));
	const found = await inTurns(
		Math.min(rounds, 3),
		Object.fromEntries(
			cases.map(({ percent, size }) => [`${percent} ${size}`, () => runOf(size, percent)]),
		),
	);
	const of = (percent: number, size: number, figure: Figure) => found(`${percent} ${size}`, figure);
	const lost = (percent: number) => (percent === 0 ? 'no answer lost' : `${percent} % lost`);
	const rows = [
		{ figure: 'wallMs', what: 'time', unit: 'ms' },
		{ figure: 'cpuMs', what: 'CPU time', unit: 'ms' },
		{ figure: 'blockMs', what: 'longest block of the event loop', unit: 'ms' },
		{ figure: 'heldMb', what: 'memory held with the result', unit: 'MB' },
		{ figure: 'peakMb', what: 'peak memory beyond that of the start', unit: 'MB' },
	] as const;
	return {
		title: `(d) From ${least} to ${most} items, with and without lost answers`,
		notes: [
			"Keys of a partner's subaccount, concurrency 10, no latency, On Error 'Continue (using error output)', each run in a process of its own, warmed up with 300 items. 'Lost' answers: the key is made and the connection ends. All keys are in one list, which the node reads to find the lost ones.",
			"The longest block is the latest that a timer of 1 ms fired during the run (`perf_hooks.monitorEventLoopDelay`), in the node's own process: reading and writing of n8n's engine and garbage collection are part of it. Memory counts all of the process; 'held' is the heap after garbage collection with the result in hand, 'peak' what the process ever took from the system.",
		],
		rows: rows.flatMap(({ figure, what, unit }) =>
			cases.map(({ percent, size }) => ({
				what: `${size} items, ${lost(percent)}: ${what}`,
				unit,
				values: of(percent, size, figure),
			})),
		),
		ratios: LOST.flatMap((percent) => [
			...(['cpuMs', 'heldMb'] as const).map((figure) => ({
				what: `${figure === 'cpuMs' ? 'CPU time' : 'memory held'} per item, ${lost(percent)}, ${most} items : ${least} items`,
				values: of(percent, most, figure).map(
					(value, round) => value / most / ((of(percent, least, figure)[round] ?? NaN) / least),
				),
				bound: 1.3,
			})),
			{
				what: `longest block, ${lost(percent)}, ${most} items : 50 ms`,
				values: of(percent, most, 'blockMs').map((ms) => ms / 50),
				bound: 1,
			},
		]),
	};
}
