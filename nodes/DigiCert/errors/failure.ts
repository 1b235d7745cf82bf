import type { NodeApiError } from 'n8n-workflow';

/** What users read when something did not work. */
export interface Explanation {
	/** What happened, as one short sentence without the item and without text from outside. */
	readonly message: string;
	/** The ID of the key that the sentence is about; apart, so that many can be told together. */
	readonly keyId?: number;
	/** What DigiCert or the network said, in full; empty when it was this node that said no. */
	readonly found: string;
	/** What to do next. */
	readonly advice: string;
	/** Why it failed, in the words n8n knows; declared only where the answer proves it. */
	readonly failure?: NodeApiError['failure'];
	/** Whether something may have been changed at DigiCert all the same. */
	readonly inDoubt?: boolean;
	/** The HTTP status, when there was an answer. */
	readonly httpCode?: string;
}

/** What a call is about, as texts name it. */
export interface Subject {
	/** Such as "user 12". */
	readonly thing: string;
	/** The label of the parameter that names it, such as "User"; none for a whole list. */
	readonly parameter?: string;
	/** What a creation makes besides the key, as the beginning of a sentence. */
	readonly besides?: string;
}

/** A call that did not work, explained; becomes a node error once the item is known. */
export class DigiCertFailure extends Error {
	constructor(readonly explanation: Explanation) {
		super(explanation.message);
	}
}

/** For a call that this node does not make, because it would not do what the user wants. */
export function refusal(message: string, advice: string): DigiCertFailure {
	return new DigiCertFailure({ message, found: '', advice });
}

/** For an item that a cancelled execution did not get to. */
export function notStarted(): DigiCertFailure {
	return refusal(
		'This item was not started, because the execution was cancelled',
		'Nothing was sent for it.',
	);
}

/**
 * The name of something that was thrown where nothing should be. Its own text is not shown: it can
 * quote what the code had in hand, and that can be a key.
 */
export function nameOfThrown(error: unknown): string {
	const name = error instanceof Error ? error.name : typeof error;
	return /^\w{1,40}$/.test(name) ? name : 'Error';
}

/** The explanation of anything that was thrown in the node; of nothing, where that is not known. */
export function explanationOf(error: unknown): Explanation {
	if (error instanceof DigiCertFailure) return error.explanation;
	return {
		message: 'Something went wrong in this node',
		found: error === undefined ? '' : `It ended with: ${nameOfThrown(error)}.`,
		advice: 'Please report this, with the version of the package and of n8n.',
	};
}

/** What happened, with the key that it is about. */
export function headlineOf({ message, keyId }: Explanation): string {
	return keyId === undefined ? message : `${message}: key ${keyId}`;
}

/** Says what went wrong with a call, as one sentence. */
export function summarize(explanation: Explanation): string {
	return [`${headlineOf(explanation)}.`, explanation.found].filter((part) => part !== '').join(' ');
}

/** IDs or item numbers in order, with runs of them drawn together: none is left out, however many there are. */
export function listIds(ids: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
		const range = ranges.at(-1);
		if (range !== undefined && range[1] + 1 === id) range[1] = id;
		else ranges.push([id, id]);
	}
	return ranges
		.map(([first, last]) => {
			if (first === last) return String(first);
			return last === first + 1 ? `${first}, ${last}` : `${first}-${last}`;
		})
		.join(', ');
}

/** Most texts of a kind that an error has: those of DigiCert may differ from item to item. */
const MOST_TEXTS = 10;

/** Tells groups, all members among them. What is too much for texts of its own shares the last. */
export function tellGroups<T>(
	groups: ReadonlyMap<string, readonly T[]>,
	tell: (members: readonly T[], text: string) => string,
): string[] {
	const all = [...groups];
	const told = all.slice(0, MOST_TEXTS).map(([text, members]) => tell(members, text));
	const rest = all.slice(MOST_TEXTS).flatMap(([, members]) => members);
	return all.length > MOST_TEXTS ? [...told, tell(rest, 'For reasons like these.')] : told;
}
