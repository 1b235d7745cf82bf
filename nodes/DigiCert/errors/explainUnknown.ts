import type { Doubt, Found, Unknown } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../transport/client';
import { isRedirect } from '../transport/doubt';
import { describe } from './explain';
import type { Explanation } from './explanation';

const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';

const REASONS: Record<Exclude<Doubt, undefined>, string> = {
	several: 'None was switched off, because it cannot be told which of them are lost.',
	time: 'It was not switched off, because its time of creation cannot be compared with that of the request.',
	owner: 'It was not switched off, because it cannot be told for certain whose it is.',
};

/** Says what went wrong with a call, as one sentence. */
export function summarize({ message, found }: Explanation): string {
	return [`${message}.`, found].filter((part) => part !== '').join(' ');
}

type Words = Pick<Explanation, 'message' | 'advice'>;

/** The sentences about one lost key, in which the request is named. */
function sentencesFor({ api, clock }: ApiClient, request: IssuanceRequest, sentAt: Date) {
	const { keyList, offWord } = api;
	const named = `named ${JSON.stringify(request.name)} of ${request.subject.thing}`;
	// DigiCert's list shows its own time.
	const at = (clock.earliestAt(sentAt) ?? sentAt).toISOString();
	return {
		byHand: `Look in ${keyList} for an API key ${named} that was made at about ${at} and was never used. If there is one, ${offWord} it, because nobody has its value. Then run this item again.`,
		onlyOne: `It is the only live API key ${named} that was made since ${at} and never used.`,
		several: `They are the live API keys ${named} that were made since ${at} and never used.`,
	};
}

/** What is known when DigiCert's list was read. */
function tellFound(
	client: ApiClient,
	request: IssuanceRequest,
	sentAt: Date,
	{ candidates, requests, done }: Found,
): Words {
	const { offWord } = client.api;
	const { byHand, onlyOne, several } = sentencesFor(client, request, sentAt);
	const [first, ...others] = candidates.map(({ id }) => id);
	if (first === undefined) {
		return {
			message: MAY_EXIST,
			advice: `DigiCert does not list it so far. A late request may still create it, so look again before you go on. ${byHand}`,
		};
	}
	const offByHand = `Unless you know that somebody has its value, ${offWord} it.`;
	const next =
		requests > candidates.length
			? `But ${requests} items of this run lost the answer for a key of this name, so another one may still appear. ${byHand}`
			: 'Then run this item again.';
	const mayBe = (keys: string) => `${MAY_EXIST}: ${keys} may be it`;

	if (done.kind === 'switchedOff') {
		return {
			message: `The value of the new API key did not arrive, so key ${first} was switched off`,
			advice: `${onlyOne} ${next.replace('Then run', 'Run')}`,
		};
	}
	if (done.kind === 'stillOn') {
		return {
			message: mayBe(`key ${first}`),
			advice: `${onlyOne} Switching it off did not work. ${summarize(done.failure)} ${offByHand} ${next}`,
		};
	}
	const reason = done.doubt === undefined ? '' : `${REASONS[done.doubt]} `;
	return others.length === 0
		? { message: mayBe(`key ${first}`), advice: `${onlyOne} ${reason}${offByHand} ${next}` }
		: {
				message: mayBe(`keys ${[first, ...others].join(', ')}`),
				advice: `${several} ${reason}Find out which of them nobody received, and ${offWord} those. ${next}`,
			};
}

/** What is known of the lost key, and what to do. */
function tell(client: ApiClient, request: IssuanceRequest, { sentAt, finding }: Unknown): Words {
	if (finding?.kind === 'found') return tellFound(client, request, sentAt, finding);
	const { byHand } = sentencesFor(client, request, sentAt);
	const why =
		finding === undefined ? '' : `The node could not look for it. ${summarize(finding.failure)} `;
	return { message: MAY_EXIST, advice: `${why}${byHand}` };
}

/** Explains a creation that DigiCert may or may not have carried out. */
export function explainUnknown(
	client: ApiClient,
	request: IssuanceRequest,
	outcome: Unknown,
): Explanation {
	const { exchange } = outcome;
	const { message, advice } = tell(client, request, outcome);
	const { besides } = request.subject;
	return {
		message,
		found: describe(client, exchange),
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
