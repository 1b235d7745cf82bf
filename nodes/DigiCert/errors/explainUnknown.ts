import type { Doubt, Found, Unknown } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../http/client';
import { isRedirect } from '../http/doubt';
import { describe } from './explain';
import type { Explanation } from './explanation';

const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';

const REASONS: Record<Exclude<Doubt, undefined>, string> = {
	several: 'None was switched off, because it cannot be told which of them are lost.',
	time: 'It was not switched off, because its time of creation cannot be compared with that of the request.',
	owner: 'It was not switched off, because it cannot be told for certain whose it is.',
	before:
		'It was not switched off, because the list could not be read before the creation, so it may have been there already.',
};

/** Says what went wrong with a call, as one sentence. */
export function summarize({ message, found }: Explanation): string {
	return [`${message}.`, found].filter((part) => part !== '').join(' ');
}

type Words = Pick<Explanation, 'message' | 'advice'>;

/** The sentences that name the request. */
function sentencesFor({ api, clock }: ApiClient, request: IssuanceRequest, { sentAt }: Unknown) {
	const { keyList, offWord } = api;
	const named = `named ${JSON.stringify(request.name)} of ${request.subject.thing}`;
	// DigiCert's list shows its own time.
	const at = (clock.earliestAt(sentAt) ?? sentAt).toISOString();
	return {
		named,
		since: `made since ${at}`,
		told: `DigiCert told the ID of the API key ${named} in its answer, at about ${at}.`,
		byHand: `Look in ${keyList} for an API key ${named} that was made at about ${at} and was never used. If there is one, ${offWord} it, because nobody has its value. Then run this item again.`,
	};
}

/** Describes the keys that fit, and why they do. */
function describeKeys(
	{ named, since, told }: ReturnType<typeof sentencesFor>,
	{ ids, isTimed }: Found,
	isTold: boolean,
): string {
	if (isTold) return told;
	// Without a time to compare, the keys fit by everything else.
	const when = isTimed ? ` ${since} and` : '';
	return ids.length === 1
		? `It is the only live API key ${named},${when} never used.`
		: `They are the live API keys ${named},${when} never used.`;
}

/** What is known when DigiCert's list was read. */
function tellFound(
	client: ApiClient,
	request: IssuanceRequest,
	outcome: Unknown,
	finding: Found,
): Words {
	const { offWord } = client.api;
	const { ids, doubt, requests, done } = finding;
	const sentences = sentencesFor(client, request, outcome);
	const { byHand } = sentences;
	if (ids.length === 0) {
		return {
			message: MAY_EXIST,
			advice: `DigiCert does not list it so far. A late request may still create it, so look again before you go on. ${byHand}`,
		};
	}
	const keys = describeKeys(sentences, finding, outcome.keyId !== undefined);
	const next =
		requests > ids.length
			? `But ${requests} items of this run lost the answer for a key of this name, so another one may still appear. ${byHand}`
			: 'Then run this item again.';
	if (done === 'switchedOff') {
		return {
			message: `The value of the new API key did not arrive, so key ${ids.join()} was switched off`,
			advice: `${keys} ${next.replace('Then run', 'Run')}`,
		};
	}
	const kept = done === 'kept' && doubt !== undefined ? [REASONS[doubt]] : [];
	const failed =
		typeof done === 'object' ? [`Switching it off did not work. ${summarize(done)}`] : [];
	const one = ids.length === 1;
	return {
		message: `${MAY_EXIST}: ${one ? 'key' : 'keys'} ${ids.join(', ')} may be it`,
		advice: [
			...[keys, ...kept, ...failed],
			one
				? `Unless you know that somebody has its value, ${offWord} it.`
				: `Find out which of them nobody received, and ${offWord} those.`,
			next,
		].join(' '),
	};
}

/** What is known of the lost key, and what to do. */
function tell(client: ApiClient, request: IssuanceRequest, outcome: Unknown): Words {
	const { finding } = outcome;
	if (finding?.kind === 'found') return tellFound(client, request, outcome, finding);
	const { byHand } = sentencesFor(client, request, outcome);
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
