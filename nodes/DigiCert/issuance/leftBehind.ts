import type { IDataObject } from 'n8n-workflow';

import { isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { listIds, summarize, tellGroups } from '../errors/failure';
import type { Run } from '../run';
import { inSlices } from '../scheduling';
import { addTo } from '../values';
import { foundOf, isIssued, oldKeyThatIs } from './creation';
import type { Creation, Issued, KeyOrder, SwitchedOff } from './creation';

/**
 * What is known of a key that an item does not put out. `live`: it exists, and nobody is known to
 * have got its value from this run. `handed_over`: a sub-workflow has stored it. `candidate`: it is
 * listed and may be the one whose value was lost. `may_exist`: one that no list shows so far.
 */
export type KeyState = 'live' | 'switched_off' | 'handed_over' | 'candidate' | 'may_exist';

/** An entry of `context.keys` of an error, for workflows: the owner's field has the API's own name. */
export interface KeyEntry extends IDataObject {
	item: number;
	id: number | null;
	name: string;
	state: KeyState;
}

/** The keys that a creation made or may have made and that its item does not put out. */
export function keysOf({ itemIndex, order, sentName, outcome }: Creation): KeyEntry[] {
	const entry = (
		id: number | null,
		state: KeyState,
		name = sentName,
		owner = order.owner,
	): KeyEntry => ({ item: itemIndex, id, name, ...owner, state });
	if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') return [];
	const { proven, candidates } = foundOf(outcome);
	const listed = candidates.map((key) => ({
		...entry(key.id, 'candidate', key.name, order.ownerIn?.(key)),
		created_at: timeOf(key),
	}));
	if (outcome.kind === 'issued') {
		const { id = null, off, handedOver } = outcome;
		if (off === 'done') return [entry(id, 'switched_off')];
		if (handedOver === true) return [{ ...entry(id, 'handed_over'), ...oldKeyOf(order, outcome) }];
		return id === null ? [...listed, entry(null, 'live')] : [entry(id, 'live')];
	}
	if (proven.length > 0) {
		return proven.map(({ key, off }) =>
			entry(key.id, off === 'done' ? 'switched_off' : 'live', key.name),
		);
	}
	// Were the told one listed, live and unused, it would be proven.
	const told = outcome.toldId === undefined ? [] : [entry(outcome.toldId, 'candidate')];
	return [...told, ...listed, ...(told.length === 0 ? [entry(null, 'may_exist')] : [])];
}

/** What became of the key that a stored one replaces. */
function oldKeyOf({ replaces }: KeyOrder, { oldKey }: Issued): IDataObject {
	if (replaces === undefined || oldKey === undefined) return {};
	return { replaces: { id: replaces.id, state: oldKey } };
}

/** When DigiCert says that a key was created, as ISO 8601. */
export function timeOf({ createdAt }: KeyFacts): string | null {
	return createdAt !== undefined && isReadable(createdAt) ? createdAt.toISOString() : null;
}

/** Names keys by their IDs. */
export function nameKeys(ids: readonly number[]): string {
	return `${ids.length === 1 ? 'key' : 'keys'} ${listIds(ids)}`;
}

/** The keys of a whole run that nobody receives. An ID says enough; a name goes where there is none. */
export async function keysOfAll(creations: readonly Creation[]): Promise<KeyEntry[]> {
	const keys: KeyEntry[] = [];
	await inSlices(creations, (creation) => void keys.push(...keysOf(creation)));
	return keys;
}

export function idsIn(keys: readonly KeyEntry[], state: KeyState): number[] {
	return keys.flatMap((key) => (key.state === state && key.id !== null ? key.id : []));
}

/** The keys of a creation that were to be switched off, as far as that was tried. */
function switchOffsOf({ outcome }: Creation): Array<{ id?: number; off?: SwitchedOff }> {
	if (outcome.kind === 'issued') return [outcome];
	if (outcome.kind !== 'unknown') return [];
	return foundOf(outcome).proven.map(({ key: { id }, off }) => ({ id, off }));
}

/** Why some keys could not be switched off: each reason once, with all keys that it holds for. */
function describeStillLive(creations: readonly Creation[]): string[] {
	const idsOf = new Map<string, number[]>();
	for (const creation of creations) {
		for (const { id, off } of switchOffsOf(creation)) {
			if (typeof off === 'object') addTo(idsOf, summarize(off), ...(id === undefined ? [] : [id]));
		}
	}
	return tellGroups(
		idsOf,
		(ids, why) =>
			`Switching off did not work (${ids.length === 0 ? 'ID unknown' : listIds(ids)}): ${why}`,
	);
}

function describeOpen(keys: readonly KeyEntry[], state: KeyState, what: string): string[] {
	const items = keys.flatMap((key) => (key.id === null && key.state === state ? key.item : []));
	return items.length === 0 ? [] : [`${what} (item ${listIds(items)}).`];
}

function describeIds(ids: readonly number[], what: string): string[] {
	return ids.length === 0 ? [] : [`${what}: ${listIds(ids)}.`];
}

/** What a run leaves behind at DigiCert when its output reaches nobody, in sentences. */
export function describeKeys(
	{ api }: Run,
	creations: readonly Creation[],
	keys: readonly KeyEntry[],
) {
	const { offWord, keyList } = api;
	const made = creations.filter(isIssued);
	// Such a key may be in use: the sub-workflow failed, or it goes on after a cancel.
	const called = new Set(
		made.filter(({ outcome }) => outcome.keep === true).map(({ itemIndex }) => itemIndex),
	);
	const ofCalled = keys.filter(({ item }) => called.has(item));
	const ofOthers = keys.filter(({ item }) => !called.has(item));
	const besides = new Set(made.flatMap(({ order }) => order.subject.besides ?? []));
	const oldOnes = (state: Issued['oldKey']) =>
		made.flatMap((creation) => oldKeyThatIs(state, creation));
	return [
		...describeIds(idsIn(keys, 'switched_off'), 'Switched off again, because nobody receives them'),
		...describeIds(
			idsIn(ofOthers, 'live'),
			`Still live, and no output holds their values, so ${offWord} them`,
		),
		...describeIds(
			idsIn(ofCalled, 'live'),
			`Live, and a sub-workflow was called with them, so look into the store before you ${offWord} them`,
		),
		...describeIds(idsIn(keys, 'handed_over'), 'Stored by the sub-workflow, and live'),
		...describeIds(
			oldOnes('switched_off'),
			'Old keys switched off, because their successors are stored',
		),
		...describeIds(oldOnes('kept'), 'Old keys that were kept, and their successors are stored'),
		...describeIds(
			oldOnes('may_be_live'),
			'Old keys that may still be live, although their successors are stored',
		),
		...describeOpen(
			ofOthers,
			'live',
			`A key whose ID DigiCert did not tell is still live: look for it in ${keyList}`,
		),
		...describeOpen(
			ofCalled,
			'live',
			`A key whose ID DigiCert did not tell is live, and a sub-workflow was called with it, so look into the store before you ${offWord} it`,
		),
		...describeOpen(
			keys,
			'handed_over',
			'A key whose ID DigiCert did not tell is stored by the sub-workflow, and live',
		),
		...describeStillLive(creations),
		...describeIds(idsIn(keys, 'candidate'), 'Live keys that may be the ones that this run made'),
		...describeOpen(
			keys,
			'may_exist',
			`A key that is not in the list so far may exist: look in ${keyList}`,
		),
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}
