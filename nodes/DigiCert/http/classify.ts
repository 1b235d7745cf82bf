import { UserError } from 'n8n-workflow';

import { isRecord } from '../values';
import type { Exchange, Interrupted, Unreached } from './exchange';

/**
 * What an exchange proves about the request. `done`: DigiCert carried it out. `refused`: it did
 * not, and nothing was changed. `limited`: the same, and it may be sent again after a pause.
 * `unknown`: nobody can tell, so it must not be sent again if it creates something.
 */
export type Verdict = 'done' | 'refused' | 'limited' | 'unknown';

/** Statuses of gateways that lost patience, or their client. They say nothing of the request. */
const GAVE_UP = [408, 499, 502, 504];

/**
 * What an exchange proves: the one place where statuses and exceptions are judged. The first rule
 * that applies holds, and what no rule names is unknown.
 */
export function classify(exchange: Exchange): Verdict {
	// Nothing left for DigiCert.
	if (exchange.kind === 'unreached') return 'refused';
	// It left, and no answer tells what became of it.
	if (exchange.kind === 'interrupted') return 'unknown';
	const { method, status, holdsKey } = exchange;
	// DigiCert says so (digicert-api.md A.1).
	if (status >= 200 && status < 300) return 'done';
	// The request may be carried out behind the gateway.
	if (GAVE_UP.includes(status)) return 'unknown';
	// An answer that says no and has a key in it contradicts itself. Only a creation can bring one: in
	// any other answer it is something else, such as the token of a firewall's page.
	if (holdsKey && method === 'POST') return 'unknown';
	// The rate limit comes before anything is done (digicert-api.md A.2, G.2).
	if (status === 429) return 'limited';
	// A 4xx is the caller's fault, by DigiCert and by HTTP (digicert-api.md A.1).
	return status >= 400 && status < 500 ? 'refused' : 'unknown';
}

/** Whether the request may still be under way, at DigiCert or behind a gateway that gave up. */
export function mayBeLate(exchange: Exchange): boolean {
	if (exchange.kind === 'reply') return GAVE_UP.includes(exchange.status);
	return exchange.kind === 'interrupted';
}

/** Whether DigiCert sent the request elsewhere. It is never followed. */
export function isRedirect(exchange: Exchange): boolean {
	return exchange.kind === 'reply' && [301, 302, 303, 307, 308].includes(exchange.status);
}

/** Refuses to put a key into a request that is not safe; thrown before anything is sent. */
export class UnsafeRequest extends UserError {}

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

/** n8n's errors for a host that its SSRF protection blocks when the name is looked up, by name. */
const BLOCKED_BY_N8N = ['SsrfBlockedIpError', 'SsrfBlockedHostnameError'];

/** How n8n begins its refusal of a domain that the credential does not allow, before it sends. */
const DOMAIN_REFUSED = 'Domain not allowed: This credential is restricted from accessing';

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

/** What a code looks like; only such texts of an error are ever shown. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;

type Link = Record<string, unknown>;

/**
 * An error and what caused it, outermost first; stops at a loop. Node gives one aggregate when
 * it tried several addresses; its first entry stands for all.
 */
function chainOf(error: unknown): Link[] {
	const chain: Link[] = [];
	let link = error;
	while (isRecord(link) && !chain.includes(link)) {
		chain.push(link);
		link = link.cause ?? (Array.isArray(link.errors) ? link.errors[0] : undefined);
	}
	return chain;
}

function codeIn(chain: readonly Link[], field: string): string {
	const codes = chain.map((link) => link[field]);
	return codes.find((code): code is string => typeof code === 'string' && CODE.test(code)) ?? '';
}

/** Whether n8n, or this package's own check, let nothing out. Proven by the error's own class. */
function refusedByN8n(chain: readonly Link[]): string {
	for (const link of chain) {
		const message = typeof link.message === 'string' ? link.message : '';
		const isOurs = link instanceof UnsafeRequest;
		const isBlocked = BLOCKED_BY_N8N.includes(String(link.name));
		if (isOurs || isBlocked || message.startsWith(DOMAIN_REFUSED)) return message;
	}
	return '';
}

/**
 * Judges an error that n8n's request helper threw. Anything that does not prove that the
 * request stayed here counts as interrupted, because DigiCert may have acted on it: also an error
 * of n8n's own, whatever class it has, unless it is one that is known to come before sending.
 *
 * The error itself is not kept: it holds the request's headers, with the API key (measured,
 * n8n.md 1.3).
 */
export function judgeThrown(error: unknown): Unreached | Interrupted {
	const chain = chainOf(error);
	const refusal = refusedByN8n(chain);
	if (refusal !== '') return { kind: 'unreached', cause: 'n8n', detail: refusal };

	// n8n 2.8 wraps without the cause, and leaves the system's code in `httpCode` only (measured).
	const code = codeIn(chain, 'code') || codeIn(chain, 'httpCode');
	const proven = UNREACHED.get(code);
	if (proven !== undefined) return { kind: 'unreached', cause: proven, detail: code };
	if (chain.some(({ syscall }) => syscall === 'connect' || syscall === 'getaddrinfo')) {
		return { kind: 'unreached', cause: 'network', detail: code };
	}
	const words = chain.map(({ message }) => String(message)).join(' ');
	const broken = NO_TLS.test(`${code} ${words}`) ? 'tls' : 'connection';
	const name = chain.map((link) => String(link.name)).find((text) => /^\w{1,60}$/.test(text));
	const detail = code || (name ?? 'no further details');
	return { kind: 'interrupted', cause: INTERRUPTED.get(code) ?? broken, detail };
}
