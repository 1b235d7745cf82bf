import type { NodeApiError } from 'n8n-workflow';

/** Why an operation failed, in the words n8n knows (n8n-workflow's `failure`). */
export type Failure = NonNullable<NodeApiError['failure']>;

/** What users read when something did not work. */
export interface Explanation {
	/** What happened, as one short sentence without the item and without text from outside. */
	readonly message: string;
	/** What DigiCert or the network said, in full; empty when it was this node that said no. */
	readonly found: string;
	/** What to do next. */
	readonly advice: string;
	/** Declared only where the answer proves it. */
	readonly failure?: Failure;
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
