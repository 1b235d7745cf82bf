import type { ApiClient } from '../http/client';
import type { Exchange, Interrupted, Reply, Unreached } from '../http/exchange';
import { withoutKeys } from '../http/keyFields';
import { readServerErrors } from '../http/serverErrors';
import type { Explanation, Subject } from './explanation';
import { explainRefusal } from './refusals';
import { explainUnreached } from './unreached';

/** Longest text taken over from DigiCert, in characters, so that a broken server cannot flood the execution data. */
const LONGEST_QUOTE = 2000;

/** A text from outside, without our key or what looks like one, and not longer than a person reads. */
function excerpt(client: ApiClient, text: string): string {
	const safe = withoutKeys(client.redact(text));
	return safe.length > LONGEST_QUOTE ? `${safe.slice(0, LONGEST_QUOTE)}… (cut)` : safe;
}

/** What DigiCert said, in full: every error with its code, or the body that says no. */
function quote(client: ApiClient, { status, json, text, bodyKind }: Reply): string {
	// A 2xx body may hold the key, whole or in part, so nothing of it is ever quoted.
	const errors = status >= 200 && status < 300 ? [] : readServerErrors(json);
	if (errors.length > 0) {
		const said = errors
			.map(({ code, message }) => (code === '' ? `"${message}"` : `"${message}" (${code})`))
			.join(', ');
		return `DigiCert says, with HTTP ${status}: ${excerpt(client, said)}.`;
	}
	const isWorthQuoting = text.trim() !== '' && bodyKind !== 'an HTML page';
	const body = isWorthQuoting ? `: ${excerpt(client, text.trim())}` : '.';
	return `DigiCert answered HTTP ${status} with ${bodyKind}${body}`;
}

function describeInterruption({ timeoutMs }: ApiClient, { cause, detail }: Interrupted): string {
	switch (cause) {
		case 'timeout':
			return `No whole answer came within ${timeoutMs} ms (the option 'Timeout').`;
		case 'connection':
			return `The connection broke before the answer was complete (${detail}).`;
		case 'tls':
			return `The secure connection (TLS) did not work (${detail}). If the base URL leads to something that does not speak TLS, nothing was sent.`;
		case 'cancelled':
			return 'The execution was cancelled before the answer came.';
	}
}

/** What DigiCert or the network said, in full. */
export function describe(client: ApiClient, exchange: Exchange): string {
	switch (exchange.kind) {
		case 'reply':
			return quote(client, exchange);
		case 'unreached':
			return explainUnreached(exchange).found;
		case 'interrupted':
			return describeInterruption(client, exchange);
	}
}

/** Explains a call that DigiCert refused, or that never reached it: nothing happened there. */
export function explainRefused(
	client: ApiClient,
	exchange: Reply | Unreached,
	subject: Subject,
): Explanation {
	if (exchange.kind === 'unreached') return explainUnreached(exchange);
	const codes = readServerErrors(exchange.json).map(({ code }) => code);
	const refusal = explainRefusal(client.api, exchange.status, codes, subject);
	const failure: Explanation['failure'] =
		exchange.status === 429
			? { cause: 'rate-limited', retryAfterMs: exchange.retryAfterMs }
			: refusal.failure;
	return { ...refusal, found: quote(client, exchange), failure, httpCode: String(exchange.status) };
}

/**
 * Explains a call that reads or sets something and got no usable answer. Unlike a creation, it can
 * be made again without harm.
 *
 * @param changes whether the call was to change something
 */
export function explainUnanswered(
	client: ApiClient,
	exchange: Exchange,
	changes: boolean,
): Explanation {
	const down = exchange.kind === 'reply' && exchange.status >= 500;
	return {
		message: changes
			? 'DigiCert did not confirm the change'
			: 'DigiCert did not give a usable answer',
		found: describe(client, exchange),
		advice: changes
			? 'The change may have been made or not. Run this item again, since making it twice does no harm, and check the base URL of the credential if it goes on.'
			: 'Nothing was changed. Run this item again later, and check the base URL of the credential if it goes on.',
		failure: down ? { cause: 'temporarily-unavailable' } : undefined,
		httpCode: exchange.kind === 'reply' ? String(exchange.status) : undefined,
		inDoubt: changes,
	};
}
