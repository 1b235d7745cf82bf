'use strict';

const { once } = require('node:events');
const { createServer } = require('node:net');

/** The only address that anything here listens on. */
const LOOPBACK = '127.0.0.1';

/** @returns {Promise<number>} a port of the loopback address that nobody listens on now */
async function freePort() {
	const server = createServer().listen(0, LOOPBACK);
	await once(server, 'listening');
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	server.close();
	await once(server, 'close');
	return port;
}

module.exports = { freePort, LOOPBACK };
