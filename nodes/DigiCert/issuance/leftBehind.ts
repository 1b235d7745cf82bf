import { listIds, summarize, tellGroups } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import type { Run } from '../run';
import { inSlices } from '../scheduling';
import { addTo } from '../values';
import { isFound, isIssued, oldKeyThatIs } from './creation';
import type { Creation, Issued, SwitchedOff } from './creation';
import { explainOutcome } from './explain';
import { idsIn, nameKeys } from './namedKeys';
import type { KeyEntry, KeyState } from './namedKeys';

/** The keys of a creation that were to be switched off, as far as that was tried. */
function switchOffsOf({ outcome }: Creation): Array<{ id?: number; off?: SwitchedOff }> {
	if (outcome.kind === 'issued') return [outcome];
	if (outcome.kind !== 'unknown' || !isFound(outcome.found)) return [];
	return outcome.found.proven.map(({ key: { id }, off }) => ({ id, off }));
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

function describeIds(keys: readonly KeyEntry[], state: KeyState, what: string): string[] {
	const ids = idsIn(keys, state);
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
	const describeOld = (state: Issued['oldKey'], what: string) => {
		const ids = made.flatMap((creation) => oldKeyThatIs(state, creation));
		return ids.length === 0 ? [] : [`${what}: ${listIds(ids)}.`];
	};
	return [
		...describeIds(keys, 'switched_off', 'Switched off again, because nobody receives them'),
		...describeIds(
			ofOthers,
			'live',
			`Still live, and no output holds their values, so ${offWord} them`,
		),
		...describeIds(
			ofCalled,
			'live',
			`Live, and a sub-workflow was called with them, so look into the store before you ${offWord} them`,
		),
		...describeIds(keys, 'handed_over', 'Stored by the sub-workflow, and live'),
		...describeOld('switched_off', 'Old keys switched off, because their successors are stored'),
		...describeOld('kept', 'Old keys that were kept, and their successors are stored'),
		...describeOld(
			'may_be_live',
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
		...describeIds(keys, 'candidate', 'Live keys that may be the ones that this run made'),
		...describeOpen(
			keys,
			'may_exist',
			`A key that is not in the list so far may exist: look in ${keyList}`,
		),
		...[...besides].map((what) => `${what} remains in each case.`),
	];
}

export function countMade(creations: readonly Creation[]): string[] {
	const made = creations.filter(isIssued).length;
	if (made === 0) return [];
	return [`This run had already created ${made === 1 ? '1 API key' : `${made} API keys`}.`];
}

/** What went wrong with other items, those of the same kind together. */
export async function describeOthers(run: Run, others: readonly Creation[]): Promise<string[]> {
	const groups = new Map<string, Array<{ item: number; keyId: number | undefined }>>();
	await inSlices(others, (creation) => {
		const { message, keyId, found } = explainOther(run, creation);
		addTo(groups, `${message}. ${found}`.trim(), { item: creation.itemIndex, keyId });
	});
	return tellGroups(groups, (members, text) => {
		const ids = members.flatMap(({ keyId }) => keyId ?? []);
		const keys = ids.length === 0 ? '' : ` (${nameKeys(ids)})`;
		return `Item ${listIds(members.map(({ item }) => item))}: ${text}${keys}`;
	});
}

/** Why another item failed. What became of its key is told of all keys together. */
function explainOther(run: Run, creation: Creation): Explanation {
	const { outcome } = creation;
	const explanation = explainOutcome(run, creation);
	if (outcome.kind === 'unknown') {
		return { ...explanation, message: 'Whether a key was created is not known' };
	}
	return outcome.kind === 'issued' ? (outcome.reason ?? explanation) : explanation;
}
