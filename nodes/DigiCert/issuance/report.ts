import type { IDataObject, INodeExecutionData, RelatedExecution } from 'n8n-workflow';

import type { Explanation } from '../errors/failure';
import { apiError, countNotStarted } from '../errors/nodeErrors';
import type { NodeError } from '../errors/nodeErrors';
import { toOutput } from '../run';
import type { Result } from '../run';
import { inSlices } from '../scheduling';
import type { Issuance, Step } from './carryOut';
import { isDelivered, isFine, isIssued, isOf, withoutValue } from './creation';
import type { Creation } from './creation';
import { explainOutcome, keysOf, listIds } from './explain';
import type { KeyEntry, KeyState, Teller } from './explain';

/** How a run ends: with items, or with the one error that stops the workflow. */
export type Ending = INodeExecutionData[] | NodeError;

function tellerOf({ api, enduring }: Issuance): Teller {
	return { api, client: enduring.client };
}

/** What an item puts out; undefined when it has failed. */
function outputOf(creation: Creation): IDataObject | undefined {
	const { outcome } = creation;
	if (!isFine(creation)) return undefined;
	if (outcome.kind === 'skipped') return outcome.record;
	if (outcome.kind === 'issued') return outcome.instead ?? outcome.output;
	if (outcome.kind !== 'withheld') return undefined;
	// The value went to the earlier item.
	const earlier = outputOf(outcome.earlier);
	return earlier === undefined ? undefined : { ...withoutValue(earlier), skipped: true };
}

function hasFailed(creation: Creation): boolean {
	return outputOf(creation) === undefined;
}

/** The keys of a whole run that nobody receives. An ID says enough; a name goes where there is none. */
async function keysOfAll(creations: readonly Creation[]): Promise<KeyEntry[]> {
	const keys: KeyEntry[] = [];
	await inSlices(creations, (creation) => void keys.push(...keysOf(creation)));
	return keys;
}

function idsIn(keys: readonly KeyEntry[], state: KeyState): number[] {
	return keys.flatMap((key) => (key.state === state && key.id !== null ? key.id : []));
}

/** Why some keys could not be switched off: each reason once, with all keys that it holds for. */
function describeStillLive(creations: readonly Creation[]): string[] {
	const idsOf = new Map<string, number[]>();
	for (const { outcome } of creations) {
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') continue;
		const { off } = outcome;
		if (off === undefined || off === 'done') continue;
		const why = [`${off.message}.`, off.found].filter((part) => part !== '').join(' ');
		const id = outcome.kind === 'issued' ? outcome.id : undefined;
		idsOf.set(why, [...(idsOf.get(why) ?? []), ...(id === undefined ? [] : [id])]);
	}
	return [...idsOf].map(
		([why, ids]) =>
			`Switching off did not work (${ids.length === 0 ? 'ID unknown' : listIds(ids)}): ${why}`,
	);
}

/** What a run leaves behind at DigiCert when its output reaches nobody, in sentences. */
function describeKeys({ api }: Teller, creations: readonly Creation[], keys: readonly KeyEntry[]) {
	const made = creations.filter(isIssued);
	const off = idsIn(keys, 'switched_off');
	const live = idsIn(keys, 'live');
	const handedOver = idsIn(keys, 'handed_over');
	const candidates = idsIn(keys, 'candidate');
	const oldOnes = made.flatMap(({ outcome }) => outcome.oldKeyLeft ?? []);
	const open = keys.filter(({ id, state }) => id === null && state !== 'switched_off');
	const items = listIds(open.map(({ item }) => item));
	const besides = new Set(made.flatMap(({ order }) => order.subject.besides ?? []));
	return [
		...(made.length === 0
			? []
			: [
					`This run had already created ${made.length === 1 ? '1 API key' : `${made.length} API keys`}.`,
				]),
		...(off.length === 0
			? []
			: [`Switched off again, because nobody receives them: ${listIds(off)}.`]),
		...(live.length === 0
			? []
			: [
					`Still live, and no output holds their values, so ${api.offWord} them unless they are stored: ${listIds(live)}.`,
				]),
		...(handedOver.length === 0
			? []
			: [`Stored by the sub-workflow, and live: ${listIds(handedOver)}.`]),
		...(oldOnes.length === 0
			? []
			: [
					`Old keys that may still be live, although their successors are stored: ${listIds(oldOnes)}.`,
				]),
		...describeStillLive(creations),
		...(candidates.length === 0
			? []
			: [`Live keys that may be the ones whose values were lost: ${listIds(candidates)}.`]),
		...(open.length === 0
			? []
			: [
					`A key that is not in the list so far may exist for item ${items}. Look in ${api.keyList}.`,
				]),
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}

/** What went wrong with other items, those of the same kind together. */
function describeOthers(teller: Teller, others: readonly Creation[]): string[] {
	const itemsOf = new Map<string, number[]>();
	for (const creation of others) {
		const { message, found } = explainOutcome(teller, creation);
		const what =
			creation.outcome.kind === 'unknown' ? 'Whether a key was created is not known' : message;
		const text = `${what}. ${found}`.trim();
		const items = itemsOf.get(text);
		if (items === undefined) itemsOf.set(text, [creation.itemIndex]);
		else items.push(creation.itemIndex);
	}
	return [...itemsOf].map(([text, items]) => `Item ${listIds(items)}: ${text}`);
}

/** The item that a stopping run's error is about: in doubt before refused, and whatever failed before what was not started. */
function firstOf(creations: readonly Creation[]): Creation | undefined {
	const kinds = ['unknown', 'refused', 'declined', 'issued', 'planned'] as const;
	const failed = creations.filter(hasFailed);
	for (const kind of kinds) {
		const first = failed.find(({ outcome }) => outcome.kind === kind && !isRolledBack(outcome));
		if (first !== undefined) return first;
	}
	return failed[0];
}

/** Whether a key is off only because the run stopped: not what the run stopped for. */
function isRolledBack(outcome: Creation['outcome']): boolean {
	return outcome.kind === 'issued' && outcome.off !== undefined && outcome.reason === undefined;
}

/** The one error of a run that stops: no item of it is put out, so it tells of every key. */
async function stopError(
	run: Issuance,
	creations: readonly Creation[],
	first: Creation,
): Promise<NodeError> {
	const teller = tellerOf(run);
	const keys = await keysOfAll(creations);
	const others = creations.filter(
		(creation) =>
			creation !== first &&
			hasFailed(creation) &&
			creation.outcome.kind !== 'planned' &&
			creation.outcome.kind !== 'withheld' &&
			!isRolledBack(creation.outcome),
	);
	const made = creations.filter(isIssued).length;
	const keepThem =
		"To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.";
	const explanation: Explanation = explainOutcome(teller, first);
	const more = [
		...describeOthers(teller, others),
		...describeKeys(teller, creations, keys),
		...(made === 0 ? ['No API key was created.'] : []),
		...(made > 0 && first.outcome.kind !== 'issued' && !run.isCancelled() ? [keepThem] : []),
		...countNotStarted(creations.filter(isOf('planned')).length),
	];
	const isUnknown = creations.some(({ outcome }) => outcome.kind === 'unknown');
	// Kinds such as rate-limited tell n8n that running again helps; here it would create keys anew.
	const failure = made > 0 || isUnknown ? undefined : explanation.failure;
	const error = apiError(
		run.context.getNode(),
		first.itemIndex,
		{ ...explanation, failure },
		isUnknown && made === 0 ? more.filter((text) => text !== 'No API key was created.') : more,
		keys.map(({ name, ...key }) => (key.id === null ? { name, ...key } : key)),
	);
	return error;
}

/**
 * n8n saves a cancelled execution before its node ends, so neither output nor error of this run
 * reaches anybody (measured, n8n.md 1.6). The log is what is left to name the keys that were made.
 */
export const logLoss: Step = async (run, creations) => {
	if (!run.isCancelled()) return;
	const { context } = run;
	const keys = await keysOfAll(creations);
	const delivered = creations
		.filter(isIssued)
		.filter((creation) => isDelivered(creation) && creation.outcome.handedOver !== true);
	const live = delivered.flatMap(({ outcome }) => outcome.id ?? []);
	if (keys.length === 0 && live.length === 0) return;
	const what = `The execution was cancelled while the node "${context.getNode().name}" created API keys (workflow ${context.getWorkflow().id}, execution ${context.getExecutionId()}).`;
	const sentences = describeKeys(tellerOf(run), creations, keys);
	const left = live.length === 0 ? [] : [`Live so far: ${listIds(live)}.`];
	context.logger.warn([what, ...sentences, ...left].join(' '), {
		keys: {
			live: [...live, ...idsIn(keys, 'live')],
			switched_off: idsIn(keys, 'switched_off'),
			handed_over: idsIn(keys, 'handed_over'),
			candidate: idsIn(keys, 'candidate'),
			may_exist: keys.filter(({ id }) => id === null),
		},
	});
};

/**
 * Tells how the run ended: in stop mode one error when any item failed, otherwise an item for each
 * creation, its key or an error of its own.
 *
 * @param failed items that ended before a creation was planned, by item index
 */
export async function report(
	run: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Promise<Ending> {
	const first = run.stopOnFailure ? firstOf(creations) : undefined;
	if (first !== undefined) return await stopError(run, creations, first);
	const teller = tellerOf(run);
	const results = new Map<number, Result>(failed);
	await inSlices(creations, (creation) => {
		const { itemIndex } = creation;
		const output = outputOf(creation);
		const result =
			output === undefined
				? apiError(
						run.context.getNode(),
						itemIndex,
						explainOutcome(teller, creation),
						[],
						keysOf(creation),
					)
				: [output];
		results.set(itemIndex, result);
	});
	const executions = new Map(creations.map((c) => [c.itemIndex, executionOf(c)]));
	const items = await toOutput(results);
	await inSlices(items, (item) => {
		const subExecution = executions.get(itemOf(item));
		if (subExecution !== undefined) item.metadata = { subExecution };
	});
	return items;
}

/** The execution of the sub-workflow, which the editor links to. */
function executionOf({ outcome }: Creation): RelatedExecution | undefined {
	return outcome.kind === 'issued' ? outcome.execution : undefined;
}

/**
 * What is said when `report` itself breaks: the bare facts, put together with nothing that could
 * break as well. Every key is in an item or named in an error.
 */
export function bareReport(
	{ context, stopOnFailure, enduring }: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Ending {
	const bareKeys = (creation: Creation): IDataObject[] => {
		const { itemIndex: item, outcome, order, sentName: name } = creation;
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') return [];
		const id = outcome.kind === 'issued' ? outcome.id : outcome.toldId;
		const made = outcome.kind === 'issued' && outcome.handedOver ? 'handed_over' : 'live';
		const state =
			outcome.off === 'done' ? 'switched_off' : outcome.kind === 'issued' ? made : 'may_exist';
		return [{ item, id: id ?? null, name, ...order.owner, state }];
	};
	const errorOf = (itemIndex: number, keys: IDataObject[]) =>
		apiError(
			context.getNode(),
			itemIndex,
			{
				message: 'Something went wrong in this node after API keys were requested',
				found: `The keys concerned: ${enduring.client.quote(JSON.stringify(keys.map(({ id, state }) => ({ id, state }))))}`,
				advice: 'Nothing was sent a second time. Look for these keys at DigiCert, and report this.',
			},
			[],
			keys,
		);
	const [start] = creations;
	if (stopOnFailure && start !== undefined) {
		return errorOf(start.itemIndex, creations.flatMap(bareKeys));
	}
	const items: INodeExecutionData[] = [];
	for (const [item, error] of failed) items.push({ json: {}, error, pairedItem: { item } });
	for (const creation of creations) {
		const { itemIndex: item, outcome } = creation;
		const output = isDelivered(creation) && outcome.kind === 'issued' ? outcome.output : undefined;
		items.push(
			output === undefined
				? { json: {}, error: errorOf(item, bareKeys(creation)), pairedItem: { item } }
				: { json: output, pairedItem: { item } },
		);
	}
	return items.sort((a, b) => itemOf(a) - itemOf(b));
}

function itemOf({ pairedItem }: INodeExecutionData): number {
	return typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : 0;
}
