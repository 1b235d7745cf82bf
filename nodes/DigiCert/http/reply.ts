import type { IN8nHttpFullResponse } from 'n8n-workflow';

import type { Reply } from './exchange';
import { holdsSecret, looksLikeKey } from './keyFields';

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds, or an HTTP date.
 *
 * @param value the header's value, if any
 * @param now the present time in ms, to which a date is compared
 * @returns ms to wait, never negative; undefined when there is no usable value
 */
export function readRetryAfter(value: unknown, now: number): number | undefined {
	if (typeof value !== 'string') return undefined;
	if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
	// Node.js takes even fractions and negative numbers for dates.
	const date = /^[A-Za-z]/.test(value.trim()) ? Date.parse(value) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function kindOf(body: string): Reply['bodyKind'] {
	if (body.trim() === '') return 'an empty body';
	return /^\s*<(!doctype html|html)/i.test(body) ? 'an HTML page' : 'text that is not JSON';
}

function parse(body: string): Pick<Reply, 'json' | 'bodyKind'> {
	try {
		const json: unknown = JSON.parse(body);
		return { json, bodyKind: 'JSON' };
	} catch {
		// Not JSON is a finding here, not a failure: the status says what it means.
		return { json: undefined, bodyKind: kindOf(body) };
	}
}

/** Makes a Reply of n8n's full response, whose body was asked for as text. */
export function toReply({ statusCode, headers, body }: IN8nHttpFullResponse): Reply {
	const text = String(body);
	const parsed = parse(text);
	return {
		kind: 'reply',
		status: statusCode,
		...parsed,
		text: statusCode >= 400 && !looksLikeKey(text) && !holdsSecret(parsed.json, 1) ? text : '',
		retryAfterMs: readRetryAfter(headers['retry-after'], Date.now()),
	};
}
