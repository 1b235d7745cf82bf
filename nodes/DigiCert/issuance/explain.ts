import type { DigiCertApi } from '../digicert/apis';
import type { KeyFacts } from '../digicert/keyFacts';
import { explanationOf, headlineOf, notStarted, summarize } from '../errors/failure';
import type { Explanation } from '../errors/failure';
import { isRedirect } from '../http/classify';
import { describe, explainRefused } from '../http/explain';
import type { Run } from '../run';
import { foundOf, isFound } from './creation';
import type { Creation, Issued, Proven, Unknown } from './creation';
import { nameKeys, timeOf } from './leftBehind';

const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';

function named({ order, sentName }: Creation): string {
	return `named ${JSON.stringify(sentName)} of ${order.subject.thing}`;
}

function idsOf(keys: readonly KeyFacts[]): number[] {
	return keys.map(({ id }) => id);
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

/** What is known of keys that are listed and may be the lost one. */
function tellCandidates(
	{ offWord }: DigiCertApi,
	{ order, sentName }: Creation,
	candidates: readonly KeyFacts[],
	isOnly: boolean,
): string {
	const isOne = candidates.length === 1;
	const [one, many] = isOnly ? ['It is', 'They are'] : ['The other one is', 'The others are'];
	const owner = order.ownerIn === undefined ? ` of ${order.subject.thing}` : '';
	return `${isOne ? one : many} live, named ${JSON.stringify(sentName)}${owner}, and never used.${describeTimes(candidates)} Nothing proves that this creation made ${isOne ? 'it' : 'one of them'}. Unless somebody has ${isOne ? 'its value' : 'their values'}, ${offWord} ${isOne ? 'it' : 'them'}.`;
}

type Words = Pick<Explanation, 'message' | 'advice'>;

/** What became of keys that are proven to be the lost one, and what to do. */
function tellProven(
	{ offWord }: DigiCertApi,
	creation: Creation,
	proven: readonly Proven[],
): Words {
	const live = proven.filter(({ off }) => off !== 'done').map(({ key }) => key.id);
	const gone = proven.filter(({ off }) => off === 'done').map(({ key }) => key.id);
	const lost = 'The value of the new API key did not arrive';
	const isOne = proven.length === 1;
	const twice = isOne ? [] : ['Something on the way to DigiCert sent this request again.'];
	const they = `${isOne ? 'It is the API key' : 'They are API keys'} ${named(creation)}`;
	if (live.length === 0) {
		return {
			message: `${lost}, so ${nameKeys(gone)} ${isOne ? 'was' : 'were'} switched off`,
			advice: [...twice, `${they}, which nobody else can have made. Run this item again.`].join(
				' ',
			),
		};
	}
	const [is, it] = live.length === 1 ? ['is', 'it'] : ['are', 'them'];
	const failed = proven.flatMap(({ off }) =>
		typeof off === 'object' ? `Switching it off did not work. ${summarize(off)}` : [],
	);
	const how =
		creation.tag === undefined ? "DigiCert's answer tells its ID" : 'this creation made it';
	return {
		message: `${lost}: ${nameKeys(live)} ${is} live without it`,
		advice: [
			...failed,
			...twice,
			...(gone.length === 0 ? [] : [`Switched off: ${nameKeys(gone)}.`]),
			`${they}, and ${how}: ${offWord} ${it}. Then run this item again.`,
		].join(' '),
	};
}

/** What is known of the lost key, and what to do. */
function tellLost({ api }: Run, creation: Creation, outcome: Unknown): Words {
	const { found, toldId } = outcome;
	const byHand = `Look in ${api.keyList} for an API key ${named(creation)} that was never used. If there is one that nobody has the value of, ${api.offWord} it. Then run this item again.`;
	if (!isFound(found)) {
		const why = found === undefined ? '' : `The node could not look for it. ${summarize(found)} `;
		const told = toldId === undefined ? '' : `: key ${toldId} may be it`;
		return { message: `${MAY_EXIST}${told}`, advice: `${why}${byHand}` };
	}
	const { proven, candidates, toldWith } = found;
	if (proven.length > 0) return tellProven(api, creation, proven);
	const told = toldId === undefined ? [] : [toldId];
	const hints = [
		...told.map(
			(id) =>
				`DigiCert's answer tells key ${id}, and its list does not show that as a live, unused key of this name.`,
		),
		...(candidates.length === 0
			? []
			: [tellCandidates(api, creation, candidates, told.length === 0)]),
		...(toldWith === undefined ? [] : [`It may be one of ${namedWith(toldWith)}.`]),
	];
	const ids = [...idsOf(candidates), ...told];
	return {
		message: ids.length === 0 ? MAY_EXIST : `${MAY_EXIST}: ${nameKeys(ids)} may be it`,
		advice: [
			...hints,
			hints.length === 0
				? "DigiCert's list did not show it. The list may lag or lack something, and a late request may still create the key, so look again before you go on."
				: 'The list may not show the new one yet.',
			byHand,
		].join(' '),
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
function tellLive({ api }: Run, creation: Creation, outcome: Issued): string {
	if (outcome.id !== undefined) return `Make sure to ${api.offWord} it.`;
	const { candidates, toldWith } = foundOf(outcome);
	let where = `Look in ${api.keyList} for it`;
	if (candidates.length > 0) {
		where = `It may be one of these: ${nameKeys(idsOf(candidates))}, or another one in ${api.keyList}`;
	} else if (toldWith !== undefined) {
		where = `It may be one of ${namedWith(toldWith)}, or another one in ${api.keyList}`;
	}
	return `${where}, and ${api.offWord} it. It is ${named(creation)}.`;
}

/** Why a run puts a key out no more, where it is not for the key's own sake. */
function explainStop({ isCancelled, stopOnFailure }: Run): Explanation {
	if (isCancelled()) return { message: 'The execution was cancelled', found: '', advice: '' };
	if (!stopOnFailure) return explanationOf(undefined);
	return { message: 'The run stopped because of another item', found: '', advice: '' };
}

/** Explains a key that was made and is not put out. */
function explainUndelivered(run: Run, creation: Creation, outcome: Issued): Explanation {
	const { id, off, reason } = outcome;
	const { order, sentName } = creation;
	const { besides } = order.subject;
	const remains = besides === undefined ? '' : ` ${besides} remains.`;
	const key = id === undefined ? 'the key' : `key ${id}`;
	const unknownId =
		id === undefined
			? ` DigiCert's answer does not tell its ID: it is named ${JSON.stringify(sentName)}, in ${run.api.keyList}.`
			: '';
	const why = reason ?? explainStop(run);
	const tell = (end: string, advice: string): Explanation => ({
		message: `${headlineOf(why)}, ${end}`,
		found: why.found,
		advice: `${advice}${remains}`,
	});
	if (off === 'done') {
		return tell(
			`so ${key} of this item was switched off again`,
			why.advice || 'Run this item again if you still need it.',
		);
	}
	if (outcome.handedOver === true) {
		return tell(
			`after the sub-workflow had stored ${key} of this item`,
			`${why.advice} The key is live, and the store has it.${unknownId}`,
		);
	}
	if (outcome.keep === true) {
		return tell(`and ${key} of this item is kept`, `${why.advice}${unknownId}`);
	}
	const failed = typeof off === 'object' ? `Switching it off did not work: ${summarize(off)} ` : '';
	return tell(
		`and ${key} of this item may still be live`,
		`${failed}${tellLive(run, creation, outcome)}`,
	);
}

function explainWithheld({ order }: Creation, earlier: number): Explanation {
	return {
		message: `Not sent, because item ${earlier} of this run asked for the same API key and did not receive it`,
		found: '',
		advice: `Another request could make a second key named ${JSON.stringify(order.name)} of ${order.subject.thing}. Act on the error of item ${earlier} first, then run this item again.`,
	};
}

/** Explains why an item has no key to put out. */
export function explainOutcome(run: Run, creation: Creation): Explanation {
	const { outcome, order } = creation;
	switch (outcome.kind) {
		case 'planned':
		case 'skipped':
			return run.isCancelled() ? notStarted().explanation : explanationOf(undefined);
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
