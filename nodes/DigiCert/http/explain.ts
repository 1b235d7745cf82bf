import type { Explanation, Subject } from '../errors/failure';
import type { Api, ApiClient } from './client';
import type { Exchange, Interrupted, Reply, Unreached } from './exchange';
import { readServerErrors } from './exchange';

/** What DigiCert means by a refusal, and how to get past it. */
type Refusal = Pick<Explanation, 'message' | 'advice' | 'failure'>;

interface RefusalRule extends Refusal {
	readonly status: number;
	/** Part of an error code that has to be there; any code fits without it. */
	readonly code?: string;
}

const WRONG_KEY: Refusal = {
	message: 'DigiCert did not accept the API key of the credential',
	advice:
		"Check that the API key was copied whole and is still active. It also has to match the credential's 'Region': a key of the United States instance does not work on the Europe one.",
	failure: { cause: 'credential-invalid' },
};

/** What each API means by its refusals, the more particular first. */
const RULES: Record<Api['credential'], readonly RefusalRule[]> = {
	digiCertCertCentralApi: [
		// Recorded from the real service: a wrong key is a 403 with this code (digicert-api.md E).
		{ status: 403, code: 'access_denied_invalid_key', ...WRONG_KEY },
		{ status: 401, ...WRONG_KEY },
		{
			status: 403,
			code: 'missing_permission',
			message: 'DigiCert does not permit this call with the API key of the credential',
			advice:
				"The API key's user needs the Administrator role to manage the API keys of others, and the key itself must not be restricted to View Only, Orders, or Orders, Domains, Organizations. Use a credential with such a key, or ask an administrator.",
		},
		{
			status: 403,
			message: 'DigiCert refused this call with the API key of the credential',
			advice:
				"Check three things in CertCentral: the role of the API key's user, the role that the key itself is restricted to (a View Only key may only read), and the IP restrictions of the account, which may shut out the address of this n8n.",
		},
	],
	digiCertPartnerApi: [
		{
			status: 401,
			...WRONG_KEY,
			advice:
				'Check that the API key was copied whole, is still active, and is a Partner Subscriptions key. A CertCentral key does not work here.',
		},
		// The partner API documents 403 without codes, for several causes (digicert-api.md B.1, F.16).
		{
			status: 403,
			message: 'DigiCert refused this call with the API key of the credential',
			advice:
				'Use the API key of the parent account: the key of a subaccount can neither create keys nor reach those of others. Also check that the ID belongs to that parent account, and that the key is active and is a Partner Subscriptions key, not a CertCentral one.',
		},
	],
};

const COMMON_RULES: readonly RefusalRule[] = [
	{
		status: 400,
		message: 'DigiCert did not accept the values of the request',
		advice:
			'Compare the values of this item with what DigiCert says, correct them and run it again.',
	},
	{
		status: 407,
		message: 'A proxy between n8n and DigiCert refused the request',
		advice:
			'Check the proxy settings of n8n (HTTPS_PROXY), with the user name and password that the proxy wants.',
	},
];

const OTHER_REFUSAL: Refusal = {
	message: 'DigiCert refused the request',
	advice: 'Act on what DigiCert says, then run this item again.',
};

/** The meaning of a 4xx answer; of a 404, that what the call was about was not found. */
function meaningOf(
	{ credential }: Api,
	{ status, json, retryAfterMs }: Reply,
	{ thing, parameter }: Subject,
): Refusal {
	if (status === 404) {
		const check = parameter === undefined ? 'Check' : `Check '${parameter}', and`;
		return {
			message: `DigiCert did not find ${thing}`,
			advice: `${check} that the credential belongs to the right DigiCert account. If the credential has its own base URL, check that as well.`,
			failure: { cause: 'configuration-invalid' },
		};
	}
	if (status === 429) {
		return {
			message: "DigiCert's rate limit was reached and did not clear in time",
			advice:
				"Nothing was done. Run this item again later, send fewer items at a time, or raise 'Rate Limit Wait (Seconds)' in 'Options'.",
			failure: { cause: 'rate-limited', retryAfterMs },
		};
	}
	const codes = readServerErrors(json).map(({ code }) => code);
	const rule = [...RULES[credential], ...COMMON_RULES].find(
		({ status: wanted, code }) =>
			// Two-part codes keep their bar.
			wanted === status && (code === undefined || codes.some((found) => found.includes(code))),
	);
	return rule ?? OTHER_REFUSAL;
}

const UNREACHED: Record<Unreached['cause'], Refusal> = {
	refused: {
		message: 'The connection to DigiCert was refused',
		advice: 'Check the base URL of the credential and the proxy settings of n8n, then try again.',
		failure: { cause: 'temporarily-unavailable' },
	},
	address: {
		message: "DigiCert's address could not be looked up",
		advice: 'Check the base URL of the credential and the name service (DNS) of the n8n machine.',
	},
	network: {
		message: 'No connection to DigiCert could be made',
		advice: 'Check the network, firewall and proxy settings of the n8n machine, then try again.',
	},
	certificate: {
		message: 'No secure connection to DigiCert could be made',
		advice:
			'The other side is not who the address says, or speaks no TLS. Check the base URL of the credential. If a proxy of your own inspects TLS, give n8n its certificate with NODE_EXTRA_CA_CERTS.',
	},
	n8n: {
		message: 'n8n did not let the request through',
		advice:
			'Check the allowed domains of the credential and the settings of this n8n (such as SSRF protection).',
	},
};

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
	return {
		...meaningOf(client.api, exchange, subject),
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
