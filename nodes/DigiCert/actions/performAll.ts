import { countNotStarted, notStartedError, toNodeError } from '../errors/build';
import type { NodeError } from '../errors/build';
import { runInLanes } from '../issuance/lanes';
import type { Session } from '../records/session';
import type { Run } from './runItems';

/** What many items' work gave, by item index: each is in one of the two. */
export interface Performed<R> {
	readonly done: ReadonlyMap<number, R>;
	readonly failed: ReadonlyMap<number, NodeError>;
}

/** Does one item's work. Throws DigiCertFailure. */
export type Perform<T, R> = (session: Session, plan: T) => Promise<R>;

function countHandled(count: number): string[] {
	if (count === 0) return [];
	return [`${count === 1 ? '1 item' : `${count} items`} of this run had been handled by then.`];
}

/** Sorts by item index. */
function inOrder<T>(entries: ReadonlyMap<number, T>): Array<[number, T]> {
	return [...entries].sort(([a], [b]) => a - b);
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
): Promise<Performed<R>> {
	const node = context.getNode();
	const done = new Map<number, R>();
	const thrown = new Map<number, unknown>();

	await runInLanes(
		[...plans],
		([itemIndex]) => String(itemIndex),
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

	const notStarted = [...plans.keys()].filter((i) => !done.has(i) && !thrown.has(i));
	const more = stopOnFailure
		? [...countHandled(done.size), ...countNotStarted(notStarted.length)]
		: [];
	const failed = new Map<number, NodeError>();
	for (const [i, error] of inOrder(thrown)) failed.set(i, toNodeError(node, i, error, more));
	for (const i of notStarted) failed.set(i, notStartedError(node, i, more));
	const [first] = failed.values();
	if (stopOnFailure && first !== undefined) throw first;
	// In input order: what came back first says nothing.
	return { done: new Map(inOrder(done)), failed };
}
