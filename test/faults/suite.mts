import fc from 'fast-check';

import { present } from '../support/read.mts';
import type { Observation } from './observation.mts';
import { createRunner } from './perform.mts';
import type { Runner } from './perform.mts';
import { CELLS, planArbitrary } from './plan.mts';
import type { Cell, Plan } from './plan.mts';
import { creationsIn, findAll, toCase, undelivered } from './rules.mts';
import type { Finding } from './rules.mts';
import type { Stage } from './stage.mts';

/** What is counted besides what must not be, by name of the column. */
export const FIGURES = [
	'runs',
	'executions cancelled',
	'items',
	'creations sent',
	'keys made',
	'delivered',
	'of them stored by a sub-workflow',
	'switched off',
	'live, no value, told by ID',
	'live, no value, could not be seen: told by name',
] as const;
type Figures = Record<(typeof FIGURES)[number], number>;

export interface Row {
	readonly cell: Cell;
	/** By name of a figure, or of a violation. */
	readonly counts: ReadonlyMap<string, number>;
}

export interface Failed {
	readonly number: number;
	readonly plan: Plan;
	readonly findings: readonly Finding[];
}

export interface Result {
	readonly rows: readonly Row[];
	/** By number of the run. */
	readonly failed: readonly Failed[];
	/** Runs for which the machine was too busy the first time. */
	readonly repeated: number;
	readonly seconds: number;
}

export interface SuiteOptions {
	readonly seed: number;
	/** How many creations are to be sent; of pairs, how many pairs are to be made. */
	readonly creations?: number;
	readonly pairs?: number;
	/** Ends the suite as soon as this was found. */
	readonly until?: string;
	/** Folder of another build of the package. */
	readonly packageRoot?: string;
}

/** Runs under way at a time: most of a run's time is spent waiting. */
const SIDE_BY_SIDE = 12;
/** How long requests may take, in turn, when the machine is too busy for a run. */
const PATIENCE = [1, 2, 4, 8, 16];

/** What one run left behind. */
function judge(observation: Observation): { figures: Figures; findings: Finding[] } {
	const all = toCase(observation);
	const { named, described } = undelivered(all);
	const { plan, executions, requests } = all;
	return {
		findings: findAll(all),
		figures: {
			runs: 1,
			'executions cancelled': executions.filter(({ status }) => status === 'canceled').length,
			items: plan.items.length * executions.length,
			'creations sent': creationsIn(requests).length,
			'keys made': all.made.length,
			delivered: all.delivered.size,
			'of them stored by a sub-workflow': all.handedOver.size,
			'switched off': all.made.filter(({ key }) => key.status !== 'active').length,
			'live, no value, told by ID': named.length,
			'live, no value, could not be seen: told by name': described.length,
		},
	};
}

/** Makes one run, again if the machine was too busy for it. */
async function runOnce(runner: Runner, plan: Plan, stage: Stage, onRepeat?: () => void) {
	for (const patience of PATIENCE) {
		const observation = await runner.perform(plan, stage, patience);
		if (!observation.isTooBusy) return judge(observation);
		onRepeat?.();
	}
	throw new Error('This machine is too busy: requests take longer than the timeouts allow');
}

/**
 * Makes runs until enough was sent, and counts what they left behind. Which plans they have follows
 * from the seed alone: run `n` is what fast-check replays with this seed and the path `n`.
 */
export async function runSuite(options: SuiteOptions): Promise<Result> {
	const { seed, creations = Infinity, pairs, until, packageRoot } = options;
	const startedAt = performance.now();
	const rows = CELLS.map((cell) => ({ cell, counts: new Map<string, number>() }));
	const failed: Failed[] = [];
	let repeated = 0;
	let sent = 0;
	let isOver = false;
	const numRuns = pairs ?? Math.ceil(creations / 2);
	const plans = fc.sample(planArbitrary(pairs !== undefined), { seed, numRuns }).entries();
	const runner = await createRunner(packageRoot);

	async function work(): Promise<void> {
		const stage = await runner.openStage();
		for (const [number, plan] of plans) {
			const { figures, findings } = await runOnce(runner, plan, stage, () => {
				repeated += 1;
			}).catch((error: unknown) => {
				throw new Error(`Run ${number} of seed ${seed} could not be counted`, { cause: error });
			});
			const { counts } = present(rows.find(({ cell }) => cell === plan.cell));
			const count = (what: string, more: number) =>
				counts.set(what, (counts.get(what) ?? 0) + more);
			for (const [figure, more] of Object.entries(figures)) count(figure, more);
			for (const { violation } of findings) count(violation, 1);
			if (findings.length > 0) failed.push({ number, plan, findings });
			sent += figures['creations sent'];
			isOver ||= sent >= creations || findings.some(({ violation }) => violation === until);
			if (isOver) break;
		}
		await stage.close();
	}
	await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
	failed.sort((a, b) => a.number - b.number);
	return { rows, failed, repeated, seconds: (performance.now() - startedAt) / 1000 };
}

/**
 * Makes one run again and, when it fails again, looks for the smallest that fails in the same way.
 *
 * @param path the run's number, or a longer path that fast-check printed
 * @param tries most runs that are made to find a smaller one
 * @returns fast-check's report; undefined when the run does not fail now
 */
export async function replay(
	{ seed, pairs, packageRoot }: SuiteOptions,
	path: string,
	tries = 40,
): Promise<string | undefined> {
	const runner = await createRunner(packageRoot);
	const stage = await runner.openStage();
	let left = tries;
	const property = fc.asyncProperty(planArbitrary(pairs !== undefined), async (plan) => {
		// What is left of the tries ends the search: everything passes.
		if (left-- <= 0) return;
		const { findings } = await runOnce(runner, plan, stage);
		if (findings.length === 0) return;
		throw new Error(findings.map(({ violation, detail }) => `${violation}: ${detail}`).join('\n'));
	});
	const details = await fc.check(property, { seed, path, numRuns: 1 });
	await stage.close();
	if (!details.failed) return undefined;
	const { errorInstance } = details;
	const why = errorInstance instanceof Error ? errorInstance.message : '';
	return [fc.defaultReportMessage(details), why].join('\n');
}
