import type { Api } from '../http/client';
import type { Reply, Unreached } from '../http/exchange';
import type { Explanation, Subject } from './failure';

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
export function meaningOf(
	{ credential }: Api,
	{ status, retryAfterMs }: Reply,
	codes: readonly string[],
	{ thing, parameter, besides }: Subject,
): Refusal {
	if (status === 404) {
		const check = parameter === undefined ? 'Check' : `Check '${parameter}', and`;
		return {
			// What was to be made was not looked for.
			message: `DigiCert did not find ${besides === undefined ? thing : 'what the request names'}`,
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
	const rule = [...RULES[credential], ...COMMON_RULES].find(
		({ status: wanted, code }) =>
			// Two-part codes keep their bar.
			wanted === status && (code === undefined || codes.some((found) => found.includes(code))),
	);
	return rule ?? OTHER_REFUSAL;
}

/** What kept a request from reaching DigiCert. Nothing can have been created by it. */
export const UNREACHED: Record<Unreached['cause'], Refusal> = {
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
