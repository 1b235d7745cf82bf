import type { Explanation } from './explanation';

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

/** The explanation of anything that was thrown while the node looked or changed something. */
export function explanationOf(error: unknown): Explanation {
	if (error instanceof DigiCertFailure) return error.explanation;
	return { message: error instanceof Error ? error.message : String(error), found: '', advice: '' };
}
