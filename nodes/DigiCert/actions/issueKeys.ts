import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Recipient } from '../encryption/recipient';
import { inputError } from '../errors/build';
import type { IssuanceRequest } from '../issuance/request';
import { isToolCall, modelCanSet } from '../parameters/modelSet';
import { readRecipientPublicKey, recipientPublicKeyField } from '../parameters/recipientPublicKey';
import type { DigiCertApi } from '../transport/apis';
import { issuePrepared } from './issuePrepared';
import type { Perform } from './performAll';
import { prepareKeys } from './prepareKeys';
import { runItems, stopsOnFailure } from './runItems';
import type { ReadPlan, Result } from './runItems';

/**
 * For a node that stops on an error: there, Retry On Fail runs the whole node again
 * and would create every key of the run a second time; a node has no way to tell n8n not to
 * (measured, n8n-conventions.md 7).
 *
 * @throws NodeOperationError when Retry On Fail is on
 */
function refuseRetryOnFail(context: IExecuteFunctions): void {
	const node = context.getNode();
	if (node.retryOnFail !== true) return;
	if (isToolCall(context)) {
		throw inputError(
			node,
			undefined,
			"'Retry On Fail' cannot be used for an AI tool that creates API keys. Nothing was created",
			"n8n would create keys a second time. In the tool's settings, turn off 'Retry On Fail'.",
		);
	}
	throw inputError(
		node,
		undefined,
		"'Retry On Fail' cannot be used together with 'Stop Workflow' when API keys are created",
		"n8n would run the whole node again and create keys a second time. In the node's settings, turn off 'Retry On Fail', or set 'On Error' to 'Continue (using error output)'. The node itself waits and repeats when DigiCert's rate limit is reached. Nothing was sent.",
	);
}

/**
 * For a call by an AI model, which must never see a key: the author of the workflow has to say
 * whom it is encrypted to. The message says all, because a model gets nothing else.
 *
 * @throws NodeOperationError when the recipient is missing, or is one that the model could choose
 */
function requireAuthorsRecipient(context: IExecuteFunctions): void {
	if (!isToolCall(context)) return;
	const { name, displayName } = recipientPublicKeyField;
	const refuse = (fault: string) =>
		inputError(
			context.getNode(),
			undefined,
			`As an AI tool, this operation ${fault}. Nothing was created`,
			`Otherwise the model could see the API key. In the tool's 'Options', set '${displayName}' to a fixed text, or take it from a node, such as {{ $('Webhook').item.json.body.public_key }}.`,
		);
	if (!(name in context.getNodeParameter('options', 0))) {
		throw refuse(`needs '${displayName}' in its options, set by the author of the workflow`);
	}
	if (modelCanSet(context, name)) {
		throw refuse(`takes '${displayName}' from the author of the workflow, not from the model`);
	}
}

/** What an item asks for. */
interface Wish<T> {
	readonly plan: T;
	readonly recipient: Recipient | undefined;
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
	if (stopsOnFailure(context)) refuseRetryOnFail(context);
	requireAuthorsRecipient(context);
	const readWish: ReadPlan<Wish<T>> = (_, itemIndex) => ({
		plan: read(context, itemIndex),
		recipient: readRecipientPublicKey(context, itemIndex),
	});
	const prepareWish: Perform<Wish<T>, IssuanceRequest> = async (session, { plan, recipient }) => ({
		...(await prepare(session, plan)),
		recipient,
	});
	return await runItems(context, api, readWish, async (run, wishes) => {
		const prepared = await prepareKeys(run, wishes, prepareWish);
		const issued = await issuePrepared(run, prepared);
		return new Map<number, Result>([...prepared.results, ...issued]);
	});
}

/** For operations whose parameters make up the whole request. */
export async function asPlanned(_: unknown, request: IssuanceRequest): Promise<IssuanceRequest> {
	return request;
}
