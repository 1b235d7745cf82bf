import { sleep } from 'n8n-workflow';

import type { DigiCertApi } from '../digicert/apis';
import { isLive } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { tagOf } from '../digicert/keyNames';
import { readOnceWith } from '../digicert/keyLists';
import type { OwnKeys, ReadKeys } from '../digicert/keyLists';
import { listIds } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { pauses } from '../http/pacing';
import { breathe, inSlices } from '../scheduling';
import { forEachCreation } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isHeld, isIssued, isOf, laneOf } from './creation';
import type { Creation, IssuedCreation } from './creation';
import { withdraw } from './rollBack';

/** Most looks for an own key in a list that does not show it yet. */
const MOST_LOOKS = 5;

/** Other live keys of the same name, the one that was made first at the head. */
function namesakesOf({ order, outcome }: Creation, keys: OwnKeys): KeyFacts[] {
	const ownId = outcome.kind === 'issued' ? outcome.id : undefined;
	return keys
		.named(order.name)
		.filter((key) => isLive(key) && key.id !== order.replaces?.id && key.id !== ownId)
		.sort((a, b) => a.id - b.id);
}

function refuseExisting({ offWord }: DigiCertApi, { order }: Creation, id: number): Explanation {
	return {
		message: 'There is already a live API key of this name',
		found: '',
		advice: `${JSON.stringify(order.name)} of ${order.subject.thing}. The option 'If Name Exists' is set to 'Fail'. Choose another name, or ${offWord} that key first. Nothing was created for this item.`,
		keyId: id,
	};
}

function refuseRepeated({ itemIndex }: Creation): Explanation {
	return {
		message: `Item ${itemIndex} of this run asks for an API key of the same name and owner`,
		found: '',
		advice:
			"The option 'If Name Exists' is set to 'Fail'. Give each item a name of its own. Nothing was created for this item.",
	};
}

function refuseSuccessor({ itemIndex }: Creation, id: number): Explanation {
	return {
		message: `Item ${itemIndex} of this run replaces the same API key`,
		found: '',
		advice: `A key has one successor. Choose another one than key ${id} for this item, such as by an expression, or turn on 'Execute Once' in the node's settings. Nothing was created for this item.`,
	};
}

function madeElsewhere({ order }: Creation, id: number): Explanation {
	return {
		message: 'Another run made an API key of this name first',
		found: '',
		advice: `It is named ${JSON.stringify(order.name)}, of ${order.subject.thing}. Nothing needs to be done if that run has its value.`,
		keyId: id,
	};
}

const INCOMPLETE: Explanation = {
	message: 'It cannot be told whether there is an API key of this name',
	found: '',
	advice:
		"DigiCert's list of keys came incomplete, or with entries that cannot be read. Run this item again later, or set 'If Name Exists' to 'Create Another'. Nothing was created for this item.",
};

/** Refuses the items that ask for a key which an item before them asks for. */
async function declineRepeats(creations: readonly Creation[]): Promise<void> {
	const firsts = new Map<string, Creation>();
	await inSlices(creations, (creation) => {
		const first = firsts.get(laneOf(creation));
		if (first === undefined) firsts.set(laneOf(creation), creation);
		else if (creation.how.ifNameExists === 'fail') {
			creation.outcome = { kind: 'declined', explanation: refuseRepeated(first) };
		}
	});
}

/**
 * Refuses the items that replace a key which an item before them replaces: it gets one successor.
 * With *Skip*, a successor of the same name is put out again, as for any other item.
 */
async function declineSuccessors(creations: readonly Creation[]): Promise<void> {
	const firsts = new Map<number, Creation>();
	await inSlices(creations, (creation) => {
		const id = creation.order.replaces?.id;
		if (id === undefined) return;
		const first = firsts.get(id);
		if (first === undefined) firsts.set(id, creation);
		else if (creation.how.ifNameExists !== 'skip' || laneOf(creation) !== laneOf(first)) {
			creation.outcome = { kind: 'declined', explanation: refuseSuccessor(first, id) };
		}
	});
}

async function checkName(api: DigiCertApi, read: ReadKeys, creation: Creation): Promise<void> {
	const keys = await read(creation.order.listFor());
	const [first] = namesakesOf(creation, keys);
	if (first === undefined) {
		if (!keys.isComplete) creation.outcome = { kind: 'declined', explanation: INCOMPLETE };
		return;
	}
	creation.outcome =
		creation.how.ifNameExists === 'fail'
			? { kind: 'declined', explanation: refuseExisting(api, creation, first.id) }
			: { kind: 'skipped', record: { ...first.record, skipped: true } };
}

/** The creations after which this run switches an old key off, by the ID of that key. */
function heirsOf(creations: readonly Creation[]): ReadonlyMap<unknown, Creation> {
	const heirs = new Map<unknown, Creation>();
	for (const creation of creations) {
		const { handOver, order } = creation;
		if (handOver?.switchOffOld === true) heirs.set(order.replaces?.id, creation);
	}
	return heirs;
}

/** Refuses the items that would show a key which another one is to switch off. */
async function declineLeaving(creations: readonly Creation[]): Promise<void> {
	const heirs = heirsOf(creations.filter(isOf('planned')));
	if (heirs.size === 0) return;
	await inSlices(creations, (creation) => {
		const { outcome } = creation;
		const id = outcome.kind === 'skipped' ? outcome.record.id : undefined;
		const heir = heirs.get(id);
		if (id === undefined || heir === undefined) return;
		const explanation = {
			message: `Item ${heir.itemIndex} of this run replaces the API key of this name`,
			found: '',
			advice: `It switches key ${String(id)} off once the successor is stored. Choose another name, or run this item apart from that one, when that is done. Nothing was created for this item.`,
		};
		creation.outcome = { kind: 'declined', explanation };
	});
}

/**
 * Deals with names that exist, before the first key is created: puts the existing key out, or
 * refuses the item, as it does with a second successor of one key. Names with and without a tag are
 * the same here.
 */
export const checkNames: Step = async (run, creations) => {
	const strict = creations.filter(({ how }) => how.ifNameExists !== 'create');
	if (strict.some(({ how }) => how.ifNameExists === 'fail')) await declineRepeats(creations);
	const read = readOnceWith(run.session);
	const open: readonly Creation[] = strict.filter(isOf('planned'));
	await forEachCreation(run, open, async (creation) => await checkName(run.api, read, creation));
	// Only now is known which rotations go on.
	await declineSuccessors(creations.filter(isOf('planned')));
	await declineLeaving(creations);
	await breathe();
};

/** Settles what becomes of a key, by the owner's keys as they are listed after its creation. */
async function settle(
	run: Issuance,
	creation: IssuedCreation,
	id: number,
	keys: OwnKeys,
	heirs: ReadonlyMap<unknown, Creation>,
): Promise<void> {
	const { outcome, sentName } = creation;
	const others = namesakesOf(creation, keys);
	// A key stays for certain that is the owner's and has no tag: a tagged one may be about to be
	// switched off as lost. Where the run of another one fails, that says what became of it.
	const stays = ({ id: other, name, ownerId }: KeyFacts) =>
		tagOf(name) === undefined && ownerId !== undefined && !heirs.has(other);
	const [winner] = others.filter(stays);
	if (winner !== undefined && winner.id < id && keys.byId(id) !== undefined) {
		if (creation.how.ifNameExists === 'skip') {
			outcome.instead = { ...winner.record, skipped: true };
		}
		outcome.reason = madeElsewhere(creation, winner.id);
		await withdraw(run, creation, id);
		return;
	}
	// Those that do not give way to this one, for certain: it carries a tag, or they do, or it is not listed.
	const staying = others.filter(
		(other) => !stays(other) || tagOf(sentName) !== undefined || other.id < id,
	);
	if (staying.length > 0) {
		outcome.parcel = { ...outcome.parcel, also_live: staying.map((key) => key.id) };
	}
}

/**
 * One key for a name, also when n8n runs twice at the same time: of several live keys of one owner
 * and name, the one with the lowest ID stays. A run switches off its own key only, and only for one
 * that stays for certain.
 *
 * A list may lag (digicert-api.md F.23), so it is read again until it shows the own key, because
 * then it shows all that were made before it. All keys of the run are there by now: one reading
 * serves them all.
 */
export const settleNames: Step = async (run, creations) => {
	const unsure: number[] = [];
	const heirs = heirsOf(creations);
	let open: readonly IssuedCreation[] = creations
		.filter(isIssued)
		.filter((creation) => creation.how.ifNameExists !== 'create' && isHeld(creation));
	for (let look = 1; open.length > 0; look++) {
		const read = readOnceWith(run.enduring);
		const lagging: IssuedCreation[] = [];
		await forEachCreation(run, open, async (creation) => {
			const { id, reply } = creation.outcome;
			const keys = await read(creation.order.listFor(reply)).catch(() => undefined);
			if (id === undefined || keys === undefined) {
				unsure.push(creation.itemIndex);
				return;
			}
			const isShown = keys.byId(id) !== undefined;
			if (!isShown && look < MOST_LOOKS) {
				lagging.push(creation);
				return;
			}
			if (!isShown || !keys.isComplete) unsure.push(creation.itemIndex);
			await settle(run, creation, id, keys, heirs);
		});
		if (lagging.length > 0) await sleep(pauses.ownKey * 2 ** (look - 1));
		open = lagging;
	}
	if (unsure.length === 0) return;
	run.notes.push(
		`DigiCert's list does not show, or not for certain, whether there is another live API key of the same name and owner. Look for one before you go on. [item ${listIds(unsure)}]`,
	);
};
