import type { Interrupted, Unreached } from './exchange';
import { isRecord } from '../values';

/**
 * System codes that prove that no request left this machine for DigiCert: the name was not
 * found, the connection was not accepted, or the certificate was refused before anything was
 * written (measured: a TLS server with a bad certificate receives no request).
 */
const UNREACHED = new Map<string, Unreached['cause']>([
	['ECONNREFUSED', 'refused'],
	['ENOTFOUND', 'address'],
	['EAI_AGAIN', 'address'],
	['CERT_HAS_EXPIRED', 'certificate'],
	['CERT_NOT_YET_VALID', 'certificate'],
	['CERT_UNTRUSTED', 'certificate'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
	['UNABLE_TO_GET_ISSUER_CERT', 'certificate'],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
]);

/**
 * How OpenSSL names a TLS connection in which the other side did not speak TLS, with underscores
 * as a code or with spaces in the message, by Node's version. It happens in a handshake, and as
 * well after the request was sent (measured), so it proves nothing.
 */
const NO_TLS =
	/wrong[ _]version[ _]number|unsupported[ _]protocol|handshake[ _]failure|packet[ _]length[ _]too[ _]long/i;

/** Codes of what broke off after the request may have gone out; any other is a broken connection. */
const INTERRUPTED = new Map<string, Interrupted['cause']>([
	['ECONNABORTED', 'timeout'],
	['ETIMEDOUT', 'timeout'],
	['ERR_CANCELED', 'cancelled'],
]);

/**
 * An error and what caused it, outermost first; stops at a loop. Node gives one aggregate when
 * it tried several addresses; its first entry stands for all.
 */
function chainOf(error: unknown): Array<Record<string, unknown>> {
	const chain: Array<Record<string, unknown>> = [];
	let link = error;
	while (isRecord(link) && !chain.includes(link)) {
		chain.push(link);
		link = link.cause ?? (Array.isArray(link.errors) ? link.errors[0] : undefined);
	}
	return chain;
}

function firstText(chain: Array<Record<string, unknown>>, key: string): string {
	for (const link of chain) {
		const value = link[key];
		if (typeof value === 'string' && value !== '') return value;
	}
	return '';
}

/**
 * Judges an error that n8n's request helper threw. Anything that does not prove that the
 * request stayed here counts as interrupted, because DigiCert may have acted on it.
 *
 * The error itself is not kept: it holds the request's headers, with the API key (measured,
 * n8n-live.md).
 */
export function judgeThrown(error: unknown): Unreached | Interrupted {
	const chain = chainOf(error);
	const origin = chain.at(-1) ?? {};
	// n8n 2.8 wraps without the cause, and leaves the system's code in `httpCode` only (measured).
	const code = firstText(chain, 'code') || firstText(chain, 'httpCode');
	const detail = code === '' ? String(origin.message) : code;
	const unreached = (cause: Unreached['cause']): Unreached => ({
		kind: 'unreached',
		cause,
		detail,
	});

	const proven = UNREACHED.get(code);
	if (proven !== undefined) return unreached(proven);
	if (chain.some(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo')) {
		return unreached('network');
	}
	// n8n's own errors have a level and no code, and come before sending: SSRF protection, a domain
	// that the credential does not allow, or our refusal to put a key on an unsafe URL. Only the
	// wrapper around anything at all has an `httpCode`; left alone, it proves nothing.
	if (code === '' && 'level' in origin && !('httpCode' in origin)) return unreached('n8n');

	const words = chain.map(({ message }) => String(message)).join(' ');
	const broken = NO_TLS.test(`${code} ${words}`) ? 'tls' : 'connection';
	return { kind: 'interrupted', cause: INTERRUPTED.get(code) ?? broken, detail };
}
