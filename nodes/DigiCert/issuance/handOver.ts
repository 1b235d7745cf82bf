import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	RelatedExecution,
} from 'n8n-workflow';

import { explanationOf, refusal, summarize } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { createQuote, isKeyValue, secretsIn } from '../http/redaction';
import type { HandOver } from '../parameters/handOver';
import { isJsonObject, isRecord } from '../values';
import { forEachCreation, isStopped } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isHeld, isIssued, withoutValue } from './creation';
import type { IssuedCreation } from './creation';

/** How a sub-workflow ended. */
interface Answer {
	readonly items: INodeExecutionData[];
	readonly execution?: RelatedExecution;
}

/**
 * The context that a sub-workflow is called from. When one waits, n8n puts its caller to wait as
 * well and later replaces the caller's output by that of the sub-workflow: what this node puts out
 * would be gone (n8n.md 3.4). Here, nobody is put to wait.
 */
function withoutWaiting(context: IExecuteFunctions): IExecuteFunctions {
	return Object.create(context, {
		putExecutionToWait: { value: async () => undefined },
		setMetadata: { value: () => undefined },
	});
}

/** The sub-workflow's execution, as n8n notes it with an error. */
function executionOf(error: unknown): RelatedExecution | undefined {
	const source = isRecord(error) && isRecord(error.errorResponse) ? error.errorResponse : error;
	if (!isRecord(source)) return undefined;
	const { executionId, workflowId } = source;
	return typeof executionId === 'string' && typeof workflowId === 'string'
		? { executionId, workflowId }
		: undefined;
}

/** Calls the sub-workflow with one key, and waits for its end. Throws what n8n throws. */
async function call({ context }: Issuance, { workflowId }: HandOver, json: IDataObject) {
	const parentId = context.getWorkflow().id;
	return await context.executeWorkflow.call(
		withoutWaiting(context),
		{ id: workflowId },
		[{ json }],
		undefined,
		{
			// Not to be woken: see withoutWaiting.
			parentExecution: {
				executionId: context.getExecutionId(),
				workflowId: parentId ?? '',
				shouldResume: false,
			},
			// Without it, n8n looks for a published version even when somebody tries the workflow by hand.
			executionMode: context.getMode(),
		},
	);
}

const WAITS = refusal(
	'The sub-workflow waits for something',
	'A workflow that takes keys over has to end at once: take the Wait node, or the approval, out of it, and wait before the key is created. It may go on and store the key later.',
);

const NOTHING = refusal(
	'The sub-workflow ended without an item',
	'Its last node has to give at least one, as a sign that it came to its end. It may have stored the key all the same.',
);

async function ask(run: Issuance, handOver: HandOver, parcel: IDataObject): Promise<Answer> {
	const { executionId, data, waitTill } = await call(run, handOver, parcel);
	if (waitTill !== undefined && waitTill !== null) throw WAITS;
	// By the types there are only lists of items; n8n gives null for an output that never ran.
	const outputs: unknown[] = Array.isArray(data) ? data : [];
	const items = outputs.flatMap((output) => (isItemList(output) ? output : []));
	if (items.length === 0) throw NOTHING;
	return { items, execution: { executionId, workflowId: handOver.workflowId } };
}

function isItemList(output: unknown): output is INodeExecutionData[] {
	return Array.isArray(output) && output.every((item) => isRecord(item) && isRecord(item.json));
}

/** Deepest nesting of a sub-workflow's answer that is taken over. */
const DEEPEST = 20;

/** A value without the key, wherever it stands in it: the answer may be the item that was handed over. */
function scrub(value: unknown, secrets: readonly string[], depth = 0): unknown {
	const clean = (text: string) =>
		secrets.reduce((left, secret) => left.replaceAll(secret, '[API key]'), text);
	if (typeof value === 'string') return clean(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth === DEEPEST) return '[nested too deep]';
	if (Array.isArray(value)) return value.map((inner) => scrub(inner, secrets, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [clean(name), scrub(inner, secrets, depth + 1)]),
	);
}

/** The texts in DigiCert's answer that are, or may be, the value of the key. */
function secretsOf({ outcome: { reply } }: IssuedCreation): string[] {
	return [...secretsIn(reply), ...(isKeyValue(reply.api_key) ? [reply.api_key] : [])];
}

/** Says what went wrong in a sub-workflow, in n8n's words as far as they cannot hold the key. */
function explainFailure(run: Issuance, creation: IssuedCreation, error: unknown): Explanation {
	const { order, handOver } = creation;
	const isOwn = error === WAITS || error === NOTHING;
	const own = isOwn ? explanationOf(error) : undefined;
	const said = error instanceof Error ? error.message : '';
	const words = secretsOf(creation).reduce((text, key) => createQuote(key)(text), said);
	const id = executionOf(error)?.executionId;
	const where = id === undefined ? '' : ` See execution ${id} of that workflow.`;
	const quoted = run.enduring.client.quote(words);
	const reason = own === undefined ? `n8n says: ${quoted}.${where}` : `${own.message}.`;
	return {
		message: 'The sub-workflow did not take the API key over',
		found: reason,
		advice: [
			own?.advice ?? 'It may have stored the key all the same: look into the store.',
			...(handOver?.keepOnFailure === true && order.replaces !== undefined
				? [`Both keys are kept: the old one, key ${order.replaces.id}, works as before.`]
				: []),
		].join(' '),
	};
}

/** Switches the old key off, now that the new one is stored, and says what became of it. */
async function switchOffOld(run: Issuance, creation: IssuedCreation): Promise<IDataObject> {
	const { order, handOver, outcome } = creation;
	const { replaces } = order;
	if (replaces === undefined) return {};
	const isRefused = outcome.parcel?.verified === false;
	if (handOver?.switchOffOld !== true || isRefused) {
		const why = isRefused && handOver?.switchOffOld === true;
		return {
			replaces: why ? { ...replaces, kept: 'The trial of the new key was refused' } : replaces,
		};
	}
	try {
		await order.listFor(outcome.reply).switchOff(run.enduring, replaces.id);
		return { replaces: { ...replaces, status: `${run.api.offStatus}` } };
	} catch (error) {
		const kept = `Switching it off did not work. ${summarize(explanationOf(error))}`;
		run.notes.push(
			`The new key ${outcome.id ?? ''} is stored, but the old one, key ${replaces.id}, may still be live: ${kept} [item ${creation.itemIndex}]`,
		);
		return { replaces: { ...replaces, kept } };
	}
}

/** Hands one key over, and makes the output, which does not hold it. */
async function handOne(run: Issuance, creation: IssuedCreation, handOver: HandOver): Promise<void> {
	const { outcome } = creation;
	const { parcel = {} } = outcome;
	let answer: Answer;
	try {
		answer = await ask(run, handOver, parcel);
	} catch (error) {
		outcome.reason = explainFailure(run, creation, error);
		outcome.execution = executionOf(error);
		outcome.handOverFailed = handOver.keepOnFailure ? 'keep' : 'switchOff';
		return;
	}
	outcome.handedOver = true;
	outcome.execution = answer.execution;
	const secrets = secretsOf(creation);
	const said = answer.items.map(({ json }) => scrub(json, secrets)).filter(isJsonObject);
	outcome.output = {
		...withoutValue(parcel),
		handed_over: true,
		...(await switchOffOld(run, creation)),
		hand_over: said.length === 1 ? said[0] : said,
	};
}

/**
 * Delivers the keys: into the output, or to a sub-workflow, which is called once for each key. A
 * run that is stopped hands nothing over any more; what was handed over stays.
 */
export const deliver: Step = async (run, creations) => {
	const held = creations.filter(isIssued).filter(isHeld);
	const isOver = () => isStopped(run, creations);
	let failed = isOver();
	await forEachCreation(
		run,
		held,
		async (creation) => {
			const { handOver, outcome } = creation;
			if (handOver === undefined) {
				outcome.output = outcome.parcel;
				return;
			}
			try {
				await handOne(run, creation, handOver);
			} finally {
				failed ||= run.stopOnFailure && outcome.handedOver !== true;
			}
		},
		undefined,
		() => failed || run.isCancelled(),
	);
	const isClear = held.some(
		({ handOver, recipient }) => handOver !== undefined && recipient === undefined,
	);
	if (!isClear) return;
	run.notes.push(
		"The API keys went to a sub-workflow in clear text. Its own settings decide whether n8n keeps a copy: set 'Save successful production executions', 'Save failed production executions' and 'Save manual executions' there to 'Do not save'.",
	);
};
