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
 * Whether a model could have a hand in a parameter of a tool call. `$fromAI` is not its only way:
 * the engine lays what the model sends over the item, so `$json` and all that reads the item give
 * the model's values as well.
 *
 * @param parameter its name; `options.<name>` for an option
 */
export function modelCanSet(context: IExecuteFunctions, parameter: string): boolean {
	const raw: unknown = context.getNodeParameter(parameter, 0, '', { rawExpressions: true });
	return textsIn(raw).some(
		// n8n finds expressions at any depth. A backslash can write a `$` in other words.
		(text) => text.startsWith('=') && /[$\\]/.test(text.replace(AUTHORS_OWN, '')),
	);
}
