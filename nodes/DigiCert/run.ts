import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	RelatedExecution,
} from 'n8n-workflow';

import type { DigiCertApi } from './digicert/apis';
import { failedItem, inputError, toNodeError } from './errors/nodeErrors';
import type { NodeError } from './errors/nodeErrors';
import { connect } from './http/client';
import { createPacer, pauses } from './http/pacing';
import type { Pacer } from './http/pacing';
import { openSession } from './http/repeating';
import type { Session } from './http/repeating';
import { readOptions } from './parameters/options';
import { breathe, inSlices } from './scheduling';

/** What all items of one run share. */
export interface Run {
	readonly context: IExecuteFunctions;
	readonly api: DigiCertApi;
	readonly pacer: Pacer;
	/** For calls that can be made twice without harm. */
	readonly session: Session;
	/** The same, but a cancelled execution does not end it: what has begun must come to its end. */
	readonly enduring: Session;
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** See `stopsOnFailure`. */
	readonly stopOnFailure: boolean;
	/** Whether the execution was cancelled; then nothing new is started. */
	readonly isCancelled: () => boolean;
}

/** What becomes of an input item: any number of output items, or an error. */
export type Result = readonly IDataObject[] | NodeError;

/** The input items, by item index: what was read of them, or why one has failed. */
export interface Items<T> {
	readonly plans: ReadonlyMap<number, T>;
	readonly failed: Map<number, NodeError>;
}

/**
 * Whether an AI model calls this node. `isToolExecution` alone does not tell: n8n's AI Agent from
 * version 3 on has the engine run the tool like any other node, where it is false. The type of a
 * node that was added as a tool ends with "Tool" on every way.
 */
export function isToolCall(context: IExecuteFunctions): boolean {
	return context.isToolExecution() || context.getNode().type.endsWith('Tool');
}

/**
 * Whether the first failure stops the run: by the On Error setting, or because an AI model called
 * the node. To a model, n8n shows an item that failed as `{}`, as if all were well (measured).
 */
export function stopsOnFailure(context: IExecuteFunctions): boolean {
	return !context.continueOnFail() || isToolCall(context);
}

/**
 * Reads and checks the parameters of all items before anything is sent.
 *
 * @param read reads those of one item; throws a node error that names the item
 * @throws the first of these errors, when the node is to stop
 */
export async function readItems<T>(
	context: IExecuteFunctions,
	read: (itemIndex: number) => T,
): Promise<Items<T>> {
	const stopOnFailure = stopsOnFailure(context);
	const plans = new Map<number, T>();
	const failed = new Map<number, NodeError>();
	await inSlices(context.getInputData().keys(), (itemIndex) => {
		try {
			plans.set(itemIndex, read(itemIndex));
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), itemIndex, error);
			if (stopOnFailure) throw nodeError;
			failed.set(itemIndex, nodeError);
		}
	});
	return { plans, failed };
}

/**
 * Refuses a credential whose expressions give items different keys or addresses: n8n reads them for
 * each item, and a run has one of each. Throws a node error.
 */
async function requireOneCredential(
	context: IExecuteFunctions,
	{ credential }: DigiCertApi,
	[first, ...others]: readonly number[],
): Promise<void> {
	const read = async (item: number | undefined) =>
		JSON.stringify(await context.getCredentials(credential, item));
	const wanted = others.length > 0 ? await read(first) : '';
	for (const item of others) {
		await breathe();
		if ((await read(item)) === wanted) continue;
		throw inputError(
			context.getNode(),
			item,
			`The credential gives another API key or address for this item than for item ${first}`,
			"One run uses one credential. Put a 'Loop Over Items' node with a batch size of 1 before this node. Nothing was sent.",
		);
	}
}

/**
 * Opens the way to DigiCert for what was read. The options that steer the whole run are those of the
 * first item that could be read: an expression may fail on one item and work on the others.
 *
 * @returns undefined when there is nothing to do, or no way to do it: `failed` says why
 * @throws a node error, when the node is to stop; nothing has been sent then
 */
export async function openRun(
	context: IExecuteFunctions,
	api: DigiCertApi,
	{ plans, failed }: Items<unknown>,
): Promise<Run | undefined> {
	const [first] = plans.keys();
	if (first === undefined) return undefined;
	const stopOnFailure = stopsOnFailure(context);
	try {
		const { concurrency, rateLimitWaitMs, timeoutMs } = readOptions(context, first);
		// Asked for once, before anything is sent: later, nothing of n8n's may throw where keys are at stake.
		const signal = context.getExecutionCancelSignal();
		const isCancelled = () => signal?.aborted === true;
		await requireOneCredential(context, api, [...plans.keys()]);
		const client = await connect(context, api, timeoutMs, first);
		const pacer = createPacer(rateLimitWaitMs);
		// A pacer of its own: when the rate limit has used up the wait, keys still are switched off.
		const patient = createPacer(Math.max(rateLimitWaitMs, pauses.rateLimitForCare));
		return {
			context,
			api,
			pacer,
			session: openSession(client, pacer, isCancelled),
			enduring: openSession(client.enduring(), patient, () => false),
			concurrency,
			stopOnFailure,
			isCancelled,
		};
	} catch (error) {
		if (stopOnFailure) throw toNodeError(context.getNode(), undefined, error);
		for (const i of plans.keys()) failed.set(i, toNodeError(context.getNode(), i, error));
		return undefined;
	}
}

/**
 * An output as n8n takes it. Fields of DigiCert's answers that n8n takes for its own are renamed:
 * it reads a failed item from `error`, and with Retry On Fail runs the whole node again, creating
 * keys anew (measured, n8n.md 1.5).
 */
function toItemJson(json: IDataObject): IDataObject {
	const fields = Object.entries(json).map(([field, value]) =>
		field === 'error' || field === '$error' ? [`digicert_${field}`, value] : [field, value],
	);
	return Object.fromEntries(fields);
}

/**
 * The output items of one input item, paired with it. A failed one has an error and no fields, for
 * the same reason.
 */
function toItems(item: number, result: Result, links: Links): INodeExecutionData[] {
	const subExecution = links.get(item);
	const link = subExecution && { metadata: { subExecution } };
	if (result instanceof Error) return [{ ...failedItem(item, result), ...link }];
	return result.map((json) => ({ json: toItemJson(json), pairedItem: { item }, ...link }));
}

/** The executions that the editor links items to, by item index. */
type Links = ReadonlyMap<number, RelatedExecution | undefined>;

/** The output items of all input items, in the order of the input. */
export async function toOutput(
	results: ReadonlyMap<number, Result>,
	links: Links = new Map(),
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	const inOrder = [...results].sort(([a], [b]) => a - b);
	await inSlices(inOrder, ([itemIndex, result]) => {
		for (const item of toItems(itemIndex, result, links)) items.push(item);
	});
	return items;
}
