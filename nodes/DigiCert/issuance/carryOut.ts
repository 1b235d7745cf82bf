import { explanationOf, nameOfThrown } from '../errors/failure';
import type { Exchange, Interrupted } from '../http/exchange';
import type { Run } from '../run';
import { breathe, inLanes } from '../scheduling';
import { isFine } from './creation';
import type { Creation } from './creation';

/** What a run of creations has besides its items. */
export interface Issuance extends Run {
	/** Sentences that are shown beside the output. */
	readonly notes: string[];
	/** What was logged of keys that nobody receives. */
	readonly logged: string[];
	/** Switch-offs under way: after a cancel, hand-overs that still go on begin some of their own. */
	readonly underWay: Set<Promise<void>>;
}

/**
 * One step on the way of all keys of a run. It does nothing where nothing concerns it, and leaves
 * in each creation's outcome what is true of its key.
 */
export type Step = (run: Issuance, creations: readonly Creation[]) => Promise<void>;

/** Whether nobody will receive the keys of this run. */
export function isStopped(run: Run, creations: readonly Creation[]): boolean {
	return run.isCancelled() || (run.stopOnFailure && !creations.every(isFine));
}

/** Notes with the run, once for each kind, that something was thrown. */
function noteBroken({ notes }: Issuance, error: unknown): void {
	const note = `Something went wrong in this node after API keys were requested (${nameOfThrown(error)}). Every key that was made is in the output, was switched off, or is named. Please report this.`;
	if (!notes.includes(note)) notes.push(note);
}

/** Whether nothing came back of a request, because something was thrown in this node. */
function isInHand(exchange: Exchange): exchange is Interrupted {
	return exchange.kind === 'interrupted' && exchange.cause === 'node';
}

/**
 * Notes that something was thrown while a creation was in hand. What is true of its key is in its
 * outcome already: one that was not sent is planned, one that was sent is unknown, one that is
 * here was issued.
 */
function noteThrown(run: Issuance, creation: Creation, error: unknown): void {
	const { outcome, handOver } = creation;
	if (outcome.kind === 'planned') {
		creation.outcome = { kind: 'declined', explanation: explanationOf(error) };
	} else if (
		outcome.kind === 'issued' &&
		(outcome.parcel === undefined || handOver !== undefined)
	) {
		// Any other goes into the output, whatever else breaks.
		outcome.reason ??= explanationOf(error);
	} else if (outcome.kind === 'unknown' && isInHand(outcome.exchange)) {
		outcome.exchange = { ...outcome.exchange, detail: nameOfThrown(error) };
	} else {
		noteBroken(run, error);
	}
}

/**
 * Does a step's work for some creations, up to the run's concurrency at a time. Whatever one of
 * them throws stays with it; the others are carried on with.
 *
 * @param laneOf creations with the same lane are carried out one after the other, in input order
 */
export async function forEachCreation<C extends Creation>(
	run: Issuance,
	creations: readonly C[],
	work: (creation: C) => Promise<void>,
	isOver: () => boolean = () => false,
	laneOf: (creation: C) => string = ({ itemIndex }) => String(itemIndex),
): Promise<void> {
	const guarded = async (creation: C) => {
		try {
			await work(creation);
		} catch (error) {
			noteThrown(run, creation, error);
		}
	};
	await inLanes(creations, laneOf, run.concurrency, guarded, isOver);
}

/**
 * Carries steps out, one after the other, from the moment on when keys may exist. The one place
 * where it is made sure that nothing thrown costs a key: a step that breaks ends alone, the next
 * ones find in the outcomes what it left, and the last of them switches off or names every key.
 */
export async function carryOut(
	steps: readonly Step[],
	run: Issuance,
	creations: readonly Creation[],
): Promise<void> {
	for (const step of steps) {
		try {
			await step(run, creations);
			// With many creations, each step takes some ms.
			await breathe();
		} catch (error) {
			noteBroken(run, error);
		}
	}
}
