import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { toNodeError } from '../errors/build';
import type { NodeError } from '../errors/build';
import { outcomeError } from '../errors/outcomeError';
import { stopError } from '../errors/stopError';
import { issueAll } from '../issuance/issue';
import { readOptions } from '../parameters/options';
import type { RunOptions } from '../parameters/options';
import type { DigiCertApi } from '../transport/apis';
import { connect } from '../transport/client';
import type { ApiClient } from '../transport/client';
import { planIssuance, refuseRetryOnFail } from './issuePlan';
import type { IssuePlan, ReadRequest } from './issuePlan';

function failedItem(itemIndex: number, error: NodeError): INodeExecutionData {
	// No `json.error`: it would make n8n's Retry On Fail run the whole node again (measured).
	return { json: {}, error, pairedItem: { item: itemIndex } };
}

/** Sends what was planned, and gives one item for each input item. Stops with one error. */
async function issuePlanned(
	context: IExecuteFunctions,
	client: ApiClient,
	{ requests, rejected }: IssuePlan,
	options: RunOptions,
): Promise<INodeExecutionData[]> {
	const node = context.getNode();
	const stopOnFailure = !context.continueOnFail();
	const outcomes = await issueAll(client, requests, {
		...options,
		stopOnFailure,
		isCancelled: () => context.getExecutionCancelSignal()?.aborted === true,
	});
	const stop = stopOnFailure ? stopError(node, client, requests, outcomes) : undefined;
	if (stop !== undefined) throw stop;

	const items: INodeExecutionData[] = [];
	for (const [itemIndex, error] of rejected) items[itemIndex] = failedItem(itemIndex, error);
	for (const request of requests) {
		const { itemIndex } = request;
		const outcome = outcomes.get(request);
		items[itemIndex] =
			outcome?.kind === 'issued'
				? { json: request.toOutput(outcome.reply), pairedItem: { item: itemIndex } }
				: failedItem(itemIndex, outcomeError(node, client, request, outcome));
	}
	return items;
}

/**
 * Creates one key for each input item, by the rules of design.md, section 3.
 *
 * @param readRequest reads an item's parameters
 * @returns one item for each input item, in input order: the key, or when the user chose to
 *   continue, its error
 * @throws NodeOperationError or NodeApiError to stop the workflow, never when the user chose to
 *   continue
 */
export async function issueKeys(
	context: IExecuteFunctions,
	api: DigiCertApi,
	readRequest: ReadRequest,
): Promise<INodeExecutionData[]> {
	const node = context.getNode();
	const stopOnFailure = !context.continueOnFail();
	if (stopOnFailure) refuseRetryOnFail(node);

	const plan = planIssuance(context, readRequest);
	const [firstRejected] = plan.rejected.values();
	if (stopOnFailure && firstRejected !== undefined) throw firstRejected;

	let options: RunOptions;
	let client: ApiClient;
	try {
		options = readOptions(context);
		client = await connect(context, api, options.timeoutMs);
	} catch (error) {
		if (stopOnFailure) throw toNodeError(node, undefined, error);
		return context
			.getInputData()
			.map((_, i) => failedItem(i, plan.rejected.get(i) ?? toNodeError(node, i, error)));
	}
	return await issuePlanned(context, client, plan, options);
}
