import { sleep } from 'n8n-workflow';

import { isOff } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { readOnceWith } from '../digicert/keyLists';
import type { ReadKeys } from '../digicert/keyLists';
import { baseNameOf, tagOf } from '../digicert/keyNames';
import { switchOff } from '../digicert/keys';
import { explanationOf } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { classify, mayBeLate } from '../http/classify';
import { pauses } from '../http/pacing';
import { secretsIn } from '../http/redaction';
import { inSlices } from '../scheduling';
import { addTo, idsIn } from '../values';
import { forEachCreation } from './carryOut';
import type { Issuance, Step } from './carryOut';
import { isFound, isIssued, isUnknown } from './creation';
import type { Creation, Found, Issued, IssuedCreation, UnknownCreation } from './creation';

/** Creations whose key is looked for in its owner's list. */
type Sought = UnknownCreation | IssuedCreation;

/** Listed keys of one owner, name and tag. */
interface Picked {
	/** Those that the key can be proven to be: whoever has its value may have used it. */
	readonly possible: KeyFacts[];
	/** Of these, the ones that were never used, and are not certainly held by this run. */
	readonly free: KeyFacts[];
	/** The item that names them, where they are too many to be named with each. */
	toldWith?: number;
}

/** A look for lost keys in the lists of their owners, with what the run knows of its own keys. */
export interface Search {
	readonly read: ReadKeys;
	/** IDs of keys that are certainly not lost ones: their values are here, or they are to be replaced. */
	readonly held: ReadonlySet<number>;
	/** Keys whose values it has and whose IDs it does not know, by each ID that their answers tell. */
	readonly nameless: ReadonlyMap<string, readonly IssuedCreation[]>;
	/** What was picked so far, by tag: many items may look for a key of the same owner and name. */
	readonly picks: Map<string, ReadonlyMap<string | undefined, Picked>>;
}

/** @param creations all of the run */
export async function startSearch(run: Issuance, creations: readonly Creation[]): Promise<Search> {
	const held = new Set<number>();
	const nameless = new Map<string, IssuedCreation[]>();
	await inSlices(creations, (creation) => {
		const { replaces } = creation.order;
		if (replaces !== undefined) held.add(replaces.id);
		if (!isIssued(creation)) return;
		const { id, reply } = creation.outcome;
		if (id !== undefined) held.add(id);
		else for (const told of idsIn(reply)) addTo(nameless, String(told), creation);
	});
	return { read: readOnceWith(run.enduring), held, nameless, picks: new Map() };
}

/** Whether a listed key is certainly one of those whose values the run has, though not their IDs. */
function isTaken({ nameless }: Search, key: KeyFacts): boolean {
	return [key.id, key.ownerId]
		.flatMap((id) => nameless.get(String(id)) ?? [])
		.some(({ order, outcome }) => order.isProven?.(outcome.reply, key) === true);
}

/** Whether there is anything to prove a key by. */
export function mayBeProven({ tag, order, outcome }: Sought): boolean {
	if (tag !== undefined) return true;
	return outcome.kind === 'issued' ? order.isProven !== undefined : outcome.toldId !== undefined;
}

/**
 * Those keys that are certainly of a creation: they carry its tag, or are the one that the answer
 * told.
 *
 * @param possible ones of its owner, name and tag that are not switched off
 */
function provenOf(sought: Sought, possible: readonly KeyFacts[]): readonly KeyFacts[] {
	const { tag, order, outcome } = sought;
	if (!mayBeProven(sought)) return [];
	if (tag !== undefined) return possible;
	return possible.filter((key) =>
		outcome.kind === 'issued'
			? order.isProven?.(outcome.reply, key) === true
			: // Nobody can have used a key whose value did not arrive.
				key.id === outcome.toldId && key.lastUsedAt === undefined,
	);
}

/** Without those keys that are certainly others, because they end otherwise than the value that is here. */
function withoutOthers(keys: readonly KeyFacts[], { reply }: Issued): readonly KeyFacts[] {
	const ends = secretsIn(reply).map((secret) => secret.slice(-4));
	const mayBe = (last4: string) => last4 === '' || ends.length === 0 || ends.includes(last4);
	return keys.filter(({ last4 = '' }) => mayBe(last4));
}

/** Most candidates that are named with each item that they may belong to. */
const MOST_REPEATED = 10;

/** Picks the keys of one name out of a list that the one sought may be, those with the same tag together. */
function pickAll(search: Search, keys: readonly KeyFacts[]): Map<string | undefined, Picked> {
	const picks = new Map<string | undefined, Picked>();
	for (const key of keys) {
		if (isOff(key) || search.held.has(key.id)) continue;
		const tag = tagOf(key.name);
		const picked = picks.get(tag) ?? { possible: [], free: [] };
		picked.possible.push(key);
		if (key.lastUsedAt === undefined && !isTaken(search, key)) picked.free.push(key);
		picks.set(tag, picked);
	}
	return picks;
}

/** Picks the keys of a creation's owner, name and tag out of a list. */
async function pick(search: Search, sought: Sought): Promise<Picked> {
	const { read, picks } = search;
	const { order, outcome, sentName } = sought;
	const list = order.listFor(outcome.kind === 'issued' ? outcome.reply : undefined);
	const keys = await read(list);
	const place = JSON.stringify([list.source, list.ownerId, baseNameOf(order.name)]);
	const byTag = picks.get(place) ?? pickAll(search, keys.named(order.name));
	picks.set(place, byTag);
	return byTag.get(tagOf(sentName)) ?? { possible: [], free: [] };
}

/**
 * Looks for the key that a creation made, or may have made. Only what is proven is ever acted upon:
 * clocks differ, lists lag, and other runs use the same names.
 */
async function lookFor(search: Search, sought: Sought): Promise<Found> {
	const { itemIndex, outcome } = sought;
	const picked = await pick(search, sought);
	const proven = provenOf(sought, picked.possible);
	// The value that is here is that of one of them, and which one is not told.
	const isUnclear = outcome.kind === 'issued' && proven.length > 1;
	if (isUnclear) return { proven: [], candidates: proven };
	if (proven.length > 0) return { proven: proven.map((key) => ({ key })), candidates: [] };
	// It may be none of these: older keys of the name, while the list does not show this one yet.
	const { free } = picked;
	const candidates = outcome.kind === 'issued' ? withoutOthers(free, outcome) : free;
	if (candidates.length <= MOST_REPEATED || candidates.length < free.length) {
		return { proven: [], candidates };
	}
	picked.toldWith ??= itemIndex;
	const { toldWith } = picked;
	return toldWith === itemIndex
		? { proven: [], candidates }
		: { proven: [], candidates: [], toldWith };
}

/** Looks for a key in its owner's list, and notes with the creation what is there. Never throws. */
export async function look(search: Search, sought: Sought): Promise<Found | Explanation> {
	const { outcome } = sought;
	try {
		return (outcome.found = await lookFor(search, sought));
	} catch (error) {
		return (outcome.found = explanationOf(error));
	}
}

/** How long to wait before the second look at a list that may lag, in ms. */
export function secondPause({ enduring }: Issuance): number {
	return Math.min(pauses.secondLook, enduring.client.timeoutMs);
}

/**
 * Looks for the keys of all creations of unknown outcome: it names what fits, and switches off
 * what is proven where the user wants that. What is not listed and may appear yet is looked for a
 * second time, a moment later.
 */
export const findLostKeys: Step = async (run, creations) => {
	const unknown = creations.filter(isUnknown);
	if (unknown.length === 0) return;
	async function lookForAll(lost: readonly UnknownCreation[]): Promise<void> {
		const search = await startSearch(run, creations);
		await forEachCreation(run, lost, async (creation) => {
			const found = await look(search, creation);
			if (creation.how.lostReply !== 'revoke' || !isFound(found)) return;
			for (const proven of found.proven) {
				proven.off = await switchOff(run.enduring, run.api, proven.key.id);
			}
		});
	}

	await lookForAll(unknown);
	const isMissing = ({ outcome: { found } }: UnknownCreation) =>
		isFound(found) &&
		found.proven.length === 0 &&
		found.candidates.length === 0 &&
		found.toldWith === undefined;
	// A request that was broken off may still be carried out; a success says that the list lags. What
	// is to be switched off is worth a second look after any answer.
	const mayAppear = ({ tag, outcome: { exchange } }: UnknownCreation) =>
		tag !== undefined || mayBeLate(exchange) || classify(exchange) === 'done';
	const open = unknown.filter((creation) => isMissing(creation) && mayAppear(creation));
	if (open.length === 0) return;
	await sleep(secondPause(run));
	await lookForAll(open);
};
