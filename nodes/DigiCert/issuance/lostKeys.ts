import { sleep } from 'n8n-workflow';

import { isLive } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { readOnceWith } from '../digicert/keyLists';
import type { OwnKeys, ReadKeys } from '../digicert/keyLists';
import { tagOf } from '../digicert/keyNames';
import { switchKey } from '../digicert/keys';
import { explanationOf } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { classify } from '../http/classify';
import { pauses } from '../http/pacing';
import { secretsIn } from '../http/redaction';
import { inSlices } from '../scheduling';
import { forEachCreation } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isFound, isUnknown, laneOf } from './creation';
import type { Creation, Found, IssuedCreation, UnknownCreation } from './creation';

/** Creations whose key is looked for in its owner's list. */
type Sought = UnknownCreation | IssuedCreation;

/** What a run knows of its keys. */
export interface Known {
	/** IDs of keys whose values it has. */
	readonly held: ReadonlySet<number>;
	/** How many answers it lost, by lane. */
	readonly lostOf: ReadonlyMap<string, number>;
}

export async function whatIsKnown(creations: readonly Creation[]): Promise<Known> {
	const held = new Set<number>();
	const lostOf = new Map<string, number>();
	await inSlices(creations, (creation) => {
		const { outcome } = creation;
		if (outcome.kind === 'issued' && outcome.id !== undefined) held.add(outcome.id);
		if (outcome.kind !== 'unknown') return;
		const lane = laneOf(creation);
		lostOf.set(lane, (lostOf.get(lane) ?? 0) + 1);
	});
	return { held, lostOf };
}

/** Whether a request may still be creating a key that the list does not show yet. */
function mayBeLate({ outcome }: Sought): boolean {
	return outcome.kind === 'unknown' && classify(outcome.exchange).mayBeLate;
}

/** Whether a listed key is certainly the one that was sought: it carries the tag of this very creation, or the answer told it. */
function isProven({ tag, order, outcome }: Sought, key: KeyFacts): boolean {
	if (tag !== undefined && tagOf(key.name) === tag) return true;
	return outcome.kind === 'issued' ? order.isProven(outcome.reply, key) : outcome.toldId === key.id;
}

/** Whether a listed key is certainly another one: it ends otherwise than the value that is here. */
function isDisproven({ outcome }: Sought, { last4 = '' }: KeyFacts): boolean {
	if (outcome.kind !== 'issued' || last4 === '') return false;
	const secrets = secretsIn(outcome.reply);
	return secrets.length > 0 && secrets.every((secret) => secret.slice(-4) !== last4);
}

/**
 * Looks through the owner's keys for the one that a creation made, or may have made. Only what is
 * proven is ever acted upon: clocks differ, lists lag, and other runs use the same names.
 */
function lookThrough(keys: OwnKeys, sought: Sought, { held, lostOf }: Known): Found {
	const { order, sentName } = sought;
	const writtenTag = tagOf(sentName);
	const candidates = keys
		.named(order.name)
		.filter(
			(key) =>
				isLive(key) &&
				key.lastUsedAt === undefined &&
				tagOf(key.name) === writtenTag &&
				key.id !== order.replaces?.id &&
				!held.has(key.id) &&
				!isDisproven(sought, key),
		);
	const proven = candidates.filter((key) => isProven(sought, key));
	if (proven.length > 0) {
		const [only] = proven.length === 1 ? proven : [];
		return { candidates: proven, proven: only, mayBeMore: false };
	}
	// With other keys of the name among them, it may be none of them: the list may not show it yet.
	const isOpen = candidates.length !== (lostOf.get(laneOf(sought)) ?? 1);
	return { candidates, mayBeMore: isOpen || !keys.isComplete || mayBeLate(sought) };
}

/** Looks for a key in its owner's list, and notes with the creation what is there. Never throws. */
export async function look(
	read: ReadKeys,
	sought: Sought,
	known: Known,
): Promise<Found | Explanation> {
	const { order, outcome } = sought;
	try {
		const list = order.listFor(outcome.kind === 'issued' ? outcome.reply : undefined);
		return (outcome.found = lookThrough(await read(list), sought, known));
	} catch (error) {
		return (outcome.found = explanationOf(error));
	}
}

/** Switches a lost key off, if that is wanted and it is proven to be this creation's. */
async function switchOffProven(run: Issuance, creation: UnknownCreation): Promise<void> {
	const { how, outcome } = creation;
	const proven = isFound(outcome.found) ? outcome.found.proven : undefined;
	if (how.lostReply !== 'revoke' || proven === undefined) return;
	try {
		await switchKey(run.enduring, run.api, proven.id, 'off');
		outcome.off = 'done';
	} catch (error) {
		outcome.off = explanationOf(error);
	}
}

/**
 * Looks for the keys of all creations of unknown outcome: it names what fits, and switches off
 * what is proven where the user wants that. What is not listed and may appear yet is looked for a
 * second time, a moment later.
 */
export const findLostKeys: Step = async (run, creations) => {
	const unknown = creations.filter(isUnknown);
	if (unknown.length === 0) return;
	const known = await whatIsKnown(creations);
	async function lookFor(lost: readonly UnknownCreation[]): Promise<void> {
		const read = readOnceWith(run.enduring);
		await forEachCreation(run, lost, async (creation) => {
			await look(read, creation, known);
			await switchOffProven(run, creation);
		});
	}

	await lookFor(unknown);
	const isMissing = ({ outcome: { found } }: UnknownCreation) =>
		isFound(found) && found.candidates.length === 0;
	// A request that was broken off may still be carried out; a success says that the list lags.
	const mayAppear = (creation: UnknownCreation) =>
		mayBeLate(creation) || classify(creation.outcome.exchange).verdict === 'done';
	const open = unknown.filter((creation) => isMissing(creation) && mayAppear(creation));
	if (open.length === 0) return;
	await sleep(Math.min(pauses.secondLook, run.enduring.client.timeoutMs));
	await lookFor(open);
};
