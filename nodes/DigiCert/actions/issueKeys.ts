import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { inputError } from '../errors/build';
import type { IssuanceRequest } from '../issuance/request';
import type { DigiCertApi } from '../transport/apis';
import { issuePrepared } from './issuePrepared';
import type { Perform } from './performAll';
import { prepareKeys } from './prepareKeys';
import { runItems } from './runItems';
import type { ReadPlan, Result } from './runItems';

/**
 * For a node that stops the workflow on an error: there, Retry On Fail runs the whole node again
 * and would create every key of the run a second time; a node has no way to tell n8n not to
 * (measured, n8n-conventions.md 7).
 *
 * @throws NodeOperationError when Retry On Fail is on
 */
function refuseRetryOnFail(node: INode): void {
	if (node.retryOnFail !== true) return;
	throw inputError(
		node,
		undefined,
		"'Retry On Fail' cannot be used together with 'Stop Workflow' when API keys are created",
		"n8n would run the whole node again and create keys a second time. In the node's settings, turn off 'Retry On Fail', or set 'On Error' to 'Continue (using error output)'. The node itself waits and repeats when DigiCert's rate limit is reached. Nothing was sent.",
	);
}

/**
 * Creates one key for each input item, by the rules of design.md, section 3.
 *
 * @param read reads an item's parameters
 * @param prepare makes an item's request; all are made before the first key is created
 * @returns and throws as `runItems` does
 */
export async function issueKeys<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: ReadPlan<T>,
	prepare: Perform<T, IssuanceRequest>,
): Promise<INodeExecutionData[]> {
	if (!context.continueOnFail()) refuseRetryOnFail(context.getNode());
	return await runItems(context, api, read, async (run, plans) => {
		const { requests, results } = await prepareKeys(run, plans, prepare);
		const issued = await issuePrepared(run, requests);
		return new Map<number, Result>([...results, ...issued]);
	});
}

/** For operations whose parameters make up the whole request. */
export async function asPlanned(_: unknown, request: IssuanceRequest): Promise<IssuanceRequest> {
	return request;
}
