import type { ApiClient } from '../transport/client';
import type { Interrupted, Reply, Unreached } from '../transport/exchange';
import { readServerErrors } from '../transport/serverErrors';
import type { Explanation } from './explanation';
import { explainRefusal } from './refusals';
import { explainUnreached } from './unreached';

/** Longest text taken over from DigiCert, in characters, so that a broken server cannot flood the execution data. */
const LONGEST_QUOTE = 2000;

/** Whom a call is about, as texts name it. */
export interface Subject {
	/** Such as "user 12". */
	readonly owner: string;
	/** The parameter that names the owner, such as "User". */
	readonly parameter: string;
}

/** What DigiCert said, in full: every error with its code, or what the body was instead. */
function quote(client: ApiClient, { status, json, bodyKind }: Reply): string {
	// A 2xx body may hold the key, whole or in part, so nothing of it is ever quoted.
	const errors = status >= 200 && status < 300 ? [] : readServerErrors(json);
	if (errors.length === 0) return `DigiCert answered HTTP ${status} with ${bodyKind}.`;
	const said = errors
		.map(({ code, message }) => (code === '' ? `"${message}"` : `"${message}" (${code})`))
		.join(', ');
	return `DigiCert says, with HTTP ${status}: ${client.redact(said).slice(0, LONGEST_QUOTE)}.`;
}

function describeInterruption({ timeoutMs }: ApiClient, { cause, detail }: Interrupted): string {
	switch (cause) {
		case 'timeout':
			return `No whole answer came within ${timeoutMs} ms (the option 'Timeout').`;
		case 'connection':
			return `The connection broke before the answer was complete (${detail}).`;
		case 'cancelled':
			return 'The execution was cancelled before the answer came.';
	}
}

/** Explains a call that DigiCert refused, or that never reached it: nothing happened there. */
export function explainRefused(
	client: ApiClient,
	exchange: Reply | Unreached,
	{ owner, parameter }: Subject,
): Explanation {
	if (exchange.kind === 'unreached') return explainUnreached(exchange);
	const codes = readServerErrors(exchange.json).map(({ code }) => code);
	const refusal = explainRefusal(client.api, exchange.status, codes, owner, parameter);
	const failure: Explanation['failure'] =
		exchange.status === 429
			? { cause: 'rate-limited', retryAfterMs: exchange.retryAfterMs }
			: refusal.failure;
	return { ...refusal, found: quote(client, exchange), failure, httpCode: String(exchange.status) };
}

/** Explains a creation that DigiCert may or may not have carried out. */
export function explainUnknown(
	client: ApiClient,
	exchange: Reply | Interrupted,
	{ owner }: Subject,
	name: string,
	sentAt: Date,
): Explanation {
	const { keyList, offWord } = client.api;
	const redirected =
		exchange.kind === 'reply' && exchange.status >= 300 && exchange.status < 400
			? "Redirects are never followed, because they can hand the credential's API key to another host: check the base URL of the credential. "
			: '';
	return {
		message: 'The API key may have been created at DigiCert, but its value did not arrive',
		found:
			exchange.kind === 'reply' ? quote(client, exchange) : describeInterruption(client, exchange),
		// No failure is declared: each kind that would fit a 5xx tells n8n that waiting and running
		// again helps, and here that could create a second key.
		advice: `${redirected}The request was not sent again, because that could create a second key. Look in ${keyList} for an API key named ${JSON.stringify(name)} of ${owner} that was made at about ${sentAt.toISOString()} and was never used. If there is one, ${offWord} it, because nobody has its value. Then run this item again.`,
		httpCode: exchange.kind === 'reply' ? String(exchange.status) : undefined,
	};
}
