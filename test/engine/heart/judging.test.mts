/** What is proven by statuses and exceptions, and what of a text from outside may be shown. */
import { UnexpectedError, UserError } from 'n8n-workflow';

import { explainUnreached } from '../../../dist/nodes/DigiCert/http/explain.js';
import {
	classify,
	isRedirect,
	judgeThrown,
	mayBeLate,
	UnsafeRequest,
} from '../../../dist/nodes/DigiCert/http/classify.js';
import { createQuote, secretsIn } from '../../../dist/nodes/DigiCert/http/redaction.js';
import { readRetryAfter, toReply } from '../../../dist/nodes/DigiCert/http/exchange.js';

const reply = (statusCode: number, body = '{}', method: 'POST' | 'PUT' | 'GET' = 'POST') =>
	toReply({ statusCode, headers: {}, body }, method, '');

describe('an answer', () => {
	test.each([
		['done', [200, 201, 202, 204, 299]],
		['refused', [400, 401, 403, 404, 405, 407, 409, 410, 413, 422, 425, 451, 498]],
		['limited', [429]],
		[
			'unknown',
			[300, 301, 302, 303, 304, 307, 308, 408, 499, 500, 502, 503, 504, 520, 599, 600, 999],
		],
	])('is %s: %j', (verdict, statuses) => {
		expect(statuses.map((status) => classify(reply(status)))).toEqual(statuses.map(() => verdict));
	});

	test.each([400, 403, 409, 429])('is unknown when it says no with %d and has a key', (status) => {
		expect(classify(reply(status, '{"api_key":"any value"}'))).toBe('unknown');
		expect(classify(reply(status, '{"id":1,"api_key":"k9x2'))).toBe('unknown');
		expect(classify(reply(status, '{"error_token":"sixteen-characters"}'))).toBe('unknown');
		const uuid = '{"note":"3f2b8c1e-90ad-4d7e-b1c6-5a4e0f9d7c21"}';
		expect(classify(reply(status, uuid))).toBe('unknown');
		const listed = { count: 1, keys: [{ secret: 'sixteen-characters' }, { note: 'x' }] };
		expect(classify(reply(status, JSON.stringify(listed)))).toBe('unknown');
	});

	test.each(['PUT', 'GET'] as const)('to a %s brings no new key: no is no', (method) => {
		const token = `<html>${'0a1b'.repeat(8)}</html>`;
		const judged = [403, 429, 500].map((status) => reply(status, token, method));
		expect(judged.map(classify)).toEqual(['refused', 'limited', 'unknown']);
		// What it is, nobody knows: it is shown nowhere.
		expect(judged.map(({ text }) => text)).toEqual(['', '', '']);
	});

	test('may be late behind a gateway that gave up, or a connection that broke', () => {
		const late = [408, 499, 502, 504].map((status) => mayBeLate(reply(status)));
		const prompt = [200, 301, 400, 500, 503].map((status) => mayBeLate(reply(status)));
		expect(new Set(late)).toEqual(new Set([true]));
		expect(new Set(prompt)).toEqual(new Set([false]));
		expect(mayBeLate(judgeThrown(new Error()))).toBe(true);
		expect(classify(judgeThrown(new Error()))).toBe('unknown');
	});

	test('sends the request elsewhere with these statuses only', () => {
		const statuses = [200, 300, 301, 302, 303, 304, 307, 308, 400];
		expect(statuses.filter((status) => isRedirect(reply(status)))).toEqual([
			301, 302, 303, 307, 308,
		]);
	});

	test.each([
		['\n <!DOCTYPE html><p>', 'an HTML page'],
		[' <HTML>', 'an HTML page'],
		['x<html>', 'text that is not JSON'],
		[' \n', 'an empty body'],
	])('a body of %j is %s', (body, kind) => {
		expect(reply(200, body).bodyKind).toBe(kind);
	});

	test('has the key of its request taken out, unless that may be any word', () => {
		const jsonOf = (word: string, apiKey: string) =>
			toReply({ statusCode: 200, headers: {}, body: JSON.stringify({ word }) }, 'GET', apiKey).json;
		expect(jsonOf('sixteen-letters-', 'sixteen-letters-')).toEqual({ word: '[API key]' });
		expect(jsonOf('fifteen-letters', 'fifteen-letters')).toEqual({ word: 'fifteen-letters' });
	});

	test('nested too deep is cut where neither API has anything', () => {
		const deep = '{"x":'.repeat(60) + '[[]]' + '}'.repeat(60);
		const json = JSON.stringify(reply(200, deep).json);
		expect(json.split('"x"')).toHaveLength(51);
		expect(json).toContain('[nested too deep]');
	});
});

/** What n8n's helper throws: its own error around axios's around the system's. */
function thrown(system: object): Error {
	const inner = Object.assign(new Error(), system);
	const axios = Object.assign(new Error('axios'), { cause: inner });
	return Object.assign(new Error('n8n'), { cause: axios });
}
/** As n8n 2.8 wraps errors: without their cause, the code as `httpCode`. */
const wrapped = (fields: object) => Object.assign(new Error('n8n'), fields);

/** n8n's helper gives each of these for a certificate that was refused before anything was written. */
const CERTIFICATE = [
	...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_UNTRUSTED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
	...['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
	...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

describe('an exception', () => {
	test.each([
		['a refused connection', { code: 'ECONNREFUSED' }, 'refused'],
		['no such name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'address'],
		['no name service', { code: 'EAI_AGAIN' }, 'address'],
		...CERTIFICATE.map((code): [string, { code: string }, string] => [
			code,
			{ code },
			'certificate',
		]),
		['no route', { code: 'EHOSTUNREACH', syscall: 'connect' }, 'network'],
		['a connection that is never accepted', { code: 'ETIMEDOUT', syscall: 'connect' }, 'network'],
		[
			'several addresses, none of which answers',
			{ code: 'ETIMEDOUT', errors: [{ code: 'ETIMEDOUT', syscall: 'connect' }] },
			'network',
		],
	])('%s proves that nothing was sent', (_, system, cause) => {
		const judged = judgeThrown(thrown(system));
		expect(judged).toEqual({ kind: 'unreached', cause, detail: system.code });
		expect(classify(judged)).toBe('refused');
		expect(mayBeLate(judged)).toBe(false);
	});

	const DOMAIN = 'Domain not allowed: This credential is restricted from accessing x.example.';
	test.each([
		["n8n's refusal of a domain", new UserError(DOMAIN), DOMAIN],
		[
			'the same, wrapped',
			Object.assign(new Error('n8n'), { cause: new UserError(DOMAIN) }),
			DOMAIN,
		],
		[
			"n8n's SSRF protection",
			Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' }),
			'blocked',
		],
		["this package's own check", new UnsafeRequest('no https'), 'no https'],
	])('%s proves that nothing was sent', (_, error, detail) => {
		expect(judgeThrown(error)).toEqual({ kind: 'unreached', cause: 'n8n', detail });
	});

	test.each([
		['a reset', { code: 'ECONNRESET', syscall: 'read' }, 'connection', 'ECONNRESET'],
		['a broken pipe', { code: 'EPIPE', syscall: 'write' }, 'connection', 'EPIPE'],
		[
			'a connection that goes silent',
			{ code: 'ETIMEDOUT', syscall: 'read' },
			'timeout',
			'ETIMEDOUT',
		],
		['a timeout of n8n', { code: 'ECONNABORTED' }, 'timeout', 'ECONNABORTED'],
		['an aborted request', { code: 'ERR_CANCELED' }, 'cancelled', 'ERR_CANCELED'],
		[
			'TLS that breaks',
			{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
			'tls',
			'ERR_SSL_WRONG_VERSION_NUMBER',
		],
		['TLS that breaks, in words', { message: 'ssl3: wrong version number' }, 'tls', 'Error'],
		['broken gzip', { code: 'Z_DATA_ERROR' }, 'connection', 'Z_DATA_ERROR'],
		['a code that may be a text from outside', { code: 'k9x2 m4q7' }, 'connection', 'Error'],
		['no code', { message: 'odd' }, 'connection', 'Error'],
	])('%s proves nothing', (_, system, cause, detail) => {
		expect(judgeThrown(thrown(system))).toEqual({ kind: 'interrupted', cause, detail });
	});

	test.each([
		['UnexpectedError', new UnexpectedError('Stream closed before completing')],
		['UserError', new UserError('Something that a later n8n says')],
		['wrapped', wrapped({ level: 'warning', cause: new UnexpectedError('Stream closed') })],
	])("an error of n8n's own with a level and no code proves nothing: %s", (_, error) => {
		expect(judgeThrown(error)).toMatchObject({ kind: 'interrupted', cause: 'connection' });
	});

	test.each([
		[wrapped({ httpCode: 'ECONNRESET' }), 'interrupted', 'connection'],
		[wrapped({ httpCode: 'ECONNREFUSED' }), 'unreached', 'refused'],
		[wrapped({ httpCode: '502' }), 'interrupted', 'connection'],
		[wrapped({}), 'interrupted', 'connection'],
	])('as n8n 2.8 wraps it, %p is %s', (error, kind, cause) => {
		expect(judgeThrown(error)).toMatchObject({ kind, cause });
	});

	test.each([undefined, null, 'text', 7, [], {}])('%p thrown proves nothing', (value) => {
		expect(judgeThrown(value)).toMatchObject({ kind: 'interrupted', cause: 'connection' });
	});

	test('a chain of causes that bites its own tail comes to an end', () => {
		const error = new Error('loop');
		error.cause = error;
		expect(judgeThrown(error)).toMatchObject({ kind: 'interrupted', detail: 'Error' });
	});
});

describe('Retry-After', () => {
	const NOW = Date.parse('2026-11-22T06:00:00Z');

	test.each([
		['0', 0],
		['7', 7000],
		[' 120 ', 120_000],
		['Sun, 22 Nov 2026 06:01:00 GMT', 60_000],
		['Sun, 22 Nov 2026 05:00:00 GMT', 0],
		['Sunday, 22-Nov-26 06:01:00 GMT', 60_000],
	])('%p is a wait', (value, wait) => {
		expect(readRetryAfter(value, NOW)).toBe(wait);
	});

	test.each([
		...[undefined, null, 7, '', 'soon', ['7'], '-1 s', '-1', '120.5', '1e3'],
		// To Node.js, these are dates.
		...['in 7', 'about 120', 'May 7', 'Sun, 31 Foo 2026 06:01:00 GMT'],
	])('%p is no wait', (value) => {
		expect(readRetryAfter(value, NOW)).toBeUndefined();
	});

	test('a date is compared with the clock of the answer', () => {
		const headers = {
			date: 'Tue, 13 Sep 2050 00:00:00 GMT',
			'retry-after': 'Tue, 13 Sep 2050 00:00:09 GMT',
		};
		expect(toReply({ statusCode: 429, headers, body: '' }, 'POST', '').retryAfterMs).toBe(9000);
	});
});

test.each(['refused', 'address', 'network', 'certificate', 'n8n'] as const)(
	'a request that was not sent (%s) is told with what to do',
	(cause) => {
		const unreached = { kind: 'unreached', cause, detail: 'CODE' } as const;
		const { message, found, advice } = explainUnreached({ quote: String }, unreached);
		expect(message).not.toBe('');
		expect(found).toContain('CODE');
		expect(advice).toContain('Check');
	},
);

describe('a text from outside', () => {
	const OWN = '0a1b2c3d-own+key/of.the~credential=4e5f6071';
	const quote = createQuote(OWN);

	test.each([
		'Access denied due to access_denied_invalid_key.',
		'The subscription of account 12345 ended on 2026-11-24, ask sales@digicert.com',
		'"The value is too long" (bad_request|invalid_name)',
		'Internationalization is unavailable',
		'Zugriff verweigert: Straße nicht verfügbar',
	])('is shown as it is: %s', (said) => {
		expect(quote(said)).toBe(said);
	});

	test.each([
		['a UUID', '3f2b8c1e-90ad-4d7e-b1c6-5a4e0f9d7c21'],
		['a UUID in capitals', '3F2B8C1E-90AD-4D7E-B1C6-5A4E0F9D7C21'],
		['47 letters and digits', 'k9x2m4q7w1z8r5t3y6u0p2a4sk9x2m4q7w1z8r5t3y6u0p2'],
		['25 characters of them', 'k9x2m4q7w1z8r5t3y6u0p2a4s'],
		['letters only', 'qxkzvbwhtplmnrgcdfjsqxkzv'],
		['letters with vowels', 'abacadabarafagahabacadabarafagah'],
		['letters with few vowels', 'bcdfaghjkelmnpo'],
		['digits only', '12345678901234567890'],
		['base64', 'aGVs+bG8gd29y/bGQhIHNlY3JldA=='],
		['groups of four', 'k9x2-m4q7-w1z8-r5t3'],
		['letters of both cases with vowels', 'aBecIdofUgaHejI'],
		['words joined by dashes', 'correct-horse-battery-staple-again'],
		['hex in capitals', '9F86D081884C7D659A2FEAA0C55AD015'],
	])('hides what may be a key: %s', (_, key) => {
		for (const said of [key, `made "${key}".`, `key=${key}&x`, `[${key}]`]) {
			expect(quote(said)).not.toContain(key);
			expect(quote(said)).toContain('[hidden]');
		}
	});

	test.each([
		['as it is', (key: string) => key],
		['in capitals', (key: string) => key.toUpperCase()],
		['URL-encoded in part', encodeURIComponent],
		[
			'URL-encoded whole',
			(key: string) => key.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`),
		],
		[
			'as JSON escapes',
			(key: string) => key.replace(/./g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
		],
	])("takes the credential's key out, %s", (_, form) => {
		expect(quote(`The key ${form(OWN)} is wrong`)).toBe('The key [API key] is wrong');
	});

	test('does not show what is called a key, however short', () => {
		expect(quote('{"key_name":"Build","api_key": "sh0rt"}')).toBe(
			'{"key_name":"Build","api_key": "[hidden]"}',
		);
	});

	test('comes on one line, without what terminals and logs act on', () => {
		expect(quote('One\r\nERROR two\u001b[31m red\u0007 \u202eend\u200b\u2028now')).toBe(
			'One ERROR two [31m red   end now',
		);
	});

	test('is cut when it is very long, and a key at the cut is not shown', () => {
		const key = 'k9x2m4q7w1z8r5t3y6u0p2a4s';
		for (const length of [480, 490, 499, 1990, 1999]) {
			const said = quote('x '.repeat(length / 2) + key.repeat(200_000));
			expect(said.length).toBeLessThan(520);
			expect(said).not.toContain(key.slice(0, 10));
		}
		expect(quote('a '.repeat(400))).toMatch(/… \(cut\)$/);
	});
});

test('what may be a secret is found in lists, and below a field that is called like one', () => {
	const value = 'sixteen-characters';
	const reply = { keys: [value, { value }], key_name: value, note: ['k'.repeat(30), 'short'] };
	expect(secretsIn(reply)).toEqual([value, value, 'k'.repeat(30)]);
});
