import { parseErrorMetadata } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	RelatedExecution,
} from 'n8n-workflow';

import type { Explanation } from '../errors/failure';
import { createQuote } from '../http/redaction';
import { isRecord, textOf } from '../values';
import type { Issuance } from './carryOut';

/** How a sub-workflow ended, and its execution where n8n names it. */
export type Ended = { readonly execution?: RelatedExecution } & (
	| {
			/** It ended well: what its last node put out, which may hold the key. */
			readonly said: readonly IDataObject[];
	  }
	| {
			/** It did not: what happened, and what to do about the workflow. Neither holds the key. */
			readonly why: Why;
	  }
);

type Why = Pick<Explanation, 'found' | 'advice'>;

/**
 * The context that a sub-workflow is called from. When one waits, n8n puts its caller to wait as
 * well and later replaces the caller's output by that of the sub-workflow: what this node puts out
 * would be gone (n8n.md 3.4). Here, nobody is put to wait.
 */
function withoutWaiting(context: IExecuteFunctions): IExecuteFunctions {
	return Object.create(context, {
		putExecutionToWait: { value: async () => undefined },
		setMetadata: { value: () => undefined },
	});
}

/** Calls a sub-workflow with one item, and waits for its end. Throws what n8n throws. */
async function call(context: IExecuteFunctions, workflowId: string, json: IDataObject) {
	return await context.executeWorkflow.call(
		withoutWaiting(context),
		{ id: workflowId },
		// A copy: a node of that workflow can change its items in place.
		[{ json: structuredClone(json) }],
		undefined,
		{
			// Not to be woken: see withoutWaiting.
			parentExecution: {
				executionId: context.getExecutionId(),
				workflowId: textOf(context.getWorkflow().id),
				shouldResume: false,
			},
			// Without it, n8n looks for a published version even when somebody tries the workflow by hand.
			executionMode: context.getMode(),
		},
	);
}

const WAITS = {
	found: 'It waits for something.',
	advice:
		'A workflow that takes keys over has to end at once, so take the Wait node, or the approval, out of it, and wait before the key is created. It may go on and store the key later.',
};

const NOTHING = {
	found: 'It ended without an item.',
	advice: 'Its last node has to put at least one out, as a sign that it came to its end.',
};

const ERROR_ITEM =
	"An item with a field 'error' counts as not stored, even if that workflow goes on. If all was well with it, rename the field.";

function isItem(value: unknown): value is INodeExecutionData {
	return isRecord(value) && isRecord(value.json);
}

/** What n8n's nodes put out for something that failed, when they go on after errors. */
function errorIn({ error, json }: INodeExecutionData): unknown {
	return [error, json.error, json.$error].find(Boolean);
}

/** What a thing says that went wrong: an error, something like it, or a text. */
function wordsOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return textOf(error);
	const { message, description }: { message?: unknown; description?: unknown } = error;
	const words = new Set([textOf(message), textOf(description)]);
	return [...words].filter((text) => text !== '').join('. ');
}

/**
 * Calls a sub-workflow with one key, waits for its end, and judges it.
 *
 * @param parcel what the sub-workflow gets as its one item
 * @param secrets the texts that must not be quoted
 */
export async function callSubWorkflow(
	{ context, enduring }: Issuance,
	workflowId: string,
	parcel: IDataObject,
	secrets: readonly string[],
): Promise<Ended> {
	const quote = (error: unknown) => {
		const words = secrets.reduce((text, secret) => createQuote(secret)(text), wordsOf(error));
		const quoted = enduring.client.quote(words) || 'something without a text';
		return `It ended with: ${quoted}${/[.!?)]$/.test(quoted) ? '' : '.'}`;
	};
	const failed = ({ found, advice }: Why, execution?: RelatedExecution): Ended => {
		const where =
			execution === undefined
				? 'n8n names no execution of it, so most likely it did not start.'
				: `See execution ${execution.executionId} of it.`;
		return { execution, why: { found: `${found} ${where}`, advice } };
	};

	let answer: Awaited<ReturnType<typeof call>>;
	try {
		answer = await call(context, workflowId, parcel);
	} catch (error) {
		return failed({ found: quote(error), advice: '' }, parseErrorMetadata(error)?.subExecution);
	}
	const execution = { executionId: answer.executionId, workflowId };
	if ((answer.waitTill ?? null) !== null) return failed(WAITS, execution);
	// By the types there are only lists of items; n8n gives null for an output that never ran.
	const items = [answer.data].flat(2).filter(isItem);
	if (items.length === 0) return failed(NOTHING, execution);
	const error = items.map(errorIn).find(Boolean);
	if (error !== undefined) return failed({ found: quote(error), advice: ERROR_ITEM }, execution);
	return { execution, said: items.map(({ json }) => json) };
}
