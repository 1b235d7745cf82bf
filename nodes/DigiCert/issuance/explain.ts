import type { IDataObject } from 'n8n-workflow';

import type { KeyFacts } from '../digicert/keyFacts';
import { isReadable } from '../digicert/keyFacts';
import { headlineOf, notStarted, refusal, summarize } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { isRedirect } from '../http/classify';
import { describe, explainRefused } from '../http/explain';
import type { Run } from '../run';
import { isFound } from './creation';
import type { Creation, Found, Issued, Unknown } from './creation';

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
		if (handedOver === true) return [entry(id, 'handed_over')];
		return id === null ? [...listed, entry(null, 'live')] : [entry(id, 'live')];
	}
	const proven = isFound(found) ? found.proven : undefined;
	if (proven !== undefined) {
		return [entry(proven.id, outcome.off === 'done' ? 'switched_off' : 'live', proven.name)];
	}
	// Were the told one listed, it would be proven.
	const told = outcome.toldId === undefined ? [] : [entry(outcome.toldId, 'candidate')];
	return [...told, ...listed, ...(told.length === 0 ? [entry(null, 'may_exist')] : [])];
}

function timeOf({ createdAt }: KeyFacts): string | null {
	return createdAt !== undefined && isReadable(createdAt) ? createdAt.toISOString() : null;
}

/** IDs in order, with runs of them drawn together: none is left out, however many there are. */
export function listIds(ids: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
		const range = ranges.at(-1);
		if (range !== undefined && range[1] + 1 === id) range[1] = id;
		else ranges.push([id, id]);
	}
	return ranges
		.map(([first, last]) => {
			if (first === last) return String(first);
			return last === first + 1 ? `${first}, ${last}` : `${first}-${last}`;
		})
		.join(', ');
}

const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';

/** Names keys by their IDs. */
export function nameKeys(ids: readonly number[]): string {
	return `${ids.length === 1 ? 'key' : 'keys'} ${listIds(ids)}`;
}

/** Most candidates whose times are told one by one. */
const MOST_TIMES = 10;

function describeTimes(candidates: readonly KeyFacts[]): string {
	if (candidates.length > MOST_TIMES) return '';
	const times = candidates.map((key) => `${key.id} at ${timeOf(key) ?? 'an unknown time'}`);
	return ` DigiCert's time of creation: ${times.join(', ')}.`;
}

/** The candidates, where another item names them. */
function namedWith(itemIndex: number): string {
	return `the keys that the error of item ${itemIndex} names`;
}

type Words = Pick<Explanation, 'message' | 'advice'>;

/** What is known of the lost key, and what to do. */
function tellLost({ api }: Run, { order, sentName, tag }: Creation, outcome: Unknown): Words {
	const { found, toldId, off } = outcome;
	const named = `named ${JSON.stringify(sentName)} of ${order.subject.thing}`;
	const byHand = `Look in ${api.keyList} for an API key ${named} that was never used. If there is one that nobody has the value of, ${api.offWord} it. Then run this item again.`;
	if (!isFound(found)) {
		const why = found === undefined ? '' : `The node could not look for it. ${summarize(found)} `;
		const told = toldId === undefined ? '' : `: key ${toldId} may be it`;
		return { message: `${MAY_EXIST}${told}`, advice: `${why}${byHand}` };
	}
	const { proven, candidates, toldWith } = found;
	if (proven !== undefined && off === 'done') {
		return {
			message: `The value of the new API key did not arrive, so key ${proven.id} was switched off`,
			advice: `It is the API key ${named}, which nobody else can have made. Run this item again.`,
		};
	}
	const failed = typeof off === 'object' ? `Switching it off did not work. ${summarize(off)} ` : '';
	if (proven !== undefined) {
		return {
			message: `The value of the new API key did not arrive: key ${proven.id} is live without it`,
			advice: `${failed}It is the API key ${named}, and ${tag === undefined ? "DigiCert's answer tells its ID" : 'this creation made it'}: ${api.offWord} it. Then run this item again.`,
		};
	}
	const ids = [
		...new Set([...candidates.map(({ id }) => id), ...(toldId === undefined ? [] : [toldId])]),
	];
	if (ids.length === 0) {
		const where =
			toldWith === undefined
				? 'DigiCert does not list it so far. A late request may still create it, so look again before you go on.'
				: `It may be one of ${namedWith(toldWith)}.`;
		return { message: MAY_EXIST, advice: `${where} ${byHand}` };
	}
	const one = ids.length === 1;
	const owner = order.ownerIn === undefined ? ` of ${order.subject.thing}` : '';
	return {
		message: `${MAY_EXIST}: ${nameKeys(ids)} may be it`,
		advice: `${one ? 'It is' : 'They are'} live, named ${JSON.stringify(sentName)}${owner}, and never used.${describeTimes(candidates)} Nothing proves that this creation made ${one ? 'it' : 'one of them'}. Unless somebody has ${one ? 'its value' : 'their values'}, ${api.offWord} ${one ? 'it' : 'them'}. The list may not show the new one yet. ${byHand}`,
	};
}

/** Explains a creation that DigiCert may or may not have carried out. */
function explainUnknown(run: Run, creation: Creation, outcome: Unknown): Explanation {
	const { exchange } = outcome;
	const { besides } = creation.order.subject;
	const { message, advice } = tellLost(run, creation, outcome);
	return {
		message,
		found: describe(run.enduring.client, exchange),
		advice: [
			...(isRedirect(exchange)
				? [
						"Redirects are never followed, because they can hand the credential's API key to another host: check the base URL of the credential.",
					]
				: []),
			'The request was not sent again, because that could create a second key.',
			advice,
			...(besides === undefined
				? []
				: [`${besides} may exist as well: look for it before you run this item again.`]),
		].join(' '),
		// No failure is declared: each kind that would fit a 5xx tells n8n that waiting and running
		// again helps, and here that could create a second key.
		httpCode: exchange.kind === 'reply' ? String(exchange.status) : undefined,
	};
}

/** What a user can do about a key of this run that is still live. */
function tellLive({ api }: Run, { order }: Creation, { id, found }: Issued): string {
	if (id !== undefined) return `Make sure to ${api.offWord} it.`;
	const { candidates, toldWith }: Found = isFound(found) ? found : { candidates: [] };
	let where = `Look in ${api.keyList} for it`;
	if (candidates.length > 0) {
		const ids = candidates.map((key) => key.id);
		where = `It may be one of these: ${nameKeys(ids)}, or another one in ${api.keyList}`;
	} else if (toldWith !== undefined) {
		where = `It may be one of ${namedWith(toldWith)}, or another one in ${api.keyList}`;
	}
	return `${where}, and ${api.offWord} it. It is named ${JSON.stringify(order.name)} of ${order.subject.thing}.`;
}

/** Explains a key that was made and is not put out. */
function explainUndelivered(run: Run, creation: Creation, outcome: Issued): Explanation {
	const { id, off, reason } = outcome;
	const { besides } = creation.order.subject;
	const remains = besides === undefined ? '' : ` ${besides} remains.`;
	const key = id === undefined ? 'the key' : `key ${id}`;
	const stop = run.isCancelled()
		? 'The execution was cancelled'
		: 'The run stopped because of another item';
	const why = reason ?? refusal(stop, '').explanation;
	const message = headlineOf(why);
	if (off === 'done') {
		return {
			message: `${message}, so ${key} of this item was switched off again`,
			found: why.found,
			advice: `${why.advice || 'Run this item again if you still need it.'}${remains}`,
		};
	}
	if (outcome.handedOver === true) {
		return {
			message: `${message}, after the sub-workflow had stored ${key} of this item`,
			found: why.found,
			advice: `${why.advice} The key is live, and the store has it.${remains}`,
		};
	}
	if (outcome.keep === true) {
		return {
			message: `${message}, and ${key} of this item is kept`,
			found: why.found,
			advice: `${why.advice}${remains}`,
		};
	}
	const failed = off === undefined ? '' : `Switching it off did not work: ${summarize(off)} `;
	return {
		message: `${message}, and ${key} of this item may still be live`,
		found: why.found,
		advice: `${failed}${tellLive(run, creation, outcome)}${remains}`,
	};
}

function explainWithheld({ order }: Creation, earlier: number): Explanation {
	return refusal(
		`Not sent, because item ${earlier} of this run asked for the same API key and did not receive it`,
		`Another request could make a second key named ${JSON.stringify(order.name)} of ${order.subject.thing}. Act on the error of item ${earlier} first, then run this item again.`,
	).explanation;
}

/** Explains why an item has no key to put out. */
export function explainOutcome(run: Run, creation: Creation): Explanation {
	const { outcome, order } = creation;
	switch (outcome.kind) {
		case 'planned':
		case 'skipped':
			return notStarted().explanation;
		case 'declined':
			return outcome.explanation;
		case 'refused':
			return explainRefused(run.enduring.client, outcome.exchange, order.subject);
		case 'unknown':
			return explainUnknown(run, creation, outcome);
		case 'issued':
			return explainUndelivered(run, creation, outcome);
		case 'withheld':
			return explainWithheld(creation, outcome.earlier.itemIndex);
	}
}
