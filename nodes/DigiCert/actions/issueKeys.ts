import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { inputError, toNodeError } from '../errors/build';
import { outcomeError } from '../errors/outcomeError';
import { describeLoss, stopError } from '../errors/stopError';
import { issueAll } from '../issuance/issue';
import { runInLanes } from '../issuance/lanes';
import type { Outcome } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { DigiCertApi } from '../transport/apis';
import { performAll } from './performAll';
import type { Perform } from './performAll';
import { runItems } from './runItems';
import type { ReadPlan, Result, Run } from './runItems';

type Outcomes = ReadonlyMap<IssuanceRequest, Outcome>;

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
 * Adds to the outputs what DigiCert's answers lack. Whatever goes wrong with these look-ups, the
 * keys are put out.
 */
async function completeAll(
	{ context, session, concurrency, isCancelled }: Run,
	outputs: Map<IssuanceRequest, IDataObject>,
): Promise<void> {
	const misses: string[] = [];
	await runInLanes(
		[...outputs],
		([{ itemIndex }]) => String(itemIndex),
		concurrency,
		async ([request, output]) => {
			try {
				const completed = await request.complete?.(session, output);
				if (completed !== undefined) outputs.set(request, completed);
			} catch (error) {
				misses.push(toNodeError(context.getNode(), request.itemIndex, error).message);
			}
		},
		isCancelled,
	);
	if (misses.length === 0) return;
	context.addExecutionHints({
		message: `The API keys were created. On ${misses.length} of the items, a look-up after it did not work: ${misses[0]}`,
		type: 'warning',
		location: 'outputPane',
	});
}

/**
 * n8n saves a cancelled execution before its node ends, so neither output nor error of this run
 * reaches anybody (measured). The log is what is left to name the keys that exist.
 */
function logLostKeys({ context, client }: Run, requests: IssuanceRequest[], outcomes: Outcomes) {
	const loss = describeLoss(client, requests, outcomes);
	if (loss.length === 0) return;
	const { name } = context.getNode();
	context.logger.warn(
		[`The execution was cancelled while the node "${name}" created API keys.`, ...loss].join(' '),
	);
}

async function issuePrepared(
	run: Run,
	requests: IssuanceRequest[],
): Promise<ReadonlyMap<number, Result>> {
	const { context, client } = run;
	const node = context.getNode();
	const outcomes = await issueAll(client, requests, run);
	const outputs = new Map<IssuanceRequest, IDataObject>();
	const results = new Map<number, Result>();
	for (const request of requests) {
		const outcome = outcomes.get(request);
		if (outcome?.kind === 'issued') outputs.set(request, request.toOutput(outcome.reply));
		else results.set(request.itemIndex, outcomeError(node, client, request, outcome, []));
	}

	const stop = run.stopOnFailure ? stopError(node, client, requests, outcomes) : undefined;
	if (stop === undefined) await completeAll(run, outputs);
	if (run.isCancelled()) logLostKeys(run, requests, outcomes);
	if (stop !== undefined) throw stop;
	for (const [{ itemIndex }, output] of outputs) results.set(itemIndex, [output]);
	return results;
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
		const { done, failed } = await performAll(run, plans, prepare, {
			describeDone: () => ['No API key was created.'],
		});
		const issued = await issuePrepared(run, [...done.values()]);
		return new Map<number, Result>([...failed, ...issued]);
	});
}

/** For operations whose parameters make up the whole request. */
export async function asPlanned(_: unknown, request: IssuanceRequest): Promise<IssuanceRequest> {
	return request;
}
