import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { listIds, tellGroups } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { apiError, countNotStarted, failedItem } from '../errors/nodeErrors';
import type { NodeError } from '../errors/nodeErrors';
import { toOutput } from '../run';
import type { Result, Run } from '../run';
import { inSlices } from '../scheduling';
import { addTo } from '../values';
import type { Issuance, Step } from './carryOut';
import { foundOf, isDelivered, isFine, isIssued, isOf, withoutValue } from './creation';
import type { Creation } from './creation';
import { explainOutcome } from './explain';
import { describeKeys, idsIn, keysOf, keysOfAll, nameKeys } from './leftBehind';

/** How a run ends: with items, or with the one error that stops the workflow. */
export type Ending = INodeExecutionData[] | NodeError;

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

/** Why another item failed. What became of its key is told of all keys together. */
function explainOther(run: Run, creation: Creation): Explanation {
	const { outcome } = creation;
	const explanation = explainOutcome(run, creation);
	if (outcome.kind === 'unknown') {
		return { ...explanation, message: 'Whether a key was created is not known' };
	}
	return outcome.kind === 'issued' ? (outcome.reason ?? explanation) : explanation;
}

/** What went wrong with other items, those of the same kind together. */
async function describeOthers(run: Run, others: readonly Creation[]): Promise<string[]> {
	const groups = new Map<string, Array<{ item: number; keyId: number | undefined }>>();
	await inSlices(others, (creation) => {
		const { message, keyId, found } = explainOther(run, creation);
		addTo(groups, `${message}. ${found}`.trim(), { item: creation.itemIndex, keyId });
	});
	return tellGroups(groups, (members, text) => {
		const ids = members.flatMap(({ keyId }) => keyId ?? []);
		const keys = ids.length === 0 ? '' : ` (${nameKeys(ids)})`;
		return `Item ${listIds(members.map(({ item }) => item))}: ${text}${keys}`;
	});
}

function countMade(creations: readonly Creation[]): string[] {
	const made = creations.filter(isIssued).length;
	if (made === 0) return [];
	return [`This run had already created ${made === 1 ? '1 API key' : `${made} API keys`}.`];
}

/** The one error of a run that stops: no item of it is put out, so it tells of every key. */
async function stopError(
	run: Issuance,
	creations: readonly Creation[],
	first: Creation,
): Promise<NodeError> {
	const keys = await keysOfAll(creations);
	// What became of the first one is in its own text. A key that gave way to another run's is off for
	// that reason, though its item has not failed.
	const rest = creations.filter((creation) => creation !== first);
	const others = rest.filter(
		(creation) =>
			(hasFailed(creation) || 'instead' in creation.outcome) &&
			creation.outcome.kind !== 'planned' &&
			creation.outcome.kind !== 'withheld' &&
			!isRolledBack(creation.outcome),
	);
	const made = creations.filter(isIssued).length;
	const isUnknown = creations.some(({ outcome }) => outcome.kind === 'unknown');
	const keepThem =
		"To keep keys when another item fails, set 'On Error' to 'Continue (using error output)'.";
	const explanation = explainOutcome(run, first);
	const more = [
		...(await describeOthers(run, others)),
		...countMade(creations),
		...describeKeys(
			run,
			rest,
			keys.filter(({ item }) => item !== first.itemIndex),
		),
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
	const isPending = ({ how, outcome }: Creation) => {
		if (outcome.kind !== 'issued') return false;
		const isDue = outcome.off === undefined && outcome.keep === undefined && how.rollback;
		return isDue || outcome.off === 'pending';
	};
	const sentences = [
		...countMade(creations),
		...describeKeys(run, creations, keys),
		...(creations.some(isPending) ? ['The node switches keys off now, and logs the result.'] : []),
	].join(' ');
	if (keys.length === 0 || logged.includes(sentences)) return;
	const withoutId = keys.filter(({ id }) => id === null);
	logged.push(sentences);
	const what = `The execution was cancelled while the node "${context.getNode().name}" created API keys (workflow ${context.getWorkflow().id}, execution ${context.getExecutionId()}).`;
	context.logger.warn(`${what} ${sentences}`, {
		keys: {
			live: idsIn(keys, 'live'),
			switched_off: idsIn(keys, 'switched_off'),
			handed_over: idsIn(keys, 'handed_over'),
			candidate: idsIn(keys, 'candidate'),
			may_exist: withoutId.filter(({ state }) => state === 'may_exist'),
			id_unknown: withoutId.filter(({ state }) => state !== 'may_exist'),
		},
	});
};

/**
 * Tells how the run ended: in stop mode one error when any item failed, otherwise an item for each
 * creation, its key or an error of its own.
 *
 * @param failed items that ended before a creation was planned, by item index
 */
async function report(
	run: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Promise<Ending> {
	const first = run.stopOnFailure ? firstOf(creations) : undefined;
	if (first !== undefined) return await stopError(run, creations, first);
	const results = new Map<number, Result>(failed);
	await inSlices(creations, (creation) => {
		const { itemIndex } = creation;
		const output = outputOf(creation);
		const result =
			output === undefined
				? apiError(
						run.context.getNode(),
						itemIndex,
						explainOutcome(run, creation),
						[],
						keysOf(creation),
					)
				: [output];
		results.set(itemIndex, result);
	});
	const links = new Map(creations.filter(isIssued).map((c) => [c.itemIndex, c.outcome.execution]));
	return await toOutput(results, links);
}

/**
 * What is said when `report` itself breaks: the bare facts, put together with nothing that could
 * break as well. Every key is in an item or named in an error.
 */
function bareReport(
	{ context, stopOnFailure }: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Ending {
	const bareKeys = (creation: Creation): IDataObject[] => {
		const { itemIndex: item, outcome, order, sentName: name } = creation;
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') return [];
		const bare = (id: number | null, state: string) => ({ item, id, name, ...order.owner, state });
		const { proven, candidates } = foundOf(outcome);
		const listed = candidates.map(({ id }) => bare(id, 'candidate'));
		if (outcome.kind === 'issued') {
			const made = outcome.handedOver === true ? 'handed_over' : 'live';
			const state = outcome.off === 'done' ? 'switched_off' : made;
			if (outcome.id !== undefined) return [bare(outcome.id, state)];
			return [...listed, bare(null, state)];
		}
		const known = proven.map(({ key, off }) =>
			bare(key.id, off === 'done' ? 'switched_off' : 'live'),
		);
		if (known.length > 0) return known;
		const { toldId: told = null } = outcome;
		return [...listed, bare(told, told === null ? 'may_exist' : 'candidate')];
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
	const items = new Map<number, INodeExecutionData>();
	for (const [item, error] of failed) items.set(item, failedItem(item, error));
	for (const creation of creations) {
		const { itemIndex: item, outcome } = creation;
		const made = isDelivered(creation) ? creation.outcome.output : undefined;
		const output = outcome.kind === 'skipped' ? outcome.record : made;
		items.set(
			item,
			output === undefined
				? failedItem(item, errorOf(item, bareKeys(creation)))
				: { json: output, pairedItem: { item } },
		);
	}
	return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

/** Makes the ending of a run. Whatever breaks, every key is in an item or named in an error. */
export async function conclude(...of: Parameters<typeof report>): Promise<Ending> {
	return await report(...of).catch(() => bareReport(...of));
}
