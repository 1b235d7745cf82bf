import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { inputError, toNodeError } from '../errors/build';
import type { NodeError } from '../errors/build';
import type { IssuanceRequest } from '../issuance/request';

/** Reads and checks the parameters of one item. Throws a node error that names the item. */
export type ReadRequest = (context: IExecuteFunctions, itemIndex: number) => IssuanceRequest;

/** All items of a run, read and checked before the first request is sent. */
export interface IssuePlan {
	readonly requests: readonly IssuanceRequest[];
	/** The items whose parameters cannot be used, by their index, in input order. */
	readonly rejected: ReadonlyMap<number, NodeError>;
}

/** Reads every item, good or bad. Sends nothing. */
export function planIssuance(context: IExecuteFunctions, readRequest: ReadRequest): IssuePlan {
	const requests: IssuanceRequest[] = [];
	const rejected = new Map<number, NodeError>();
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		try {
			requests.push(readRequest(context, itemIndex));
		} catch (error) {
			rejected.set(itemIndex, toNodeError(context.getNode(), itemIndex, error));
		}
	}
	return { requests, rejected };
}

/**
 * For a node that stops the workflow on an error: there, Retry On Fail runs the whole node again and would create every key
 * of the run a second time; a node has no way to tell n8n not to (measured, n8n-conventions.md 7).
 *
 * @throws NodeOperationError when Retry On Fail is on
 */
export function refuseRetryOnFail(node: INode): void {
	if (node.retryOnFail !== true) return;
	throw inputError(
		node,
		undefined,
		"'Retry On Fail' cannot be used together with 'Stop Workflow' when API keys are created",
		"n8n would run the whole node again and create keys a second time. In the node's settings, turn off 'Retry On Fail', or set 'On Error' to 'Continue (using error output)'. The node itself waits and repeats when DigiCert's rate limit is reached. Nothing was sent.",
	);
}
