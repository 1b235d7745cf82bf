import { setTimeout as sleep } from 'node:timers/promises';

import { PACKAGE_ROOT } from '../support/engine.mts';
import { KINDS } from './faultKinds.mts';
import { createRunner } from './perform.mts';
import type { Cell, Plan, PlannedItem } from './plan.mts';
import { findAll, toCase } from './rules.mts';
import type { Finding, Violation } from './rules.mts';
import { tamper } from './tamper.mts';
import type { Target } from './tamper.mts';

/** What must not be, whatever is thrown. That a key could have been put out all the same, may be. */
const FORBIDDEN: readonly Violation[] = [
	'live key unseen',
	'dead key delivered',
	'two keys for one item',
	'creation sent again',
	'secret told',
	'told as switched off but alive',
	"others' key switched off",
	'stored key dead, and no error says so',
	'old key off, though no new one is stored',
	'wrong item',
	'no result',
	'input passed off as success',
];

const item = (name: number, kind?: string): PlannedItem => ({
	owner: 0,
	name,
	keepsName: false,
	namesake: undefined,
	fault: kind === undefined ? undefined : { kind, choice: 0 },
	faultIn: undefined,
	store: 'takes',
});

/**
 * A run in which much happens: a lost answer, one without an ID, a refused one, a name that
 * exists, and one that is asked for twice.
 */
function scenario(
	api: Cell['api'],
	onError: Cell['onError'],
	encrypted: boolean,
	more: Partial<Plan> = {},
): Plan {
	const exists = { ...item(9), namesake: { ageMs: 60_000, off: false, used: false } };
	const items = [item(0), item(1, 'dropAfter'), item(2, 'noId'), item(0), exists];
	return {
		cell: { api, onError, retryOnFail: false },
		operation: 'create',
		items: [...items, item(3), item(4, 'forbiddenInvalidKey')],
		options: {
			...{ concurrency: 2, timeout: 3_000, rateLimitWait: 1, verify: true },
			...{ ifNameExists: 'skip', lostReply: 'revoke' },
		},
		encrypted,
		handOver: undefined,
		executions: [{ faults: [], cancelAfter: undefined, clockStep: undefined }],
		skewMs: 0,
		...more,
	};
}

/** With no lost answer and no refusal: a run that stops gets to the hand-over, and there to a failure. */
const storing = (plan: Plan): Plan => ({
	...plan,
	items: plan.items.map((one, index) => ({
		...one,
		fault: undefined,
		store: index === 2 ? 'storesAndFails' : 'takes',
	})),
});

const owners = (plan: Plan): Plan => ({
	...plan,
	operation: 'createOwner',
	items: plan.items.map((one) => ({ ...one, namesake: undefined })),
	options: { concurrency: 2, timeout: 3_000, rateLimitWait: 1, verify: true },
});
const handOver = { keepsNew: false, switchesOffOld: true };
const rotation: Partial<Plan> = { operation: 'rotate', handOver };
const after = (cancelAfter: number): Partial<Plan> => ({
	executions: [{ faults: [], cancelAfter, clockStep: undefined }],
});

/** Every way to stop or go on, with and without a recipient, and hand-over. */
const MAIN: Readonly<Record<string, Plan>> = {
	'create, stop': scenario('certcentral', 'stopWorkflow', false),
	'create, stop, encrypted': scenario('partner', 'stopWorkflow', true),
	'create, continue': scenario('partner', 'continueRegularOutput', false),
	'create, continue, encrypted': scenario('certcentral', 'continueRegularOutput', true),
	'create, error output': scenario('certcentral', 'continueErrorOutput', false),
	'create, error output, encrypted': scenario('partner', 'continueErrorOutput', true),
	'rotate, hand over, stop': storing(scenario('partner', 'stopWorkflow', false, rotation)),
	'rotate, hand over, error output': storing(
		scenario('certcentral', 'continueErrorOutput', true, rotation),
	),
};

/** What else there is. */
const MORE: Readonly<Record<string, Plan>> = {
	'rotate, continue': scenario('certcentral', 'continueRegularOutput', false, {
		operation: 'rotate',
	}),
	'service users, stop': owners(scenario('certcentral', 'stopWorkflow', false)),
	'subaccounts, hand over, continue': owners(
		scenario('partner', 'continueRegularOutput', false, { handOver }),
	),
	'create, cancelled': scenario('certcentral', 'stopWorkflow', false, after(4)),
	'hand over, cancelled': scenario('partner', 'stopWorkflow', false, { handOver, ...after(7) }),
};

export interface InjectionOptions {
	/**
	 * Whether all is tried: else, what speaks HTTP is broken in some scenarios only, because what
	 * it throws there gets no further than elsewhere, and n8n's helper not at all.
	 */
	readonly isWhole?: boolean;
	/** Another build of the package than this one. */
	readonly packageRoot?: string;
	/** Ends as soon as this was seen. */
	readonly until?: string;
}

/** Runs under way at a time: most of a run's time is spent waiting. */
const SIDE_BY_SIDE = 12;

/** The scenarios in which every function is broken, whole or not. */
const THOROUGH = ['create, stop', 'create, error output', 'rotate, hand over, stop'];
const SPEAKS_HTTP = /^DigiCert\/(http|digicert|scheduling)\b/;

/** How long a run is waited for, in ms: a promise that never settles is a key that nobody sees. */
const PATIENCE = 60_000;

/**
 * Throws at the first, the second and the last call of every function that the modules of the built
 * node give each other, from the first creation on, one at a time; and lets n8n's helper throw all
 * that n8n and Node.js throw. Whatever it is: each live key is delivered or named, and no input
 * leaves as a success.
 *
 * @param print gets a line for everything that is wrong
 * @returns whether all is well; with `until`, whether that was not seen
 */
export async function inject(
	print: (line: string) => void,
	{ isWhole = true, packageRoot = PACKAGE_ROOT, until }: InjectionOptions = {},
): Promise<boolean> {
	const startedAt = performance.now();
	const tampering = tamper(packageRoot);
	const runner = await createRunner(packageRoot);
	tampering.close();
	const stages = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runner.openStage));
	const functions = new Set<string>();
	const seen = new Set<string>();
	const isOver = () => until !== undefined && seen.has(until);
	let runs = 0;
	let wrong = 0;

	/** Makes one run; gives how often each function was called. */
	async function tryOne({ name, what, plan, target }: Trial): Promise<ReadonlyMap<string, number>> {
		const stage = stages.pop() ?? (await runner.openStage());
		const ended = tampering.during((onFirst) => runner.perform(plan, stage, 1, onFirst), target);
		const done = await Promise.race([ended, sleep(PATIENCE, undefined, { ref: false })]);
		runs += 1;
		if (done === undefined) {
			wrong += 1;
			print(`${name}, ${what}: it does not end`);
			return new Map();
		}
		stages.push(stage);
		// A list or a switch-off that was in the way of an exception is an excuse, and no fault.
		const thrown = [{ call: 'list', name: '' } as const, { call: 'switchOff', name: '' } as const];
		const executions = done.result.executions.map((one) => ({
			...one,
			thrown: [...one.thrown, ...thrown],
		}));
		const findings: Finding[] = findAll(toCase({ ...done.result, executions })).filter(
			({ violation }) => FORBIDDEN.includes(violation),
		);
		if (findings.length > 0) wrong += 1;
		for (const { violation } of findings) seen.add(violation);
		for (const { violation, detail } of findings) {
			print(`${name}, ${what}: ${violation}: ${detail}`);
		}
		return done.counts;
	}

	async function tryAll(trials: readonly Trial[]): Promise<void> {
		const waiting = trials.values();
		const work = async () => {
			for (const trial of waiting) {
				if (isOver()) return;
				await tryOne(trial);
			}
		};
		await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
	}

	for (const [name, plan] of Object.entries(isWhole ? { ...MAIN, ...MORE } : MAIN)) {
		if (isOver()) break;
		const counts = await tryOne({ name, what: 'nothing thrown', plan });
		for (const what of counts.keys()) functions.add(what);
		const isAll = isWhole || THOROUGH.includes(name);
		const isTried = ([what]: [string, number]) => isAll || !SPEAKS_HTTP.test(what);
		await tryAll([
			...[...counts].filter(isTried).flatMap(([what, calls]) =>
				[...new Set([1, Math.min(2, calls), calls])].map((call) => ({
					...{ name, plan, target: { what, call } },
					what: `${what}, call ${call} of ${calls}`,
				})),
			),
			...(isWhole ? helperTrials(name, plan) : []),
		]);
		if (until === undefined) print(`${name}: ${counts.size} functions`);
	}
	await Promise.all(stages.map((stage) => stage.close()));
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
	print(
		`Thrown at ${functions.size} functions, in ${runs} runs: ${wrong} went wrong (${seconds} s)`,
	);
	return until === undefined ? wrong === 0 : !isOver();
}

interface Trial {
	readonly name: string;
	readonly what: string;
	readonly plan: Plan;
	readonly target?: Target;
}

/** n8n's helper throws all that it may throw: at creations, and at what comes after them. */
function helperTrials(name: string, plan: Plan): Trial[] {
	return ['throwsBefore', 'throwsAfter'].flatMap((kind) =>
		(KINDS[kind]?.of ?? []).flatMap((choice) => {
			const items = plan.items.map((one, index) =>
				index === 1 || index === 5 ? { ...one, fault: { kind, choice } } : one,
			);
			const faults = (['list', 'switchOff', 'other'] as const).map((on) => ({
				...{ on, kind, choice, times: 1 },
			}));
			const executions = plan.executions.map((execution) => ({ ...execution, faults }));
			return [
				{ name, what: `n8n's helper: ${kind} ${choice}`, plan: { ...plan, items } },
				{ name, what: `n8n's helper, later: ${kind} ${choice}`, plan: { ...plan, executions } },
			];
		}),
	);
}
