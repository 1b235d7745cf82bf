import type { Doubt, Unknown } from '../issuance/outcome';
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

/** What is known of the lost key, and what to do. */
function tell(
	{ api }: ApiClient,
	{ subject, name }: IssuanceRequest,
	{ sentAt, finding }: Unknown,
): Pick<Explanation, 'message' | 'advice'> {
	const { keyList, offWord } = api;
	const named = `named ${JSON.stringify(name)} of ${subject.thing}`;
	const byHand = `Look in ${keyList} for an API key ${named} that was made at about ${sentAt.toISOString()} and was never used. If there is one, ${offWord} it, because nobody has its value. Then run this item again.`;
	const onlyOne = `It is the only live API key ${named} that was made since ${sentAt.toISOString()} and never used.`;
	const offByHand = `Unless you know that somebody has its value, ${offWord} it. Then run this item again.`;

	switch (finding?.kind) {
		case undefined:
			return { message: MAY_EXIST, advice: byHand };
		case 'failed':
			return {
				message: MAY_EXIST,
				advice: `The node could not look for it. ${summarize(finding.failure)} ${byHand}`,
			};
		case 'switchedOff':
			return {
				message: `The value of the new API key did not arrive, so key ${finding.key.id} was switched off`,
				advice: `${onlyOne} Run this item again.`,
			};
		case 'stillOn':
			return {
				message: `${MAY_EXIST}: key ${finding.key.id} may be it`,
				advice: `${onlyOne} Switching it off did not work. ${summarize(finding.failure)} ${offByHand}`,
			};
		case 'found':
			return tellFound(
				finding.candidates.map(({ id }) => id),
				finding.doubt,
			);
	}

	function tellFound(ids: number[], doubt: Doubt): Pick<Explanation, 'message' | 'advice'> {
		const reason = doubt === undefined ? '' : `${REASONS[doubt]} `;
		if (ids.length === 0) {
			return {
				message: MAY_EXIST,
				advice: `DigiCert does not list it so far. A late request may still create it, so look again before you go on. ${byHand}`,
			};
		}
		if (ids.length === 1) {
			return {
				message: `${MAY_EXIST}: key ${ids[0]} may be it`,
				advice: `${onlyOne} ${reason}${offByHand}`,
			};
		}
		return {
			message: `${MAY_EXIST}: keys ${ids.join(', ')} may be it`,
			advice: `They are the live API keys ${named} that were made since ${sentAt.toISOString()} and never used. ${reason}Find out which of them nobody received, and ${offWord} those. Then run this item again.`,
		};
	}
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
