import { sleep } from 'n8n-workflow';

import { switchOff } from '../digicert/keys';
import type { Explanation } from '../errors/failure';
import { forEachCreation, isStopped } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isDelivered, isFound, isHeld, isIssued } from './creation';
import type { Creation, IssuedCreation } from './creation';
import { look, mayBeProven, secondPause, startSearch } from './lostKeys';
import type { Search } from './lostKeys';

/** Most looks for an own key whose ID the answer does not tell. */
const MOST_LOOKS = 2;

const NOT_PROVEN: Explanation = {
	message: "DigiCert's answer does not tell its ID, and its list does not prove which one it is",
	found: '',
	advice: '',
};

/** Takes a run's own key back: switches it off, and notes with it what came of that. */
export async function withdraw(
	run: Issuance,
	{ outcome }: IssuedCreation,
	id: number,
): Promise<void> {
	outcome.off = 'pending';
	outcome.off = await switchOff(run.enduring, run.api, id);
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

/** Whether a key of its kind is switched off when nobody receives it. */
function mayGo({ how, outcome }: IssuedCreation): boolean {
	if (outcome.off !== undefined) return false;
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
	await Promise.allSettled(run.underWay);
}

/**
 * Switches keys of this run off. One whose ID the answer does not tell is looked for, a second time
 * when the list may lag, and switched off if the list proves which one it is.
 *
 * @param creations all of the run: what they hold is not taken for the key that is looked for
 */
export async function switchOffAll(
	run: Issuance,
	unwanted: readonly IssuedCreation[],
	creations: readonly Creation[],
): Promise<void> {
	// All at once, so that nothing else begins with one of them.
	for (const { outcome } of unwanted) outcome.off = 'pending';
	const work = switchOffMarked(run, unwanted, creations).finally(() => {
		// Where something was thrown, the next step tries again.
		for (const { outcome } of unwanted) if (outcome.off === 'pending') outcome.off = undefined;
		run.underWay.delete(work);
	});
	run.underWay.add(work);
	await work;
}

async function switchOffMarked(
	run: Issuance,
	unwanted: readonly IssuedCreation[],
	creations: readonly Creation[],
): Promise<void> {
	let open = unwanted;
	for (let looks = 1; open.length > 0; looks++) {
		const missing: IssuedCreation[] = [];
		let search: Promise<Search> | undefined;
		await forEachCreation(run, open, async (creation) => {
			const { outcome } = creation;
			if (outcome.id === undefined) {
				search ??= startSearch(run, creations);
				const found = await look(await search, creation);
				if (!isFound(found)) {
					outcome.off = found;
					return;
				}
				outcome.id = found.proven[0]?.key.id;
			}
			if (outcome.id !== undefined) await withdraw(run, creation, outcome.id);
			else if (looks < MOST_LOOKS && mayBeProven(creation)) missing.push(creation);
			else outcome.off = NOT_PROVEN;
		});
		if (missing.length > 0) await sleep(secondPause(run));
		open = missing;
	}
}
