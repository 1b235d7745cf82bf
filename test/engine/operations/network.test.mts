import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';

import { generate } from 'selfsigned';

import type { Execution } from '../../support/engine.mts';
import { APIS, byId, useLab } from '../../support/lab.mts';
import { objectWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { listen } from '../../support/ports.mts';
import { errorOf } from '../../support/told.mts';

const lab = useLab();
shortenPauses();

function expectUnreached(execution: Execution, message: string, found: string, failure?: object) {
	const error = errorOf(execution);
	expect(error.name).toBe('NodeApiError');
	expect(error.message).toBe(`${message} [item 0]`);
	expect(error.description).toContain(found);
	expect(error.failure).toEqual(failure);
	// Nothing was created, and the text must not make anybody look for a key.
	expect(error.description).not.toContain('Look in');
	expect(error.keys).toEqual([]);
}

test('a change that was in doubt stays so when DigiCert cannot be reached any more', async () => {
	const server = createTcpServer((socket) => {
		socket.destroy();
		server.close();
	});
	const baseUrl = await listen(server);
	const { message, description } = errorOf(
		await lab.perform('subaccountApiKey', 'activate', [{}], {
			parameters: { keyId: byId(5) },
			credential: { baseUrl },
		}),
	);
	expect(message).toBe('DigiCert did not confirm the change [item 0]');
	expect(description).toContain('ECONNREFUSED');
});

// The code is the same for both APIs; here it is run at CertCentral.
const { create } = APIS[0];
const createAt = (baseUrl: string, options: object = {}) =>
	lab[create]([lab.item('A')], { credential: { baseUrl }, parameters: { options } });

test('no connection: the port is closed', async () => {
	const server = createTcpServer();
	const baseUrl = await listen(server);
	server.close();
	expectUnreached(
		await createAt(baseUrl),
		'The connection to DigiCert was refused',
		'ECONNREFUSED',
		{ cause: 'temporarily-unavailable' },
	);
});

test('no address: the name does not exist', async () => {
	const execution = await createAt('https://digicert.invalid');
	expectUnreached(execution, "DigiCert's address could not be looked up", 'The system says: E');
});

test('no TLS on the other side', async () => {
	const error = errorOf(await createAt(lab.sandbox.origin.replace('http:', 'https:')));
	// The same codes come when TLS breaks after the request was sent, so they prove nothing.
	expect(error.message).toContain('may have been created');
	expect(error.description).toContain('The secure connection (TLS) did not work');
	expect(lab.sandbox.requests()).toEqual([]);
});

test('a certificate that nobody vouches for: the request is not sent', async () => {
	const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
	let requests = 0;
	const server = createTlsServer({ key, cert }, (_, reply) => {
		requests += 1;
		reply.end();
	});
	const execution = await createAt((await listen(server)).replace('http:', 'https:'));
	expectUnreached(
		execution,
		'No secure connection to DigiCert could be made',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
	);
	expect(requests).toBe(0);
	server.close();
});

test('a server that drips its answer: the timeout bounds the whole request', async () => {
	const server = createServer((_, reply) => {
		reply.writeHead(201, { 'content-type': 'application/json' });
		const drip = setInterval(() => reply.write(' '), 20);
		reply.on('close', () => {
			clearInterval(drip);
		});
	});
	const error = errorOf(await createAt(await listen(server), { timeout: 1000 }));
	expect(error.message).toContain('may have been created');
	expect(error.description).toContain('No whole answer came within 1000 ms');
	server.close();
});

test('what is sent says what it is', async () => {
	const seen: IncomingHttpHeaders[] = [];
	const server = createServer(({ headers }, reply) => {
		seen.push(headers);
		reply.writeHead(400).end();
	});
	await createAt(await listen(server));
	expect(seen).toEqual([
		objectWith({ accept: 'application/json', 'content-type': 'application/json' }),
	]);
	server.close();
});

test.each([
	['hangs up at once', '', 'The connection broke'],
	['does not speak HTTP', '220 mail.example ESMTP\r\n', 'The connection broke'],
])('a server that %s: nobody can tell', async (_, said, found) => {
	const server = createTcpServer((socket) => {
		if (said === '') socket.destroy();
		else socket.end(said);
	});
	const error = errorOf(await createAt(await listen(server)));
	expect(error.message).toContain('may have been created');
	expect(error.description).toContain(found);
	server.close();
});

test('nothing of a request stays behind on the signal that cancels an execution', async () => {
	const added = jest.spyOn(AbortSignal.prototype, 'addEventListener');
	const removed = jest.spyOn(AbortSignal.prototype, 'removeEventListener');
	try {
		const execution = await lab.perform('user', 'get', [{}, {}, {}, {}, {}], {
			parameters: { userId: byId('me'), options: { concurrency: 1 } },
		});
		expect(execution.items('DigiCert')).toHaveLength(5);
		/** Signals with the number of listeners that were added and not taken off again. */
		const left = new Map<unknown, number>();
		for (const signal of added.mock.contexts) left.set(signal, (left.get(signal) ?? 0) + 1);
		for (const signal of removed.mock.contexts) left.set(signal, (left.get(signal) ?? 0) - 1);
		expect(added.mock.calls.length).toBeGreaterThan(5);
		expect(Math.max(...left.values())).toBeLessThanOrEqual(1);
	} finally {
		added.mockRestore();
		removed.mockRestore();
	}
});
