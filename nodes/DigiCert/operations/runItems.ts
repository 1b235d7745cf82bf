import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { toNodeError } from '../errors/build';
import { readIssuanceOptions } from '../parameters/issuance';
import type { IssuanceOptions } from '../parameters/issuance';
import { isToolCall } from '../parameters/modelSet';
import { readOptions } from '../parameters/options';
import { openSession } from '../digicert/session';
import type { Session } from '../digicert/session';
import type { DigiCertApi } from '../http/apis';
import { connect } from '../http/client';
import { createPacer } from '../http/pacer';
import type { Pacer } from '../http/pacer';
import { toItems } from './result';
import type { Result } from './result';

/** What all items of one run share. */
export interface Run {
	readonly context: IExecuteFunctions;
	readonly pacer: Pacer;
	/** For calls that can be made twice without harm. */
	readonly session: Session;
	/** The same, but a cancelled execution does not end it: what has begun must come to its end. */
	readonly enduring: Session;
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** What the creating operations do about names, lost answers and stops. */
	readonly issuance: IssuanceOptions;
	/** See `stopsOnFailure`. */
	readonly stopOnFailure: boolean;
	/** Whether the execution was cancelled; then nothing new is started. */
	readonly isCancelled: () => boolean;
}

/** Reads and checks the parameters of one item. Throws a node error that names the item. */
export type ReadPlan<T> = (context: IExecuteFunctions, itemIndex: number) => T;

/**
 * Carries the plans out.
 *
 * @param plans by item index, in input order
 * @returns a result for each plan
 * @throws a node error, when the node is to stop
 */
export type CarryOut<T> = (
	run: Run,
	plans: ReadonlyMap<number, T>,
) => Promise<ReadonlyMap<number, Result>>;

/**
 * Whether the first failure stops the run: by the On Error setting, or because an AI model called
 * the node. To a model, n8n shows an item that failed as `{}`, as if all were well (measured).
 */
export function stopsOnFailure(context: IExecuteFunctions): boolean {
	return !context.continueOnFail() || isToolCall(context);
}

/** Least total wait for the rate limit when keys are looked for or switched off, in ms. */
const LEAST_WAIT = 60_000;

/** For what goes on when the execution is cancelled. */
const never = () => false;

async function openRun(context: IExecuteFunctions, api: DigiCertApi): Promise<Run> {
	const { concurrency, rateLimitWaitMs, timeoutMs } = readOptions(context, 0);
	const issuance = readIssuanceOptions(context, 0);
	const isCancelled = () => context.getExecutionCancelSignal()?.aborted === true;
	const client = await connect(context, api, timeoutMs);
	const pacer = createPacer(rateLimitWaitMs, isCancelled);
	return {
		context,
		pacer,
		session: openSession(client, pacer, isCancelled),
		// A pacer of its own: when the rate limit has used up the wait, keys still are switched off.
		enduring: openSession(
			client.enduring(),
			createPacer(Math.max(rateLimitWaitMs, LEAST_WAIT), never),
			never,
		),
		concurrency,
		issuance,
		stopOnFailure: stopsOnFailure(context),
		isCancelled,
	};
}

/**
 * Handles all input items: reads and checks every one of them, the options and the credential
 * before anything is sent, then carries them out.
 *
 * @returns the output items, in the order of the input items, each paired with its own
 * @throws a node error to stop the workflow; never when `stopsOnFailure` says no
 */
export async function runItems<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: ReadPlan<T>,
	carryOut: CarryOut<T>,
): Promise<INodeExecutionData[]> {
	const node = context.getNode();
	const stopOnFailure = stopsOnFailure(context);
	const plans = new Map<number, T>();
	const results = new Map<number, Result>();
	for (const itemIndex of context.getInputData().keys()) {
		try {
			plans.set(itemIndex, read(context, itemIndex));
		} catch (error) {
			const nodeError = toNodeError(node, itemIndex, error);
			if (stopOnFailure) throw nodeError;
			results.set(itemIndex, nodeError);
		}
	}

	let run: Run | undefined;
	try {
		run = await openRun(context, api);
	} catch (error) {
		if (stopOnFailure) throw toNodeError(node, undefined, error);
		for (const i of plans.keys()) results.set(i, toNodeError(node, i, error));
	}
	const carriedOut = run === undefined ? [] : await carryOut(run, plans);
	for (const [itemIndex, result] of carriedOut) results.set(itemIndex, result);
	return [...results]
		.sort(([a], [b]) => a - b)
		.flatMap(([itemIndex, result]) => toItems(itemIndex, result));
}
