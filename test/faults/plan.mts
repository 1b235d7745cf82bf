import fc from 'fast-check';

import { KINDS } from './faultKinds.mts';
import type { Call, PlannedFault } from './faultKinds.mts';

/** What a run does, and what goes wrong in it: plain data, drawn and shrunk by fast-check. */
export interface Plan {
	readonly cell: Cell;
	readonly operation: 'create' | 'rotate' | 'createOwner';
	readonly items: readonly PlannedItem[];
	readonly options: Options;
	/** Whether the keys are encrypted to a recipient. */
	readonly encrypted: boolean;
	/** How the keys go to a sub-workflow; undefined when they are put out. */
	readonly handOver: HandOver | undefined;
	/** One for each execution; two of them run at once, for the same items. */
	readonly executions: readonly PlannedExecution[];
	/** How far DigiCert's clock is ahead, in ms. */
	readonly skewMs: number;
}

/** One combination of an API with the settings of a node. */
export interface Cell {
	readonly api: Api;
	readonly onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	readonly retryOnFail: boolean;
}
export type Api = 'certcentral' | 'partner';

export interface PlannedItem {
	/** Position among the owners of the API. */
	readonly owner: number;
	/** Which of the names. */
	readonly name: number;
	/** Whether a rotation keeps the name of the old key. */
	readonly keepsName: boolean;
	/** A key of that owner and name from before the run, which must be left alone. */
	readonly namesake: EarlierKey | undefined;
	/** What becomes of the creation. */
	readonly fault: PlannedFault | undefined;
	/** In which of two executions only; undefined for all. */
	readonly faultIn: number | undefined;
	/** What the sub-workflow does, if the key goes to one. */
	readonly store: Store;
}

/** `hangs`: longer than n8n lets the sub-workflow run. `isMissing`: there is no such workflow. */
export type Store = 'takes' | 'fails' | 'storesAndFails' | 'hangs' | 'storesAndHangs' | 'isMissing';

export interface HandOver {
	/** Whether the new key stays when the sub-workflow does not end well. */
	readonly keepsNew: boolean;
	/** Whether the old key of a rotation is switched off when it does. */
	readonly switchesOffOld: boolean;
}

export interface EarlierKey {
	readonly ageMs: number;
	readonly off: boolean;
	readonly used: boolean;
}

export interface PlannedExecution {
	/** What becomes of other calls, in the order in which they are sent. */
	readonly faults: readonly RepeatedFault[];
	/** Creations after which the execution is cancelled. */
	readonly cancelAfter: number | undefined;
	/** A step of one side's clock after so many creations. */
	readonly clockStep:
		| { readonly after: number; readonly ms: number; readonly of: 'n8n' | 'digicert' }
		| undefined;
}

export interface RepeatedFault extends PlannedFault {
	readonly on: Call;
	readonly times: number;
}

export interface Options {
	readonly concurrency: number;
	readonly timeout: number;
	readonly rateLimitWait: number;
	readonly ifNameExists?: 'create' | 'skip' | 'fail';
	readonly lostReply?: 'report' | 'revoke';
	readonly rollback?: boolean;
	readonly verify?: boolean;
}

const APIS = ['certcentral', 'partner'] as const;

/** Every combination, the refused ones last. */
export const CELLS: readonly Cell[] = (
	[
		{ onError: 'stopWorkflow', retryOnFail: false },
		{ onError: 'continueRegularOutput', retryOnFail: false },
		{ onError: 'continueRegularOutput', retryOnFail: true },
		{ onError: 'continueErrorOutput', retryOnFail: false },
		{ onError: 'continueErrorOutput', retryOnFail: true },
		{ onError: 'stopWorkflow', retryOnFail: true },
	] as const
).flatMap((settings) => APIS.map((api) => ({ api, ...settings })));

/** Whether the node refuses to run with these settings. */
export function isRefused({ onError, retryOnFail }: Cell): boolean {
	return onError === 'stopWorkflow' && retryOnFail;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One of the values, those named first more often as they stand more often. */
const oneOf = <T,>(...values: readonly T[]) => fc.constantFrom(...values);
/** A value in some share of the cases, else undefined. */
const sometimes = <T,>(percent: number, arbitrary: fc.Arbitrary<T>) =>
	fc.oneof(
		{ weight: 100 - percent, arbitrary: fc.constant(undefined) },
		{ weight: percent, arbitrary },
	);

/** A fault of a call. Those that make a run wait are rare, those of this call alone frequent. */
export function faultOn(call: Call): fc.Arbitrary<PlannedFault> {
	const kinds = Object.entries(KINDS).filter(([, { on }]) => on.includes(call));
	return fc.oneof(
		...kinds.map(([kind, { on, of = [0] }]) => ({
			weight: /^(tooSlow|late|limitedForLong)$/.test(kind) ? 1 : on.length === 1 ? 10 : 4,
			arbitrary: oneOf(...of).map((choice) => ({ kind, choice })),
		})),
	);
}

const repeated = (on: Call, times: fc.Arbitrary<number>): fc.Arbitrary<RepeatedFault> =>
	fc.tuple(faultOn(on), times).map(([fault, howOften]) => ({ ...fault, on, times: howOften }));

/** Something that is there in a share of the cases, which is drawn for the whole run. */
interface Diced<T> {
	readonly dice: number;
	readonly value: T;
}
const diced = <T,>(value: fc.Arbitrary<T>): fc.Arbitrary<Diced<T>> =>
	fc.record({ dice: fc.nat(99), value });
const valueOf = <T,>({ dice, value }: Diced<T>, percent: number): T | undefined =>
	// Shrinking makes numbers small, and is to take things away.
	dice >= 100 - percent ? value : undefined;

const item = fc.record({
	owner: fc.nat(3),
	name: fc.nat(119),
	keepsName: fc.boolean(),
	namesake: diced(
		fc.record({
			ageMs: oneOf(0, 10 * MINUTE, HOUR, 24 * HOUR),
			off: oneOf(false, false, false, false, true),
			used: oneOf(false, false, false, true),
		}),
	),
	fault: diced(faultOn('create')),
	faultIn: oneOf(undefined, 0, 1),
	store: oneOf<Store>(
		...(['takes', 'takes', 'takes', 'takes', 'fails', 'storesAndFails'] as const),
		...(['hangs', 'storesAndHangs', 'isMissing'] as const),
	),
});

const execution: fc.Arbitrary<PlannedExecution> = fc.record({
	faults: fc
		.tuple(
			sometimes(40, repeated('list', oneOf(1, 2, 3, 1_000))),
			sometimes(35, repeated('switchOff', oneOf(1, 1, 2, 3, 1_000))),
			sometimes(15, repeated('read', fc.constant(1))),
			sometimes(15, repeated('other', oneOf(1, 2))),
			sometimes(
				20,
				fc.record({
					on: oneOf<Call>('create', 'list', 'switchOff'),
					kind: fc.constant('limited'),
					choice: oneOf(-1, 0, 0, 1),
					times: oneOf(1, 2, 3),
				}),
			),
		)
		.map((faults) => faults.filter((fault) => fault !== undefined)),
	cancelAfter: sometimes(8, fc.integer({ min: 1, max: 30 })),
	clockStep: sometimes(
		25,
		fc.record({
			after: fc.integer({ min: 1, max: 8 }),
			ms: oneOf(HOUR, -HOUR, 3_000),
			of: oneOf<'n8n' | 'digicert'>('n8n', 'digicert'),
		}),
	),
});

const options = fc.record(
	{
		concurrency: oneOf(1, 2, 5, 10, 10, 25, 50),
		// Far above what a busy machine takes, so that only planned faults are too slow.
		timeout: oneOf(2_500, 3_000),
		rateLimitWait: oneOf(0, 2, 5, 5),
		ifNameExists: oneOf<'create' | 'skip' | 'fail'>('create', 'skip', 'fail'),
		lostReply: oneOf<'report' | 'revoke'>('report', 'revoke'),
		rollback: fc.boolean(),
		verify: oneOf(false, false, true),
	},
	{ requiredKeys: ['concurrency', 'timeout', 'rateLimitWait'] },
);

/** Waiting for answers that never come is what takes a run its time: a few of them are enough. */
function withFewWaits(plan: Plan): Plan {
	let left = 3;
	const isAllowed = ({ kind }: PlannedFault) =>
		!/^(tooSlow|late|limitedForLong)$/.test(kind) || left-- > 0;
	const items = plan.items.map(({ fault, ...rest }) => ({
		...rest,
		fault: fault !== undefined && isAllowed(fault) ? fault : undefined,
	}));
	const executions = plan.executions.map(({ faults, ...rest }) => ({
		...rest,
		faults: faults
			.filter(isAllowed)
			.map((fault) =>
				fault.kind === 'tooSlow' ? { ...fault, times: Math.min(fault.times, 3) } : fault,
			),
	}));
	return { ...plan, items, executions };
}

/**
 * All runs.
 *
 * @param isPair whether two executions overlap
 */
export function planArbitrary(isPair: boolean): fc.Arbitrary<Plan> {
	const usual = CELLS.filter((cell) => !isRefused(cell));
	const create: Plan['operation'][] = Array.from({ length: isPair ? 5 : 8 }, () => 'create');
	const last: Plan['operation'][] = isPair ? ['rotate'] : ['rotate', 'createOwner'];
	return fc
		.record({
			cell: fc.oneof(
				{ weight: 60, arbitrary: oneOf(...usual) },
				{ weight: isPair ? 0 : 1, arbitrary: oneOf(...CELLS.filter(isRefused)) },
			),
			operation: oneOf(...create, ...last),
			items: fc.array(item, { minLength: 1, maxLength: 60, size: 'max' }),
			most: isPair ? oneOf(3, 8) : oneOf(4, 15, 30, 60),
			owners: oneOf(1, 2, 4),
			names: oneOf(120, 120, 30, 5),
			faultRate: oneOf(0, 1, 2, 3, 4),
			namesakeRate: oneOf(0, 20, 50, 80),
			options,
			encrypted: oneOf(false, false, false, false, false, true),
			handOver: sometimes(
				25,
				fc.record({ keepsNew: fc.boolean(), switchesOffOld: oneOf(true, true, false) }),
			),
			executions: fc.tuple(execution, ...(isPair ? [execution] : [])),
			skewMs: oneOf(0, 0, 0, 7_000, -7_000, HOUR, -HOUR),
		})
		.map(({ items, most, owners, names, faultRate, namesakeRate, options: drawn, ...rest }) => {
			// A run that stops at the first failure tries few faults; more of them would try no more.
			const stops = rest.cell.onError === 'stopWorkflow';
			const percent = (stops ? [0, 2, 5, 10, 10] : [0, 5, 15, 30, 60])[faultRate] ?? 0;
			const { ifNameExists, ...ofOwners } = drawn;
			const isOwner = rest.operation === 'createOwner';
			return withFewWaits({
				...rest,
				options: isOwner || ifNameExists === undefined ? ofOwners : drawn,
				items: items.slice(0, most).map(({ owner, name, namesake, fault, faultIn, ...more }) => ({
					...more,
					owner: owner % owners,
					name: name % names,
					namesake: isOwner ? undefined : valueOf(namesake, namesakeRate),
					fault: valueOf(fault, percent),
					faultIn: isPair ? faultIn : undefined,
				})),
			});
		});
}
