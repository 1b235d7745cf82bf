import type { IDataObject } from 'n8n-workflow';

import { switchOff } from '../digicert/keys';
import { summarize } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import type { HandOver } from '../parameters/handOver';
import { inSlices } from '../scheduling';
import { carryOut, forEachCreation, isStopped } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isHeld, isIssued, oldKeyThatIs, secretsOf, withoutValue } from './creation';
import type { Creation, IssuedCreation } from './creation';
import { nameKeys } from './leftBehind';
import { logLoss } from './report';
import { switchOffAll } from './rollBack';
import { partsOf, scrub } from './scrub';
import type { Parts } from './scrub';
import { callSubWorkflow } from './subWorkflow';

/** Explains a hand-over that failed. What the store may hold belongs to what happened. */
function explainFailure(
	{ order: { replaces } }: IssuedCreation,
	{ found, advice }: Pick<Explanation, 'found' | 'advice'>,
): Explanation {
	const old =
		replaces === undefined ? [] : [`This item left the old key, ${replaces.id}, as it was.`];
	return {
		message: 'The sub-workflow did not take the API key over',
		found: [found, 'The store may hold the new key all the same.', ...old].join(' '),
		advice: [advice, 'Look into the store before you run this item again.']
			.filter((text) => text !== '')
			.join(' '),
	};
}

/** Switches the old key off, now that the new one is stored, and says what became of it. */
async function settleOldKey(
	run: Issuance,
	{ order, how, handOver, outcome }: IssuedCreation,
): Promise<IDataObject> {
	const { replaces } = order;
	if (replaces === undefined) return {};
	if (handOver?.switchOffOld !== true) return { replaces };
	if (how.verify && outcome.parcel?.verified !== true) {
		return { replaces: { ...replaces, kept: 'The trial of the new key did not go well' } };
	}
	outcome.oldKey = 'may_be_live';
	const off = await switchOff(run.enduring, run.api, replaces.id);
	if (off !== 'done') {
		const kept = `Switching it off did not work. ${summarize(off)}`;
		return { replaces: { ...replaces, kept } };
	}
	outcome.oldKey = 'switched_off';
	return { replaces: { ...replaces, status: run.api.offStatus } };
}

/** A key that goes to a sub-workflow. */
type Handed = IssuedCreation & {
	readonly handOver: HandOver;
	readonly outcome: { readonly parcel: IDataObject };
};

function isHanded(creation: IssuedCreation): creation is Handed {
	return creation.handOver !== undefined && creation.outcome.parcel !== undefined;
}

/**
 * Hands one key over, and makes the output, which holds none: a store may show what it has of others.
 *
 * @param parts of the values of all keys of the run
 */
async function handOne(
	run: Issuance,
	creation: Handed,
	creations: readonly Creation[],
	parts: Parts,
): Promise<void> {
	const { handOver, outcome } = creation;
	const { parcel } = outcome;
	// Whatever happens from here on, the sub-workflow may have stored it.
	outcome.keep = true;
	const ended = await callSubWorkflow(run, handOver.workflowId, parcel, secretsOf(creation));
	outcome.execution = ended.execution;
	if ('why' in ended) {
		outcome.reason = explainFailure(creation, ended.why);
		outcome.keep = handOver.keepOnFailure;
		// One that has to be looked for waits for the next step, in which one look serves all of them;
		// after a cancel, that step may be over.
		const isNow = outcome.id !== undefined || run.isCancelled();
		if (isNow && !handOver.keepOnFailure) await switchOffAll(run, [creation], creations);
		return;
	}
	outcome.handedOver = true;
	outcome.oldKey = 'kept';
	const said = [];
	for (const json of ended.said) said.push(await scrub(json, parts));
	outcome.output = {
		...(await scrub(withoutValue(parcel), parts)),
		handed_over: true,
		...(await settleOldKey(run, creation)),
		hand_over: said.length === 1 ? said[0] : said,
	};
}

/** Ties the sub-workflows' executions to this one, for the editor: the one that failed, or the only one. */
function link({ context }: Issuance, handed: readonly IssuedCreation[]): void {
	const called = handed.filter(({ outcome }) => outcome.execution !== undefined);
	if (called.length === 0) return;
	const failed = called.find(({ outcome }) => outcome.handedOver !== true);
	const one = failed ?? (called.length === 1 ? called[0] : undefined);
	context.setMetadata({
		subExecutionsCount: called.length,
		...(one === undefined ? {} : { subExecution: one.outcome.execution }),
	});
}

const CLEAR_TEXT =
	"The API keys went to a sub-workflow in clear text. Its own settings decide whether n8n keeps a copy: set 'Save successful production executions', 'Save failed production executions', 'Save manual executions' and 'Save execution progress' there to 'Do not save'.";

/**
 * Delivers the keys: into the output, or to a sub-workflow, which is called once for each key. A
 * run that is stopped hands nothing over any more; what was handed over stays.
 */
export const deliver: Step = async (run, creations) => {
	const held = creations.filter(isIssued).filter(isHeld);
	await inSlices(held, ({ handOver, outcome }) => {
		if (handOver === undefined) outcome.output = outcome.parcel;
	});
	const toHandOver: readonly Handed[] = held.filter(isHanded);
	if (toHandOver.length === 0) return;
	const secrets: string[] = [];
	await inSlices(creations.filter(isIssued), (one) => void secrets.push(...secretsOf(one)));
	const parts = await partsOf(secrets);
	let failed = isStopped(run, creations);
	const handing = forEachCreation(
		run,
		toHandOver,
		async (creation) => {
			try {
				await handOne(run, creation, creations, parts);
			} finally {
				failed ||= run.stopOnFailure && creation.outcome.handedOver !== true;
			}
		},
		() => failed || run.isCancelled(),
	);
	await endOrCancel(run, creations, handing);
	link(run, toHandOver);
	const oldOnes = toHandOver.flatMap((creation) => oldKeyThatIs('may_be_live', creation));
	if (oldOnes.length > 0) {
		run.notes.push(
			`The new keys are stored, but old ones may still be live: ${nameKeys(oldOnes)}. The field replaces.kept of the output says why.`,
		);
	}
	const called = toHandOver.filter(({ outcome }) => outcome.keep !== undefined);
	if (called.some(({ recipient }) => recipient === undefined)) run.notes.push(CLEAR_TEXT);
};

/**
 * Waits for the sub-workflows, but not once the execution is cancelled: that does not stop them
 * (n8n.md 3.5), and the other keys are to be switched off and named, however long these take. Their
 * own keys are named as live then; what becomes of them is settled as ever, and logged once more.
 */
async function endOrCancel(
	run: Issuance,
	creations: Parameters<Step>[1],
	handing: Promise<void>,
): Promise<void> {
	const cancelled = new Promise<void>((resolve) => {
		run.context.onExecutionCancellation(resolve);
	});
	// Where n8n cannot tell of a cancel, their end is waited for: nothing may go on behind the run's back.
	await Promise.race([handing, cancelled.catch(async () => await handing)]);
	const log = async () => {
		await carryOut([logLoss], run, creations);
	};
	void handing.then(log, log);
}
