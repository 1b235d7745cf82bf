import type { IExecuteFunctions } from 'n8n-workflow';

import { textsIn } from '../values';

/**
 * Whether an AI model calls this node. `isToolExecution` alone does not tell: n8n's AI Agent from
 * version 3 on has the engine run the tool like any other node, where it is false. The type of a
 * node that was added as a tool ends with "Tool" on every way.
 */
export function isToolCall(context: IExecuteFunctions): boolean {
	return context.isToolExecution() || context.getNode().type.endsWith('Tool');
}

/** What an expression may use that a model has no hand in: `$('Node')` and n8n's variables. */
const AUTHORS_OWN = /\$(\(|vars\b)/g;

/**
 * Whether a model could have a hand in an option of a tool call. `$fromAI` is not its only way:
 * the engine lays what the model sends over the item, so `$json` and all that reads the item give
 * the model's values as well.
 *
 * @param option a name in the collection `options`
 */
export function modelCanSet(context: IExecuteFunctions, option: string): boolean {
	return isOpen(context.getNodeParameter('options', 0, {}, { rawExpressions: true })[option]);
}

/** The same for a parameter that stands by itself. */
export function modelCanSetParameter(context: IExecuteFunctions, name: string): boolean {
	return isOpen(context.getNodeParameter(name, 0, '', { rawExpressions: true }));
}

/** Whether a value, as it stands in the workflow, takes anything that a model has a hand in. */
function isOpen(raw: unknown): boolean {
	return textsIn(raw).some(
		// n8n finds expressions at any depth. A backslash can write a `$` in other words.
		(text) => text.startsWith('=') && /[$\\]/.test(text.replace(AUTHORS_OWN, '')),
	);
}
