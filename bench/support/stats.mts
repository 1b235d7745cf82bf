/** What a figure was in each round. */
export type Series = readonly number[];

export function median(values: Series): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** Divides round by round. */
export function ratios(values: Series, by: Series): number[] {
	return values.map((value, round) => value / (by[round] ?? NaN));
}

/** The figures of several things, by round. */
export type Found<Name extends string, Figure extends string> = Record<
	Name,
	Record<Figure, number[]>
>;

/**
 * Does several things in turn, round after round, so that whatever else the machine does hits all
 * of them alike.
 */
export async function inTurns<Name extends string, Figure extends string>(
	rounds: number,
	measures: Record<Name, () => Promise<Record<Figure, number>>>,
): Promise<(name: Name, figure: Figure) => number[]> {
	const all = new Map<string, number[]>();
	for (let round = 0; round < rounds; round += 1) {
		for (const name in measures) {
			const figures = await measures[name]();
			for (const figure in figures) {
				const key = `${name} ${figure}`;
				all.set(key, [...(all.get(key) ?? []), figures[figure]]);
			}
		}
	}
	return (name, figure) => all.get(`${name} ${figure}`) ?? [];
}

/** What some work took; the CPU time is this process's, in user and in system mode, all threads. */
export async function measure(
	work: () => Promise<unknown>,
): Promise<{ wallMs: number; cpuMs: number }> {
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	await work();
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { wallMs, cpuMs: (user + system) / 1000 };
}
