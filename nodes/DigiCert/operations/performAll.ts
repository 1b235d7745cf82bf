import { countNotStarted, toNodeError } from '../errors/build';
import type { NodeError } from '../errors/build';
import { DigiCertFailure, notStarted } from '../errors/failure';
import { runInLanes } from '../issuance/lanes';
import type { Session } from '../digicert/session';
import type { Run } from './runItems';

/** What many items' work gave, by item index: each is in one of the two. */
export interface Performed<R> {
	readonly done: ReadonlyMap<number, R>;
	readonly failed: ReadonlyMap<number, NodeError>;
}

/** Does one item's work. Throws DigiCertFailure. */
export type Perform<T, R> = (session: Session, plan: T) => Promise<R>;

/** Sorts by item index. */
function inOrder<T>(entries: ReadonlyMap<number, T>): Array<[number, T]> {
	return [...entries].sort(([a], [b]) => a - b);
}

/** How bad the news is: something may have been changed, before a plain no. */
function rank(error: unknown): number {
	return error instanceof DigiCertFailure && error.explanation.inDoubt === true ? 1 : 0;
}

/** What a user has to know of the other items that failed when one stops the run. */
function describeOthers(others: ReadonlyArray<[number, NodeError]>): string[] {
	return others.map(([, { message, description }]) =>
		[message, description].filter(Boolean).join('. '),
	);
}

/** How the items of a run are gone about. */
export interface Manner<T> {
	/** Plans with the same lane are carried out one after the other, in input order. */
	readonly laneOf?: (plan: T) => string;
	/** What is said of the items that are done when another one stops the run. */
	readonly describeDone: (itemIndexes: number[]) => string[];
}

/**
 * Does the work of many items, up to the run's concurrency at a time.
 *
 * @param plans by item index
 * @throws the error of the first item that failed, when the node is to stop; then nothing new is
 *   started, and what is under way is waited for
 */
export async function performAll<T, R>(
	{ context, session, concurrency, stopOnFailure, isCancelled }: Run,
	plans: ReadonlyMap<number, T>,
	perform: Perform<T, R>,
	{ laneOf, describeDone }: Manner<T>,
): Promise<Performed<R>> {
	const node = context.getNode();
	const done = new Map<number, R>();
	const thrown = new Map<number, unknown>();

	await runInLanes(
		[...plans],
		([itemIndex, plan]) => laneOf?.(plan) ?? `item ${itemIndex}`,
		concurrency,
		async ([itemIndex, plan]) => {
			try {
				done.set(itemIndex, await perform(session, plan));
			} catch (error) {
				thrown.set(itemIndex, error);
			}
		},
		() => isCancelled() || (stopOnFailure && thrown.size > 0),
	);

	const left = [...plans.keys()].filter((i) => !done.has(i) && !thrown.has(i));
	const failures = [
		...inOrder(thrown).sort(([, a], [, b]) => rank(b) - rank(a)),
		...left.map((i): [number, unknown] => [i, notStarted()]),
	];
	const failed = new Map<number, NodeError>();
	for (const [i, error] of failures) failed.set(i, toNodeError(node, i, error));

	const [first] = failures;
	if (stopOnFailure && first !== undefined) {
		throw toNodeError(node, ...first, [
			...describeOthers([...failed].filter(([i]) => thrown.has(i) && i !== first[0])),
			...describeDone(inOrder(done).map(([itemIndex]) => itemIndex)),
			...countNotStarted(left.length),
		]);
	}
	// In input order: what came back first says nothing.
	return { done: new Map(inOrder(done)), failed };
}
