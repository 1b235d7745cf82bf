import { sleep } from 'n8n-workflow';

import { addTo } from './values';

/** Longest that this package works without letting n8n's event loop go on, in ms. */
const SLICE = 10;

/** When n8n was last let go on, by any run of this process: what they do adds up. */
let since = performance.now();
let breath: Promise<void> | undefined;

function goOn(): void {
	since = performance.now();
	breath = undefined;
}

/**
 * To be called between small parts of work that wait for nothing: lets n8n go on when that is due.
 * All parts of all runs wait then.
 *
 * @returns what to wait for, which never rejects; undefined when nothing is due
 */
export function breathe(): Promise<void> | undefined {
	if (breath === undefined && performance.now() - since >= SLICE) {
		breath = sleep(0).then(goOn, goOn);
	}
	return breath;
}

/**
 * Works through many things that need no waiting, and lets n8n go on every few ms: one process
 * runs many executions, and others time out when one holds it (measured: BENCHMARKS.md).
 *
 * @throws what `work` throws, at once
 */
export async function inSlices<T>(things: Iterable<T>, work: (thing: T) => void): Promise<void> {
	for (const thing of things) {
		work(thing);
		const due = breathe();
		if (due !== undefined) await due;
	}
}

/**
 * Runs tasks with at most `concurrency` of them under way, in input order where it can. Tasks of
 * one lane never overlap, so two keys of the same owner and name are never in flight together.
 *
 * @param laneOf the lane of a task; tasks with the same lane run one after the other
 * @param run one that rejects ends nothing: the others are carried out all the same
 * @param isStopped once true, no further task is started; those under way are waited for
 * @throws the first thing that was thrown, when nothing is under way any more
 */
export async function inLanes<T>(
	tasks: readonly T[],
	laneOf: (task: T) => string,
	concurrency: number,
	run: (task: T) => Promise<void>,
	isStopped: () => boolean,
): Promise<void> {
	const lanes = new Map<string, T[]>();
	await inSlices(tasks, (task) => addTo(lanes, laneOf(task), task));

	const thrown: unknown[] = [];
	const waiting = lanes.values();
	async function work(): Promise<void> {
		for (const lane of waiting) {
			for (const task of lane) {
				try {
					// Many tasks wait for nothing.
					await breathe();
					if (isStopped()) return;
					await run(task);
				} catch (error) {
					thrown.push(error);
				}
			}
		}
	}
	await Promise.all(Array.from({ length: Math.min(concurrency, lanes.size) }, work));
	if (thrown.length > 0) throw thrown[0];
}
