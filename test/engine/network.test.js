'use strict';

const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { once } = require('node:events');
const { generate } = require('selfsigned');

const { useLab } = require('../support/lab');

const lab = useLab();

const APIS = /** @type {const} */ ([['createUserKeys'], ['createSubaccountKeys']]);
const item = () => ({
	user: lab.sandbox.certCentral.us.users.person,
	account: lab.sandbox.partner.accounts.subaccount,
	name: 'A',
});

/** @param {net.Server} server @returns {Promise<number>} the port it listens on */
async function listen(server) {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return /** @type {net.AddressInfo} */ (server.address()).port;
}

/** @param {any} execution @param {string} message @param {string} found @param {any} [failure] */
function expectUnreached(execution, message, found, failure) {
	expect(execution.error.name).toBe('NodeApiError');
	expect(execution.error.message).toBe(`${message} [item 0]`);
	expect(execution.error.description).toContain(found);
	expect(execution.error.failure).toEqual(failure);
	// Nothing was created, and the text must not make anybody look for a key.
	expect(execution.error.description).not.toContain('Look in');
}

test('a change that was in doubt stays so when DigiCert cannot be reached any more', async () => {
	const server = net.createServer((socket) => {
		socket.destroy();
		server.close();
	});
	const port = await listen(server);
	const { error } = await lab.perform('userApiKey', 'reactivate', [{}], {
		parameters: { keyId: { __rl: true, mode: 'id', value: 5 } },
		credential: { baseUrl: `http://127.0.0.1:${port}` },
	});
	expect(error.message).toBe('DigiCert did not confirm the change [item 0]');
	expect(error.description).toContain('ECONNREFUSED');
});

describe.each(APIS)('%s', (create) => {
	test('no connection: the port is closed', async () => {
		const server = net.createServer();
		const port = await listen(server);
		server.close();
		const execution = await lab[create]([item()], {
			credential: { baseUrl: `http://127.0.0.1:${port}` },
		});
		expectUnreached(execution, 'The connection to DigiCert was refused', 'ECONNREFUSED', {
			cause: 'temporarily-unavailable',
		});
	});

	test('no address: the name does not exist', async () => {
		const execution = await lab[create]([item()], {
			credential: { baseUrl: 'https://digicert.invalid' },
		});
		expectUnreached(execution, "DigiCert's address could not be looked up", 'The system says: E');
	});

	test('no TLS on the other side', async () => {
		const execution = await lab[create]([item()], {
			credential: { baseUrl: lab.sandbox.origin.replace('http:', 'https:') },
		});
		// The same codes come when TLS breaks after the request was sent, so they prove nothing.
		expect(execution.error.message).toContain('may have been created');
		expect(execution.error.description).toContain('The secure connection (TLS) did not work');
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('a certificate that nobody vouches for: the request is not sent', async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
		let requests = 0;
		const server = https.createServer({ key, cert }, (_, reply) => {
			requests += 1;
			reply.end();
		});
		const port = await listen(server);
		const execution = await lab[create]([item()], {
			credential: { baseUrl: `https://127.0.0.1:${port}` },
		});
		expectUnreached(
			execution,
			'No secure connection to DigiCert could be made',
			'DEPTH_ZERO_SELF_SIGNED_CERT',
		);
		expect(requests).toBe(0);
		server.close();
	});

	test('a server that drips its answer: the time-out bounds the whole request', async () => {
		const server = http.createServer((_, reply) => {
			reply.writeHead(201, { 'content-type': 'application/json' });
			const drip = setInterval(() => reply.write(' '), 20);
			reply.on('close', () => clearInterval(drip));
		});
		const port = await listen(server);
		const execution = await lab[create]([item()], {
			credential: { baseUrl: `http://127.0.0.1:${port}` },
			parameters: { options: { timeout: 300 } },
		});
		expect(execution.error.message).toContain('may have been created');
		expect(execution.error.description).toContain('No whole answer came within 300 ms');
		server.close();
	});

	test('what is sent says what it is', async () => {
		/** @type {http.IncomingHttpHeaders[]} */
		const seen = [];
		const server = http.createServer(({ headers }, reply) => {
			seen.push(headers);
			reply.writeHead(400).end();
		});
		const port = await listen(server);
		await lab[create]([item()], { credential: { baseUrl: `http://127.0.0.1:${port}` } });
		expect(seen).toEqual([
			expect.objectContaining({ accept: 'application/json', 'content-type': 'application/json' }),
		]);
		server.close();
	});

	test('a server that hangs up at once: nobody can tell', async () => {
		const server = net.createServer((socket) => socket.destroy());
		const port = await listen(server);
		const execution = await lab[create]([item()], {
			credential: { baseUrl: `http://127.0.0.1:${port}` },
		});
		expect(execution.error.message).toContain('may have been created');
		expect(execution.error.description).toContain('The connection broke');
		server.close();
	});

	test('a server that does not speak HTTP: nobody can tell', async () => {
		const server = net.createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
		const port = await listen(server);
		const execution = await lab[create]([item()], {
			credential: { baseUrl: `http://127.0.0.1:${port}` },
		});
		expect(execution.error.message).toContain('may have been created');
		server.close();
	});
});
