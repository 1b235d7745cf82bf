import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Explanation } from './failure';
import { DigiCertFailure, headlineOf } from './failure';

export type NodeError = NodeOperationError | NodeApiError;

/** Names the item the way n8n does, counted from 0; undefined for what concerns the whole run. */
function withItem(message: string, itemIndex: number | undefined): string {
	return itemIndex === undefined ? message : `${message} [item ${itemIndex}]`;
}

/**
 * The node as an error keeps it. n8n's errors keep all of it, but its parameters may hold what was
 * pasted by mistake, such as a private key, and an error travels further than they do.
 */
function withoutParameters(node: INode): INode {
	return { ...node, parameters: {} };
}

/**
 * Puts the message back: n8n replaces one that holds a system code such as EACCES, in capitals or
 * not, by words of its own, and a user's name or address may hold one.
 */
function titled<E extends NodeError>(error: E, message: string): E {
	error.message = message;
	return error;
}

/** An error about a value that the user gave. Nothing was sent for this item. */
export function inputError(
	node: INode,
	itemIndex: number | undefined,
	message: string,
	advice: string,
): NodeOperationError {
	const title = withItem(message, itemIndex);
	const more = { description: advice, itemIndex };
	return titled(new NodeOperationError(withoutParameters(node), title, more), title);
}

/**
 * An error about what DigiCert or the network did.
 *
 * @param more further sentences for the description, such as what else happened in this run
 * @param keys for workflows, as `context.keys`: the keys concerned and their state
 */
export function apiError(
	node: INode,
	itemIndex: number | undefined,
	explanation: Explanation,
	more: readonly string[],
	keys: readonly IDataObject[] = [],
): NodeApiError {
	const { found, advice, failure, httpCode } = explanation;
	const message = withItem(headlineOf(explanation), itemIndex);
	// The answer itself is not attached: it could hold a key, and all that helps is in the text.
	const error = new NodeApiError(
		withoutParameters(node),
		{},
		{
			message,
			description: [found, advice, ...more].filter((sentence) => sentence !== '').join('\n'),
			httpCode,
			itemIndex,
			failure,
		},
	);
	error.context.keys = keys;
	return titled(error, message);
}

/** Tells of the items that a run which stops did not get to. */
export function countNotStarted(count: number): string[] {
	if (count === 0) return [];
	return [count === 1 ? '1 item was not started.' : `${count} items were not started.`];
}

/** Makes an n8n node error of anything that was thrown; `more` is as for `apiError`. */
export function toNodeError(
	node: INode,
	itemIndex: number | undefined,
	error: unknown,
	more: readonly string[] = [],
): NodeError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) return error;
	if (error instanceof DigiCertFailure) return apiError(node, itemIndex, error.explanation, more);
	const thrown = error instanceof Error ? error : new Error(String(error));
	const message = withItem(thrown.message, itemIndex);
	const wrapped = new NodeOperationError(withoutParameters(node), thrown, { message, itemIndex });
	return titled(wrapped, message);
}

/**
 * A failed item with its error, for people and for expressions. What JavaScript made as an `Error`
 * cannot be read by `$input.all()` and its like in a newer n8n, which then throw for all items
 * (n8n.md 1.4), so this is n8n's error in all but that.
 */
export function failedItem(item: number, error: NodeError): INodeExecutionData {
	const { name, message, stack } = error;
	const readable: NodeError = Object.setPrototypeOf(
		{ ...error, name, message, stack },
		error instanceof NodeApiError ? NodeApiError.prototype : NodeOperationError.prototype,
	);
	return { json: {}, error: readable, pairedItem: { item } };
}
