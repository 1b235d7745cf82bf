'use strict';

const { createServer } = require('node:http');

/**
 * A host that has nothing to do with DigiCert and must never hear from the node. It would answer
 * a creation, so that nothing but the node's own caution keeps requests away.
 *
 * @typedef {Awaited<ReturnType<typeof startForeignHost>>} ForeignHost
 */
async function startForeignHost() {
	/** @type {Map<string, number>} */
	const requests = new Map();
	const server = createServer((request, response) => {
		const path = String(request.url);
		requests.set(path, (requests.get(path) ?? 0) + 1);
		response.writeHead(201, { 'content-type': 'application/json' });
		response.end('{"id":1,"api_key":"of a foreign host"}');
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

	return {
		/** An address of its own for one run. @param {string} run */
		addressFor: (run) => `http://127.0.0.1:${port}/${run}`,
		/** Requests to this address. @param {string} run */
		requestsTo: (run) => requests.get(`/${run}`) ?? 0,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

module.exports = { startForeignHost };
