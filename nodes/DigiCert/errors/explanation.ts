import type { NodeApiError } from 'n8n-workflow';

/** Why an operation failed, in the words n8n knows (n8n-workflow's `failure`). */
export type Failure = NonNullable<NodeApiError['failure']>;

/** What users read when something did not work. */
export interface Explanation {
	/** What happened, as one short sentence without the item and without text from outside. */
	readonly message: string;
	/** What DigiCert or the network said, in full. */
	readonly found: string;
	/** What to do next. */
	readonly advice: string;
	/** Declared only where the answer proves it. */
	readonly failure?: Failure;
	/** The HTTP status, when there was an answer. */
	readonly httpCode?: string;
}
