import type { IDataObject } from 'n8n-workflow';

import { isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { listIds } from '../errors/failure';
import { inSlices } from '../scheduling';
import { isFound } from './creation';
import type { Creation, Issued, KeyOrder } from './creation';

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
	const { found } = outcome;
	const candidates = isFound(found) ? found.candidates : [];
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
	const proven = isFound(found) ? found.proven : [];
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
