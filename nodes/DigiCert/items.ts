import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import type { DigiCertApi } from './digicert/apis';
import { DigiCertFailure, listIds, notStarted, tellGroups } from './errors/failure';
import { countNotStarted, toNodeError } from './errors/nodeErrors';
import type { Session } from './http/repeating';
import { openRun, readItems, toOutput } from './run';
import type { Items, Result, Run } from './run';
import { breathe, inLanes } from './scheduling';
import { addTo } from './values';

/** Does one item's work. Throws DigiCertFailure. */
export type Perform<T, R> = (session: Session, plan: T, itemIndex: number) => Promise<R>;

/** Sorts by item index. */
function inOrder<T>(entries: Iterable<[number, T]>): Array<[number, T]> {
	return [...entries].sort(([a], [b]) => a - b);
}

/** How bad the news is: something may have been changed, before a plain no. */
function rank(error: unknown): number {
	return error instanceof DigiCertFailure && error.explanation.inDoubt === true ? 1 : 0;
}

/** What a user has to know of the other items that failed when one stops the run. */
function describeOthers(node: INode, others: ReadonlyArray<[number, unknown]>): string[] {
	const groups = new Map<string, number[]>();
	for (const [i, error] of others) {
		const { message, description } = toNodeError(node, undefined, error);
		addTo(groups, [message, description].filter(Boolean).join('. '), i);
	}
	return tellGroups(groups, (items, text) => `Item ${listIds(items)}: ${text}`);
}

/**
 * Does the work of many items, up to the run's concurrency at a time. Those that fail join the
 * others that have.
 *
 * @param describeDone what is said of the items that are done when another one stops the run
 * @param laneOf plans with the same lane are carried out one after the other, in input order
 * @returns what the work gave, by item index, in input order
 * @throws the error of the first item that failed, when the node is to stop; then nothing new is
 *   started, and what is under way is waited for
 */
export async function performAll<T, R>(
	{ context, session, concurrency, stopOnFailure, isCancelled }: Run,
	{ plans, failed }: Items<T>,
	perform: Perform<T, R>,
	describeDone: (itemIndexes: number[]) => string[],
	laneOf?: (plan: T) => string,
): Promise<ReadonlyMap<number, R>> {
	const node = context.getNode();
	const done = new Map<number, R>();
	const thrown = new Map<number, unknown>();

	await inLanes(
		[...plans],
		([itemIndex, plan]) => laneOf?.(plan) ?? `item ${itemIndex}`,
		concurrency,
		async ([itemIndex, plan]) => {
			try {
				done.set(itemIndex, await perform(session, plan, itemIndex));
			} catch (error) {
				thrown.set(itemIndex, error);
			}
		},
		() => isCancelled() || (stopOnFailure && thrown.size > 0),
	);

	await breathe();
	const left = [...plans.keys()].filter((i) => !done.has(i) && !thrown.has(i));
	const failures = [
		...inOrder(thrown).sort(([, a], [, b]) => rank(b) - rank(a)),
		...left.map((i): [number, unknown] => [i, notStarted()]),
	];
	for (const [i, error] of failures) failed.set(i, toNodeError(node, i, error));

	const [first] = failures;
	if (stopOnFailure && first !== undefined) {
		throw toNodeError(node, ...first, [
			...describeOthers(
				node,
				failures.filter(([i]) => thrown.has(i) && i !== first[0]),
			),
			...describeDone(inOrder(done).map(([itemIndex]) => itemIndex)),
			...countNotStarted(left.length),
		]);
	}
	return new Map(inOrder(done));
}

function describeDone(itemIndexes: number[]): string[] {
	if (itemIndexes.length === 0) return [];
	return [`Handled by then: item ${listIds(itemIndexes)}.`];
}

/**
 * Handles input items with calls that can be made twice without harm: reading, and setting a
 * state. For calls that create keys there is `issueKeys`.
 *
 * @param read reads and checks an item's parameters; throws a node error that names the item
 * @param perform does an item's work and gives its output items
 * @param laneOf what an item changes; items that change the same are handled in input order
 * @returns the output items, in the order of the input items, each paired with its own
 * @throws a node error to stop the workflow; never when `stopsOnFailure` says no
 */
export async function forEachItem<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: (context: IExecuteFunctions, itemIndex: number) => T,
	perform: Perform<T, IDataObject[]>,
	laneOf?: (plan: T) => string,
): Promise<INodeExecutionData[]> {
	const items = await readItems(context, (itemIndex) => read(context, itemIndex));
	const run = await openRun(context, api, items);
	const done = run && (await performAll(run, items, perform, describeDone, laneOf));
	return await toOutput(new Map<number, Result>([...(done ?? []), ...items.failed]));
}
