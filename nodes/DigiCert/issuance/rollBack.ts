import { explanationOf, refusal } from '../errors/failure';
import { forEachCreation, isStopped } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isDelivered, isFound, isHeld, isIssued } from './creation';
import type { Creation, IssuedCreation } from './creation';
import { findKey } from './lostKeys';

/** The key's ID, if it is proven. Throws DigiCertFailure. */
async function provenId(run: Issuance, creation: IssuedCreation): Promise<number> {
	const { outcome } = creation;
	if (outcome.id !== undefined) return outcome.id;
	await findKey(run, creation);
	const { found } = outcome;
	if (isFound(found) && found.proven !== undefined) return found.proven.id;
	throw refusal(
		"DigiCert's answer does not tell its ID, and its list does not prove which one it is",
		'',
	);
}

/** Switches a run's own key off, and notes with it what came of that. */
export async function switchOff(run: Issuance, creation: IssuedCreation): Promise<void> {
	const { order, outcome } = creation;
	outcome.off = explanationOf(undefined);
	try {
		outcome.id = await provenId(run, creation);
		await order.listFor(outcome.reply).switchOff(run.enduring, outcome.id);
		outcome.off = 'done';
	} catch (error) {
		outcome.off = explanationOf(error);
	}
}

/**
 * Switches off every key that nobody receives: all keys of a run that stops, and in any run those
 * that cannot be put out. One that cannot be switched off does not hold up the others.
 */
export const rollBack: Step = async (run, creations) =>
	await switchOffUnless(isHeld, run, creations);

/** The same once the keys are delivered: what has not found its receiver by then never will. */
export const rollBackRest: Step = async (run, creations) =>
	await switchOffUnless(isDelivered, run, creations);

async function switchOffUnless(
	isWanted: (creation: Creation) => boolean,
	run: Issuance,
	creations: readonly Creation[],
): Promise<void> {
	const isEnd = isStopped(run, creations);
	const unwanted = creations
		.filter(isIssued)
		.filter(({ how, outcome }) => how.rollback && outcome.off === undefined)
		.filter(({ outcome }) => outcome.handedOver !== true && outcome.keep !== true)
		.filter((creation) => isEnd || !isWanted(creation));
	await forEachCreation(run, unwanted, async (creation) => await switchOff(run, creation));
}
