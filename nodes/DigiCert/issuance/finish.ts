import type { IExecuteFunctions } from 'n8n-workflow';

import { verifyKey } from '../digicert/keys';
import { explanationOf, listIds } from '../errors/failure';
import { safeIdOf, textOf } from '../values';
import { forEachCreation, isStopped } from './carryOut';
import type { Step } from './carryOut';
import { isDelivered, isHeld, isIssued } from './creation';

/**
 * Adds to the outputs what DigiCert's answers lack. Whatever goes wrong with these look-ups, the
 * keys are put out, and a note says what is missing.
 */
export const complete: Step = async (run, creations) => {
	if (run.isCancelled()) return;
	const misses: Array<{ item: number; why: string }> = [];
	const lacking = creations.filter(isIssued).filter(({ order }) => order.complete !== undefined);
	// What stopped the run may keep each look-up waiting, and its error with them.
	const hasStopped = isStopped(run, creations);
	await forEachCreation(
		run,
		lacking.filter(isHeld),
		async ({ order, outcome, itemIndex }) => {
			try {
				const more = await order.complete?.(run.session, outcome.reply);
				outcome.parcel = { ...outcome.parcel, ...more };
				outcome.id ??= safeIdOf(more?.key_id);
			} catch (error) {
				misses.push({ item: itemIndex, why: explanationOf(error).message });
			}
		},
		() => hasStopped && misses.length > 0,
	);
	const [first] = misses;
	if (first === undefined) return;
	run.notes.push(
		`The API keys were created, but their IDs could not be looked up [item ${listIds(misses.map(({ item }) => item))}]: ${first.why}. Look for them in ${run.api.keyList}.`,
	);
};

/** Tries each new key with one read-only call, where the user wants that. */
export const verify: Step = async (run, creations) => {
	if (isStopped(run, creations)) return;
	const wanted = creations.filter(isIssued).filter(({ how }) => how.verify);
	await forEachCreation(
		run,
		wanted.filter(isHeld),
		async ({ outcome }) => {
			const result = await verifyKey(run.session, run.api, textOf(outcome.reply.api_key));
			outcome.parcel = { ...outcome.parcel, ...result };
		},
		run.isCancelled,
	);
};

/**
 * The workflow settings, by their labels in n8n, because of which the data of this execution is
 * kept. What a workflow leaves to the instance counts as kept, because that is n8n's own default
 * for all but the progress (n8n.md 2.1); a node cannot read the instance's.
 */
function settingsThatKeep(context: IExecuteFunctions): string[] {
	const {
		saveDataErrorExecution: failed,
		saveDataSuccessExecution: successful,
		saveExecutionProgress: progress,
		saveManualExecutions: manual,
	} = context.getWorkflowSettings();
	const isManual = context.getMode() === 'manual';
	const settings: Array<[label: string, keeps: boolean]> = [
		['Save manual executions', isManual && manual !== false],
		['Save successful production executions', !isManual && successful !== 'none'],
		['Save failed production executions', !isManual && failed !== 'none'],
		['Save execution progress', progress === true],
	];
	return settings.filter(([, keeps]) => keeps).map(([label]) => `'${label}'`);
}

/**
 * Shows beside the output what the user should know of it: once for a run, that n8n keeps a copy of
 * the keys which go out in clear text, and what the other steps noted.
 */
export const warn: Step = async ({ context, notes }, creations) => {
	const isClear = creations.some(
		(c) => c.recipient === undefined && c.handOver === undefined && isDelivered(c),
	);
	const settings = isClear ? settingsThatKeep(context) : [];
	const copies =
		settings.length === 0
			? []
			: [
					`n8n may keep a copy of each API key in clear text in this execution. In the workflow's settings, set ${settings.join(' and ')} to 'Do not save', or encrypt the keys with the option 'Recipient Public Key'.`,
				];
	for (const message of [...notes, ...copies]) {
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
};
