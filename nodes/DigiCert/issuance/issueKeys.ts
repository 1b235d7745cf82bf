import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { DigiCertApi } from '../digicert/apis';
import { createTag, withTag } from '../digicert/keyNames';
import { readRecipient } from '../encryption/recipient';
import { refusal } from '../errors/failure';
import { performAll } from '../items';
import type { Perform } from '../items';
import { handOverFields, readHandOver } from '../parameters/handOver';
import { readIssuanceOptions, readRecipientPublicKey } from '../parameters/issuance';
import { openRun, readItems, toOutput } from '../run';
import { carryOut } from './carryOut';
import type { Step } from './carryOut';
import type { Creation, KeyOrder } from './creation';
import { complete, verify, warn } from './finish';
import { deliver } from './handOver';
import { findLostKeys } from './lostKeys';
import { checkNames, settleNames } from './names';
import { conclude, logLoss } from './report';
import { rollBack, rollBackRest } from './rollBack';
import { refuseUnsafeSettings } from './safeSettings';
import { send } from './send';

/** This package's version, as this part of it knows it; see `loadIssuance`. */
export const VERSION = '0.2.0';

/** What an item asks for. */
type Wish<T> = { readonly plan: T } & Pick<Creation, 'how' | 'recipient' | 'handOver'>;

/** What happens to the keys of a run, in this order; each step is told in its own file. */
const STEPS: readonly Step[] = [
	// Each creation goes out once and ends as issued, refused or unknown.
	send,
	// A run that stops switches its keys off, first of all: every other step keeps them alive.
	logLoss,
	rollBack,
	// Of several keys of one name, the first one stays; a run gives way with its own key only.
	settleNames,
	// Keys whose values were lost are named, and switched off where that is wanted and proven.
	findLostKeys,
	complete,
	verify,
	// Into the output, or to a sub-workflow that stores them.
	deliver,
	// Once more, for what happened meanwhile, and for keys that found no receiver.
	rollBackRest,
	logLoss,
	warn,
];

/** What is left to do when the execution was cancelled: nobody gets the output, so the log names the keys. */
const IF_CANCELLED: readonly Step[] = [logLoss, rollBackRest, logLoss];

/**
 * Creates one key for each input item, by the rules of docs/reference/issuing-rules.md.
 *
 * Before the first creation, all is checked and whatever is thrown means that nothing was made.
 * From then on nothing that is thrown gets past `carryOut`: each creation's outcome says what is
 * true of its key, and the report puts every key out or names it.
 *
 * @param read reads an item's parameters; throws a node error that names the item
 * @param fields the form of the hand-over
 * @param prepare makes an item's order, with look-ups if it needs them; throws DigiCertFailure
 * @returns the output items, in the order of the input items, each paired with its own
 * @throws a node error to stop the workflow, whose `context.keys` names every key that was made
 */
export async function issueKeys<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: (context: IExecuteFunctions, itemIndex: number) => T,
	prepare: Perform<T, KeyOrder>,
	fields: readonly INodeProperties[] = handOverFields,
): Promise<INodeExecutionData[]> {
	refuseUnsafeSettings(context);
	const items = await readItems(context, (itemIndex) => ({
		plan: read(context, itemIndex),
		how: readIssuanceOptions(context, itemIndex),
		recipient: readRecipientPublicKey(context, itemIndex, readRecipient),
		handOver: readHandOver(context, itemIndex, fields),
	}));
	const opened = await openRun(context, api, items);
	if (opened === undefined) return await toOutput(items.failed);
	const run = { ...opened, notes: [], logged: [], underWay: new Set<Promise<void>>() };

	const done = await performAll(run, items, toCreation(api, prepare), () => [
		'No API key was created.',
	]);
	const creations = [...done.values()];
	await checkNames(run, creations);

	await carryOut(STEPS, run, creations);
	let ending = await conclude(run, creations, items.failed);
	// A cancel may have come while the report was made, which then reaches nobody.
	let isCancelled = false;
	const ask = async () => void (isCancelled = run.isCancelled());
	await carryOut([ask], run, creations);
	if (isCancelled) {
		await carryOut(IF_CANCELLED, run, creations);
		ending = await conclude(run, creations, items.failed);
	}
	if (ending instanceof Error) throw ending;
	return ending;
}

/** Makes a creation of an item's wish: nothing of it is sent yet. */
function toCreation<T>(
	{ longestName }: DigiCertApi,
	prepare: Perform<T, KeyOrder>,
): Perform<Wish<T>, Creation> {
	return async (session, { plan, ...wish }, itemIndex) => {
		const order = await prepare(session, plan, itemIndex);
		const tag = wish.how.lostReply === 'revoke' ? createTag() : undefined;
		const sentName = tag === undefined ? order.name : withTag(order.name, tag);
		const { length } = [...sentName];
		if (length > longestName) {
			throw refusal(
				`The name has ${length} characters with its tag, and DigiCert takes ${longestName} at most`,
				"Enter a shorter name, or set 'Lost Reply' to 'Report'.",
			);
		}
		return { ...wish, itemIndex, order, sentName, tag, outcome: { kind: 'planned' } };
	};
}

/** For operations whose parameters make up the whole order. */
export async function asPlanned(_: unknown, order: KeyOrder): Promise<KeyOrder> {
	return order;
}
