import type { INode } from 'n8n-workflow';

import { classify, judgeThrown } from '../../dist/nodes/DigiCert/http/classify.js';
import { createPacer } from '../../dist/nodes/DigiCert/http/pacing.js';
import type { Pacer } from '../../dist/nodes/DigiCert/http/pacing.js';
import { readRetryAfter } from '../../dist/nodes/DigiCert/http/reply.js';
import { NodeApiError, UserError } from '../support/n8n.mts';

// What these do to a run is tested in test/engine; here are what cannot be had on loopback, and the
// sums behind the pauses.

describe('an error that n8n threw', () => {
	const NODE: INode = {
		...{ id: '1', name: 'DigiCert', type: 'digiCert', typeVersion: 1, position: [0, 0] },
		parameters: {},
	};

	/** What n8n's helper throws: its own error around axios's around the system's. */
	function thrown(system: object): Error {
		const error = new NodeApiError(NODE, {});
		const cause = Object.assign(new Error('the system'), system);
		return Object.assign(error, { cause: Object.assign(new Error('axios'), { cause }) });
	}

	const CERTIFICATE = [
		...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_UNTRUSTED', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
		...['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
		...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
	];
	const several = { code: 'ETIMEDOUT', errors: [{ code: 'ETIMEDOUT', syscall: 'connect' }] };
	const lookUp = { code: 'ESERVFAIL', syscall: 'getaddrinfo' };
	test.each([
		['no route', { code: 'EHOSTUNREACH', syscall: 'connect' }, 'network'],
		['a connection that is never accepted', { code: 'ETIMEDOUT', syscall: 'connect' }, 'network'],
		['an address look-up that fails oddly', lookUp, 'network'],
		['several addresses, none of which answers', several, 'network'],
		['no such name', { code: 'ENOTFOUND' }, 'address'],
		['no name server', { code: 'EAI_AGAIN' }, 'address'],
		...CERTIFICATE.map((code): [string, { code: string }, string] => [
			code,
			{ code },
			'certificate',
		]),
	])('%s proves that nothing was sent', (_, system, cause) => {
		const judged = judgeThrown(thrown(system));
		expect(judged).toEqual({ kind: 'unreached', cause, detail: system.code });
		expect(classify(judged).verdict).toBe('refused');
	});

	const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';
	test.each([
		['a reset while reading', { code: 'ECONNRESET', syscall: 'read' }, 'connection', 'ECONNRESET'],
		['a silent connection', { code: 'ETIMEDOUT', syscall: 'read' }, 'timeout', 'ETIMEDOUT'],
		['a stop of the request', { code: 'ECONNABORTED' }, 'timeout', 'ECONNABORTED'],
		['a cancelled execution', { code: 'ERR_CANCELED' }, 'cancelled', 'ERR_CANCELED'],
		['TLS that breaks', { code: NO_TLS }, 'tls', NO_TLS],
		['TLS told in words', { message: 'wrong version number' }, 'tls', 'NodeApiError'],
		['an error without a code', { message: 'odd' }, 'connection', 'NodeApiError'],
	])('%s proves nothing', (_, system, cause, detail) => {
		const judged = judgeThrown(thrown(system));
		expect(judged).toEqual({ kind: 'interrupted', cause, detail });
		expect(classify(judged)).toEqual({ verdict: 'unknown', mayBeLate: true });
	});

	test("n8n's refusal of a domain proves that nothing was sent", () => {
		const said = 'Domain not allowed: This credential is restricted from accessing a.example';
		const error = Object.assign(new NodeApiError(NODE, {}), { cause: new UserError(said) });
		expect(judgeThrown(error)).toEqual({ kind: 'unreached', cause: 'n8n', detail: said });
	});

	test.each(['SsrfBlockedIpError', 'SsrfBlockedHostnameError'])('so does its %s', (name) => {
		const error = Object.assign(new Error('Blocked'), { name });
		expect(judgeThrown(error)).toEqual({ kind: 'unreached', cause: 'n8n', detail: 'Blocked' });
	});

	test('an error of a class that n8n also throws before it sends proves nothing', () => {
		// Such as n8n's UnexpectedError('Stream closed before completing').
		const error = Object.assign(new UserError('Stream closed before completing'), {
			level: 'error',
		});
		expect(judgeThrown(error)).toMatchObject({ kind: 'interrupted', cause: 'connection' });
	});

	test.each([
		['ECONNRESET', { kind: 'interrupted', cause: 'connection', detail: 'ECONNRESET' }],
		['ECONNREFUSED', { kind: 'unreached', cause: 'refused', detail: 'ECONNREFUSED' }],
		[undefined, { kind: 'interrupted', cause: 'connection', detail: 'NodeApiError' }],
	])('as n8n 2.8 wraps it, without its cause: %p', (httpCode, judged) => {
		const error = Object.assign(new NodeApiError(NODE, {}), { cause: undefined, httpCode });
		expect(judgeThrown(error)).toEqual(judged);
	});

	test.each([undefined, null, 'text', 7])('%p thrown proves nothing', (value) => {
		expect(judgeThrown(value)).toMatchObject({ kind: 'interrupted', cause: 'connection' });
	});

	test('a chain of causes that bites its own tail comes to an end', () => {
		const error = new Error('loop');
		error.cause = error;
		expect(judgeThrown(error)).toMatchObject({ kind: 'interrupted', detail: 'Error' });
	});

	test('no text of it is shown that could quote something', () => {
		const odd = { code: 'a key with spaces', name: 'x'.repeat(99), message: 'a key' };
		expect(JSON.stringify(judgeThrown(Object.assign(new Error(), odd)))).not.toMatch(/key|xxx/);
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
	])('%p is a wait', (value, wait) => {
		expect(readRetryAfter(value, NOW)).toBe(wait);
	});

	test.each([undefined, null, 7, '', 'soon', ['7'], '-1 s', '-1', '120.5', '1e3', '7 s'])(
		'%p is no wait',
		(value) => {
			expect(readRetryAfter(value, NOW)).toBeUndefined();
		},
	);
});

describe('pauses for the rate limit', () => {
	let now = 0;
	beforeEach(() => {
		now = 1_000_000;
		jest.spyOn(performance, 'now').mockImplementation(() => now);
		jest.spyOn(Math, 'random').mockReturnValue(0.5);
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});
	/** A pacer that never really waits. */
	const pacerFor = (bound: number) => createPacer(bound, () => true);

	test('requests that went out before a pause join it, and the bound counts it once', async () => {
		const pacer = pacerFor(1000);
		expect(pacer.pause(0, 1000)).toBe(true);
		expect(pacer.pause(0, 1000)).toBe(true);
		expect(pacer.pause(0, 400)).toBe(true);
		expect(pacer.pause(0, undefined)).toBe(true);
		expect(await pacer.ready()).toBe(1);
		now += 1000;
		expect(pacer.pause(1, 200)).toBe(false);
	});

	test('one that is asked to wait longer makes the pause longer, by what is missing', async () => {
		const pacer = pacerFor(3000);
		expect(pacer.pause(0, 1000)).toBe(true);
		now += 500;
		expect(pacer.pause(0, 2500)).toBe(true);
		expect(await pacer.ready()).toBe(2);
		now += 2500;
		expect(pacer.pause(2, 200)).toBe(false);
	});

	/** How many pauses in a row a bound allows. */
	function allowed(bound: number): number {
		const pacer = pacerFor(bound);
		let pauses = 0;
		while (pacer.pause(pauses, undefined)) {
			pauses += 1;
			now += 60_000;
		}
		return pauses;
	}

	test('in a row grow by a twentieth, up to half a minute', () => {
		const lengths = Array.from({ length: 110 }, (_, i) => Math.min(30_000, 250 * 1.05 ** i));
		expect(lengths.at(-1)).toBe(30_000);
		let total = 0;
		for (const [i, length] of lengths.entries()) {
			total += length;
			expect(allowed(total - 1)).toBe(i);
			expect(allowed(total + 0.01)).toBe(i + 1);
		}
	});

	test('are short again after a request that passes, but not after one from before', () => {
		const pacer = pacerFor(250 + 262.5 + 250);
		expect(pacer.pause(0, undefined)).toBe(true);
		now += 60_000;
		expect(pacer.pause(1, undefined)).toBe(true);
		pacer.pass(2);
		now += 60_000;
		expect(pacer.pause(2, undefined)).toBe(true);

		const other = pacerFor(250 + 262.5 - 1);
		other.pause(0, undefined);
		other.pass(0);
		now += 60_000;
		expect(other.pause(1, undefined)).toBe(false);
	});

	test.each([
		[0, 187.5],
		[0.999, 312.375],
	])('vary by a quarter either way: %p', (random, length) => {
		jest.mocked(Math.random).mockReturnValue(random);
		expect(allowed(length - 1)).toBe(0);
		expect(allowed(length)).toBe(1);
	});

	/** The turns that have been given so far. */
	function ask(pacer: Pacer, count: number): number[] {
		const given: number[] = [];
		for (let i = 0; i < count; i += 1) void pacer.ready().then((turn) => given.push(turn));
		return given;
	}
	const settle = () => new Promise((resolve) => setImmediate(resolve));

	test('end with one request alone, and the others follow when it passed', async () => {
		const pacer = pacerFor(10_000);
		const first = ask(pacer, 3);
		await settle();
		expect(first).toEqual([0, 0, 0]);
		pacer.pause(0, undefined);
		now += 60_000;
		const given = ask(pacer, 3);
		await settle();
		expect(given).toEqual([1]);
		// What is still under way from before the pause does not open the way.
		pacer.pass(0);
		await settle();
		expect(given).toEqual([1]);
		pacer.pass(1);
		await settle();
		expect(given).toEqual([1, 1, 1]);
	});

	test('when the one that went alone is refused, the next goes alone', async () => {
		const pacer = pacerFor(10_000);
		pacer.pause(0, undefined);
		now += 60_000;
		const given = ask(pacer, 3);
		await settle();
		pacer.pause(1, undefined);
		now += 60_000;
		await settle();
		expect(given).toEqual([1, 2]);
	});

	test('when no pause is left, nobody waits for the one that went alone', async () => {
		const pacer = pacerFor(250);
		pacer.pause(0, undefined);
		now += 60_000;
		const given = ask(pacer, 3);
		await settle();
		expect(pacer.pause(1, undefined)).toBe(false);
		await settle();
		expect(given).toEqual([1, 1, 1]);
	});
});
