import { NodeApiError, UserError } from 'n8n-workflow';

import { judgeThrown } from '../../dist/nodes/DigiCert/http/networkError.js';

/** What n8n's helper throws: its own error around axios's around the system's. */
function thrown(system: object) {
	const axiosError = Object.assign(new Error('axios'), {
		cause: Object.assign(new Error(), system),
	});
	return new NodeApiError(/** @type {any} */ { name: 'DigiCert' }, /** @type {any} */ axiosError);
}

// Most kinds are met for real in test/engine/network.test.js; these cannot be had on loopback.
test.each([
	['no route', { code: 'EHOSTUNREACH', syscall: 'connect' }],
	['a connection that is never accepted', { code: 'ETIMEDOUT', syscall: 'connect' }],
	[
		'several addresses, none of which answers',
		{ code: 'ETIMEDOUT', errors: [{ code: 'ETIMEDOUT', syscall: 'connect' }] },
	],
])('%s proves that nothing was sent', (_, system) => {
	expect(judgeThrown(thrown(system))).toMatchObject({
		kind: 'unreached',
		cause: 'network',
		detail: system.code,
	});
});

test.each([
	['a reset while reading', { code: 'ECONNRESET', syscall: 'read' }, 'connection', 'ECONNRESET'],
	['a connection that goes silent', { code: 'ETIMEDOUT', syscall: 'read' }, 'timeout', 'ETIMEDOUT'],
	[
		'TLS that breaks',
		{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
		'tls',
		'ERR_SSL_WRONG_VERSION_NUMBER',
	],
	['an error without a code', { message: 'odd' }, 'connection', 'odd'],
])('%s proves nothing', (_, system, cause, detail) => {
	expect(judgeThrown(thrown(system))).toEqual({ kind: 'interrupted', cause, detail });
});

test("n8n's own refusal proves that nothing was sent", () => {
	const refusal = new NodeApiError(
		/** @type {any} */ { name: 'DigiCert' },
		/** @type {any} */ new UserError('Domain not allowed'),
	);
	expect(judgeThrown(refusal)).toEqual({
		kind: 'unreached',
		cause: 'n8n',
		detail: 'Domain not allowed',
	});
});

describe('as n8n 2.8 wraps errors, without their cause', () => {
	const wrapped = (system: object) => Object.assign(thrown(system), { cause: undefined });

	test('a connection that breaks proves nothing', () => {
		const error = Object.assign(wrapped({}), { httpCode: 'ECONNRESET' });
		expect(judgeThrown(error)).toEqual({
			kind: 'interrupted',
			cause: 'connection',
			detail: 'ECONNRESET',
		});
	});

	test('a refused connection proves that nothing was sent', () => {
		const error = Object.assign(wrapped({}), { httpCode: 'ECONNREFUSED' });
		expect(judgeThrown(error)).toMatchObject({ kind: 'unreached', cause: 'refused' });
	});

	test('an error of which nothing is known proves nothing', () => {
		expect(judgeThrown(wrapped({}))).toMatchObject({ kind: 'interrupted', cause: 'connection' });
	});
});

test.each([undefined, null, 'text', 7])('%p thrown proves nothing', (value) => {
	expect(judgeThrown(value)).toMatchObject({ kind: 'interrupted', cause: 'connection' });
});

test('a chain of causes that bites its own tail comes to an end', () => {
	const error = new Error('loop');
	error.cause = error;
	expect(judgeThrown(error)).toMatchObject({ kind: 'interrupted', detail: 'loop' });
});
