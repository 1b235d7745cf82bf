import type { Explanation, Subject } from '../errors/failure';
import { meaningOf, UNREACHED } from '../errors/refusals';
import type { ApiClient } from './client';
import type { Exchange, Interrupted, Reply, Unreached } from './exchange';
import { readServerErrors } from './exchange';

/** Explains a request that never left for DigiCert. */
export function explainUnreached(
	client: Pick<ApiClient, 'quote'>,
	{ cause, detail }: Unreached,
): Explanation {
	// The system's words are a code; as it is, one can look it up.
	const found =
		cause === 'n8n' ? `n8n says: ${client.quote(detail)}.` : `The system says: ${detail}.`;
	return { ...UNREACHED[cause], found };
}

/** What DigiCert said, in full: every error with its code, or the body that says no. */
function quote(client: ApiClient, { status, json, text, bodyKind, holdsKey }: Reply): string {
	// What may hold a key, whole or in part, is never quoted.
	const isQuoted = status >= 300 && !holdsKey;
	const errors = isQuoted ? readServerErrors(json) : [];
	if (errors.length > 0) {
		const said = errors
			.map(({ code, message }) => (code === '' ? `"${message}"` : `"${message}" (${code})`))
			.join(', ');
		return `DigiCert says, with HTTP ${status}: ${client.quote(said)}.`;
	}
	const isWorthQuoting = isQuoted && text.trim() !== '' && bodyKind !== 'an HTML page';
	const body = isWorthQuoting ? `: ${client.quote(text)}` : '.';
	return `DigiCert answered HTTP ${status} with ${bodyKind}${body}`;
}

function describeInterruption({ timeoutMs }: ApiClient, { cause, detail }: Interrupted): string {
	switch (cause) {
		case 'timeout':
			return `No whole answer came within ${timeoutMs} ms (the option 'Timeout (Milliseconds)').`;
		case 'connection':
			return `The connection broke before the answer was complete (${detail}).`;
		case 'tls':
			return `The secure connection (TLS) did not work (${detail}). If the base URL leads to something that does not speak TLS, nothing was sent.`;
		case 'cancelled':
			return 'The execution was cancelled before the answer came.';
		case 'node':
			return `Something went wrong in this node while it handled the request (${detail}).`;
	}
}

/** What DigiCert or the network said, in full. */
export function describe(client: ApiClient, exchange: Exchange): string {
	switch (exchange.kind) {
		case 'reply':
			return quote(client, exchange);
		case 'unreached':
			return explainUnreached(client, exchange).found;
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
	if (exchange.kind === 'unreached') return explainUnreached(client, exchange);
	const codes = readServerErrors(exchange.json).map(({ code }) => code);
	return {
		...meaningOf(client.api, exchange, codes, subject),
		found: quote(client, exchange),
		httpCode: String(exchange.status),
	};
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
