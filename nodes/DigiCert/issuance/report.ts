import type { IDataObject, INodeExecutionData, RelatedExecution } from 'n8n-workflow';

import { summarize } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { apiError, countNotStarted, failedItem } from '../errors/nodeErrors';
import type { NodeError } from '../errors/nodeErrors';
import { toOutput } from '../run';
import type { Result } from '../run';
import { inSlices } from '../scheduling';
import type { Issuance, Step } from './carryOut';
import { isDelivered, isFine, isIssued, isOf, withoutValue, isFound } from './creation';
import type { Creation } from './creation';
import { explainOutcome, keysOf, listIds, nameKeys } from './explain';
import type { KeyEntry, KeyState, Teller } from './explain';

/** How a run ends: with items, or with the one error that stops the workflow. */
export type Ending = INodeExecutionData[] | NodeError;

function tellerOf({ api, enduring }: Issuance): Teller {
	return { api, client: enduring.client };
}

/** What an item puts out; undefined when it has failed. */
function outputOf(creation: Creation): IDataObject | undefined {
	const { outcome } = creation;
	if (outcome.kind === 'skipped') return outcome.record;
	if (outcome.kind === 'withheld') {
		// The value went to the earlier item.
		const earlier = outputOf(outcome.earlier);
		return earlier === undefined ? undefined : { ...withoutValue(earlier), skipped: true };
	}
	const isOut = outcome.kind === 'issued' && isFine(creation);
	return isOut ? (outcome.instead ?? outcome.output) : undefined;
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

/** Most texts of a kind that an error has: those of DigiCert may differ from item to item. */
const MOST_TEXTS = 10;

/** Puts numbers with the same text together. */
function addTo(groups: Map<string, number[]>, text: string, numbers: readonly number[]): void {
	const group = groups.get(text);
	if (group === undefined) groups.set(text, [...numbers]);
	else group.push(...numbers);
}

/** Tells groups, all numbers among them. What is too much for texts of its own shares the last. */
function tellGroups(
	groups: ReadonlyMap<string, readonly number[]>,
	tell: (numbers: readonly number[], text: string) => string,
): string[] {
	const all = [...groups];
	const told = all.slice(0, MOST_TEXTS).map(([text, numbers]) => tell(numbers, text));
	const rest = all.slice(MOST_TEXTS).flatMap(([, numbers]) => numbers);
	return all.length > MOST_TEXTS ? [...told, tell(rest, 'For reasons like these.')] : told;
}

/** Why some keys could not be switched off: each reason once, with all keys that it holds for. */
function describeStillLive(creations: readonly Creation[]): string[] {
	const idsOf = new Map<string, number[]>();
	for (const creation of creations) {
		const { outcome } = creation;
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') continue;
		const { off } = outcome;
		if (off === undefined || off === 'done') continue;
		addTo(idsOf, summarize(off), idsIn(keysOf(creation), 'live'));
	}
	return tellGroups(
		idsOf,
		(ids, why) =>
			`Switching off did not work (${ids.length === 0 ? 'ID unknown' : listIds(ids)}): ${why}`,
	);
}

function describeOpen(keys: readonly KeyEntry[], state: KeyState, what: string): string[] {
	const items = keys.flatMap((key) => (key.id === null && key.state === state ? key.item : []));
	return items.length === 0 ? [] : [`${what} (item ${listIds(items)}).`];
}

function describeIds(keys: readonly KeyEntry[], state: KeyState, what: string): string[] {
	const ids = idsIn(keys, state);
	return ids.length === 0 ? [] : [`${what}: ${listIds(ids)}.`];
}

/** What a run leaves behind at DigiCert when its output reaches nobody, in sentences. */
function describeKeys({ api }: Teller, creations: readonly Creation[], keys: readonly KeyEntry[]) {
	const { offWord, keyList } = api;
	const made = creations.filter(isIssued);
	const oldOnes = made.flatMap(({ outcome }) => outcome.oldKeyLeft ?? []);
	// Such a key may be in use: the sub-workflow failed, or it goes on after a cancel.
	const called = new Set(
		made.filter(({ outcome }) => outcome.keep === true).map(({ itemIndex }) => itemIndex),
	);
	const besides = new Set(made.flatMap(({ order }) => order.subject.besides ?? []));
	return [
		...describeIds(keys, 'switched_off', 'Switched off again, because nobody receives them'),
		...describeIds(
			keys.filter(({ item }) => !called.has(item)),
			'live',
			`Still live, and no output holds their values, so ${offWord} them`,
		),
		...describeIds(
			keys.filter(({ item }) => called.has(item)),
			'live',
			`Live, and a sub-workflow was called with them, so look into the store before you ${offWord} them`,
		),
		...describeIds(keys, 'handed_over', 'Stored by the sub-workflow, and live'),
		...(oldOnes.length === 0
			? []
			: [
					`Old keys that may still be live, although their successors are stored: ${listIds(oldOnes)}.`,
				]),
		...describeOpen(
			keys,
			'live',
			`A key whose ID DigiCert did not tell is still live as well: look for it in ${keyList}`,
		),
		...describeStillLive(creations),
		...describeIds(keys, 'candidate', 'Live keys that may be the ones that this run made'),
		...describeOpen(
			keys,
			'may_exist',
			`A key that is not in the list so far may exist: look in ${keyList}`,
		),
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}

function countMade(creations: readonly Creation[]): string[] {
	const made = creations.filter(isIssued).length;
	if (made === 0) return [];
	return [`This run had already created ${made === 1 ? '1 API key' : `${made} API keys`}.`];
}

/** What went wrong with other items, those of the same kind together. */
async function describeOthers(teller: Teller, others: readonly Creation[]): Promise<string[]> {
	const itemsOf = new Map<string, number[]>();
	const idsOf = new Map<string, number[]>();
	await inSlices(others, (creation) => {
		const { message, keyId, found } = explainOther(teller, creation);
		const text = `${message}. ${found}`.trim();
		addTo(itemsOf, text, [creation.itemIndex]);
		addTo(idsOf, text, keyId === undefined ? [] : [keyId]);
	});
	return tellGroups(itemsOf, (items, text) => {
		const ids = idsOf.get(text) ?? [];
		const keys = ids.length === 0 ? '' : ` (${nameKeys(ids)})`;
		return `Item ${listIds(items)}: ${text}${keys}`;
	});
}

/** Why another item failed. What became of its key is told of all keys together. */
function explainOther(teller: Teller, creation: Creation): Explanation {
	const { outcome } = creation;
	const explanation = explainOutcome(teller, creation);
	if (outcome.kind === 'unknown') {
		return { ...explanation, message: 'Whether a key was created is not known' };
	}
	return outcome.kind === 'issued' ? (outcome.reason ?? explanation) : explanation;
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
	const isUnknown = creations.some(({ outcome }) => outcome.kind === 'unknown');
	const keepThem =
		"To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.";
	const explanation: Explanation = explainOutcome(teller, first);
	// What became of the first one is in its own text.
	const rest = creations.filter((creation) => creation !== first);
	const more = [
		...(await describeOthers(teller, others)),
		...countMade(creations),
		...describeKeys(teller, rest, await keysOfAll(rest)),
		...(made === 0 && !isUnknown ? ['No API key was created.'] : []),
		...(made > 0 && first.outcome.kind !== 'issued' && !run.isCancelled() ? [keepThem] : []),
		...countNotStarted(creations.filter(isOf('planned')).length),
	];
	// Kinds such as rate-limited tell n8n that running again helps; here it would create keys anew.
	const failure = made > 0 || isUnknown ? undefined : explanation.failure;
	return apiError(
		run.context.getNode(),
		first.itemIndex,
		{ ...explanation, failure },
		more,
		keys.map(({ name, ...key }) => (key.id === null ? { name, ...key } : key)),
	);
}

/**
 * n8n saves a cancelled execution before its node ends, so neither output nor error of this run
 * reaches anybody (measured, n8n.md 1.6). The log is what is left to name the keys that were made.
 */
export const logLoss: Step = async (run, creations) => {
	if (!run.isCancelled()) return;
	const { context, logged } = run;
	const keys = await keysOfAll(creations);
	const isPending = ({ how, outcome }: Creation) =>
		outcome.kind === 'issued' &&
		how.rollback &&
		outcome.off === undefined &&
		outcome.keep === undefined;
	const sentences = [
		...countMade(creations),
		...describeKeys(tellerOf(run), creations, keys),
		...(creations.some(isPending) ? ['The node switches keys off now, and logs the result.'] : []),
	].join(' ');
	if (keys.length === 0 || logged.includes(sentences)) return;
	logged.push(sentences);
	const what = `The execution was cancelled while the node "${context.getNode().name}" created API keys (workflow ${context.getWorkflow().id}, execution ${context.getExecutionId()}).`;
	context.logger.warn(`${what} ${sentences}`, {
		keys: {
			live: idsIn(keys, 'live'),
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
	{ context, stopOnFailure }: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Ending {
	const bareKeys = (creation: Creation): IDataObject[] => {
		const { itemIndex: item, outcome, order, sentName: name } = creation;
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') return [];
		const { found, off } = outcome;
		const told = outcome.kind === 'issued' ? outcome.id : outcome.toldId;
		const listed = isFound(found) ? found.candidates.map(({ id }) => id) : [];
		const ids = told === undefined ? listed : [told];
		const made = outcome.kind === 'issued' && outcome.handedOver ? 'handed_over' : 'live';
		const open = outcome.kind === 'issued' ? made : ids.length > 0 ? 'candidate' : 'may_exist';
		const state = off === 'done' ? 'switched_off' : open;
		return (ids.length > 0 ? ids : [null]).map((id) => ({ item, id, name, ...order.owner, state }));
	};
	const errorOf = (itemIndex: number, keys: IDataObject[]) =>
		apiError(
			context.getNode(),
			itemIndex,
			{
				message: 'Something went wrong in this node after API keys were requested',
				found: `The keys concerned: ${listIds(keys.flatMap(({ id }) => (typeof id === 'number' ? id : [])))}.`,
				advice: 'Nothing was sent a second time. Look for these keys at DigiCert, and report this.',
			},
			[],
			keys,
		);
	const [start] = creations;
	if (stopOnFailure && start !== undefined) {
		return errorOf(start.itemIndex, creations.flatMap(bareKeys));
	}
	const items = [...failed].map(([item, error]) => failedItem(item, error));
	for (const creation of creations) {
		const { itemIndex: item, outcome } = creation;
		const made = isDelivered(creation) && outcome.kind === 'issued' ? outcome.output : undefined;
		const output = outcome.kind === 'skipped' ? outcome.record : made;
		items.push(
			output === undefined
				? failedItem(item, errorOf(item, bareKeys(creation)))
				: { json: output, pairedItem: { item } },
		);
	}
	return items.sort((a, b) => itemOf(a) - itemOf(b));
}

function itemOf({ pairedItem }: INodeExecutionData): number {
	return typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : 0;
}
