import { switchKey } from '../digicert/keys';
import { explanationOf, refusal } from '../errors/failure';
import { forEachCreation, isStopped } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isDelivered, isFound, isHeld, isIssued } from './creation';
import type { Creation, IssuedCreation } from './creation';
import { look, startSearch, whatIsKnown } from './lostKeys';
import type { Search } from './lostKeys';

const NOT_PROVEN = refusal(
	"DigiCert's answer does not tell its ID, and its list does not prove which one it is",
	'',
).explanation;

/** Switches a run's own key off, and notes with it what came of that. */
export async function switchOff(
	run: Issuance,
	{ outcome }: IssuedCreation,
	id: number,
): Promise<void> {
	// Until it is done, and if anything is thrown.
	outcome.off = explanationOf(undefined);
	try {
		await switchKey(run.enduring, run.api, id, 'off');
		outcome.off = 'done';
	} catch (error) {
		outcome.off = explanationOf(error);
	}
}

/**
 * Switches off every key that nobody receives: all keys of a run that stops, and in any run those
 * that cannot be put out. One that cannot be switched off does not hold up the others. One whose ID
 * the answer does not tell is looked for, and switched off if the list proves which one it is.
 */
export const rollBack: Step = async (run, creations) =>
	await switchOffUnless(isHeld, run, creations);

/** The same once the keys are delivered: what has not found its receiver by then never will. */
export const rollBackRest: Step = async (run, creations) =>
	await switchOffUnless(isDelivered, run, creations);

/** Whether a key of its kind is switched off when nobody receives it. */
function mayGo({ how, outcome }: IssuedCreation): boolean {
	if (outcome.off !== undefined || outcome.handedOver === true) return false;
	return outcome.keep === undefined ? how.rollback : !outcome.keep;
}

async function switchOffUnless(
	isWanted: (creation: Creation) => boolean,
	run: Issuance,
	creations: readonly Creation[],
): Promise<void> {
	const isEnd = isStopped(run, creations);
	const unwanted = creations
		.filter(isIssued)
		.filter((creation) => mayGo(creation) && (isEnd || !isWanted(creation)));
	await switchOffAll(run, unwanted, creations);
}

/**
 * Switches keys of this run off. One whose ID the answer does not tell is looked for, and switched
 * off if the list proves which one it is.
 *
 * @param creations all of the run: what they hold is not taken for the key that is looked for
 */
export async function switchOffAll(
	run: Issuance,
	unwanted: readonly IssuedCreation[],
	creations: readonly Creation[],
): Promise<void> {
	if (unwanted.length === 0) return;
	let search: Promise<Search> | undefined;
	await forEachCreation(run, unwanted, async (creation) => {
		const { outcome } = creation;
		if (outcome.id === undefined) {
			search ??= whatIsKnown(creations).then((known) => startSearch(run, known));
			const found = await look(await search, creation);
			if (isFound(found)) outcome.id = found.proven?.id;
			if (outcome.id === undefined) {
				outcome.off = isFound(found) ? NOT_PROVEN : found;
				return;
			}
		}
		await switchOff(run, creation, outcome.id);
	});
}
