/**
 * Runs tasks with at most `concurrency` of them under way, in input order where it can. Tasks of
 * one lane never overlap, so two keys of the same owner and name are never in flight together.
 *
 * @param laneOf the lane of a task; tasks with the same lane run one after the other
 * @param run must not reject: it would end the run with tasks still under way
 * @param isStopped once true, no further task is started; those under way are waited for
 */
export async function runInLanes<T>(
	tasks: readonly T[],
	laneOf: (task: T) => string,
	concurrency: number,
	run: (task: T) => Promise<void>,
	isStopped: () => boolean,
): Promise<void> {
	const lanes = new Map<string, T[]>();
	for (const task of tasks) {
		const key = laneOf(task);
		const lane = lanes.get(key);
		if (lane === undefined) lanes.set(key, [task]);
		else lane.push(task);
	}

	const waiting = lanes.values();
	async function work(): Promise<void> {
		for (const lane of waiting) {
			for (const task of lane) {
				if (isStopped()) return;
				await run(task);
			}
		}
	}
	await Promise.all(Array.from({ length: Math.min(concurrency, lanes.size) }, work));
}
