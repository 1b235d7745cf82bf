import type { IHttpRequestMethods, IN8nHttpFullResponse } from 'n8n-workflow';

import { isRecord } from '../values';
import { holdsKey, withoutOwnKey } from './redaction';

/** A whole HTTP answer, whatever its status. */
export interface Reply {
	readonly kind: 'reply';
	/** What it answers. */
	readonly method: IHttpRequestMethods;
	readonly status: number;
	/** The parsed body, or undefined when the body is not JSON. Never nested deeper than `toReply` lets it. */
	readonly json: unknown;
	/** The body as it came, for answers that say no; empty for all others, which may hold a key. */
	readonly text: string;
	readonly bodyKind: 'JSON' | 'an HTML page' | 'an empty body' | 'text that is not JSON';
	/** Whether the body of an answer that is no success has, or may have, the value of a key in it. */
	readonly holdsKey: boolean;
	/** How long DigiCert asks to wait, in ms, when it sent a Retry-After header. */
	readonly retryAfterMs: number | undefined;
}

/** It is proven that the request never got as far as DigiCert: nothing can have happened there. */
export interface Unreached {
	readonly kind: 'unreached';
	readonly cause: 'refused' | 'address' | 'network' | 'certificate' | 'n8n';
	/** The system's error code, or n8n's own words when n8n would not send the request. */
	readonly detail: string;
}

/** The request may have reached DigiCert, but no whole answer came back. */
export interface Interrupted {
	readonly kind: 'interrupted';
	/** `node`: something was thrown while this node had the request in hand. */
	readonly cause: 'timeout' | 'connection' | 'tls' | 'cancelled' | 'node';
	/** The system's error code, or the name of what was thrown. */
	readonly detail: string;
}

/** What became of one request. Every request ends as exactly one of these; none throws. */
export type Exchange = Reply | Unreached | Interrupted;

/** Deepest nesting that is taken over. Neither API documents more than four levels. */
const DEEPEST = 50;

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Entries of DigiCert's `errors`. Either part of one may be missing. */
function readEntries(found: unknown): Array<{ code: string; message: string }> {
	const entries: unknown[] = Array.isArray(found) ? found : [found];
	return entries
		.map((entry) =>
			isRecord(entry)
				? { code: text(entry.code), message: text(entry.message) }
				: { code: '', message: text(entry) },
		)
		.filter(({ code, message }) => code !== '' || message !== '');
}

/**
 * Reads an error body. CertCentral documents `{ errors: [{ code, message }] }` (digicert-api.md
 * A.1). A single object in place of the array was seen in a client's fixture (E), and the
 * partner API documents no error body (B.1), so a bare `{ code, message }` and
 * `{ error: { … } }` or `{ error: "…" }` are read as well.
 */
export function readServerErrors(json: unknown): ReturnType<typeof readEntries> {
	if (!isRecord(json)) return [];
	const found = [json.errors, json.error, json].map(readEntries);
	return found.find((entries) => entries.length > 0) ?? [];
}

/** The ms to wait that a Retry-After header asks for (RFC 9110, 10.2.3): in seconds, or until a date. */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	if (typeof value === 'string' && /^\d+$/.test(value.trim())) return Number(value) * 1000;
	const date = dateIn(value);
	return date === undefined ? undefined : Math.max(0, date - now);
}

/** The forms of a date that RFC 9110, 5.6.7 allows to be sent, and the one that it calls obsolete. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,6} \d\d:\d\d:\d\d GMT$/;

/** An HTTP date in ms. Node.js takes much else for dates: "in 7" for one of the year 2001. */
function dateIn(value: unknown): number | undefined {
	const isDate = typeof value === 'string' && HTTP_DATE.test(value.trim());
	const date = isDate ? Date.parse(value) : Number.NaN;
	return Number.isNaN(date) ? undefined : date;
}

/** Whether a value has others in it, by field or by index. */
function isNesting(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/**
 * Cuts off what is nested too deep, in place. An answer of 20,000 levels parses well, and then
 * overflows the stack of whatever walks through it: this node, or n8n when it saves the output.
 * It runs over every list, so it makes nothing that is thrown away again.
 */
function limitDepth(json: unknown, depth = 1): unknown {
	if (!isNesting(json)) return json;
	for (const field in json) {
		if (!isNesting(json[field])) continue;
		if (depth < DEEPEST) limitDepth(json[field], depth + 1);
		else json[field] = '[nested too deep]';
	}
	return json;
}

function kindOf(body: string): Reply['bodyKind'] {
	if (body.trim() === '') return 'an empty body';
	return /^\s*<(!doctype html|html)/i.test(body) ? 'an HTML page' : 'text that is not JSON';
}

function parse(body: string): Pick<Reply, 'json' | 'bodyKind'> {
	try {
		return { json: limitDepth(JSON.parse(body)), bodyKind: 'JSON' };
	} catch {
		// Not JSON is a finding here, not a failure: the status says what it means.
		return { json: undefined, bodyKind: kindOf(body) };
	}
}

/**
 * Makes a Reply of n8n's full response, whose body was asked for as text.
 *
 * @param apiKey the key that the request carried
 */
export function toReply(
	{ statusCode, headers, body }: IN8nHttpFullResponse,
	method: IHttpRequestMethods,
	apiKey: string,
): Reply {
	const whole = withoutOwnKey(String(body), apiKey);
	const parsed = parse(whole);
	const saysNo = statusCode >= 400;
	// In a success it is no question, and long lists would be searched for nothing.
	const isSecret = statusCode >= 300 && holdsKey(parsed.json, whole);
	return {
		kind: 'reply',
		method,
		status: statusCode,
		...parsed,
		text: saysNo && !isSecret ? whole : '',
		holdsKey: isSecret,
		// The other side's clock, where it tells: ours may be wrong.
		retryAfterMs: readRetryAfter(headers['retry-after'], dateIn(headers.date) ?? Date.now()),
	};
}
