'use strict';

const fastify = require('fastify').default;

/**
 * A fault hits the first request with its method. "before" means that nothing is done with the
 * request, "after" that it is and only the reply is lost.
 *
 * @typedef {object} StoreFault
 * @property {string} method
 * @property {'before' | 'after'} when
 * @property {number} [status] of the reply; without it the connection breaks
 * @property {number} [times] 1 when left out
 * @property {StoreFault} [then] added when this one has hit
 *
 * @typedef {object} StandInServer
 * @property {string} url
 * @property {Array<{ method: string, path: string, status: number | 'dropped' }>} requests in the
 *   order in which they were answered
 * @property {(fault: StoreFault) => void} addFault
 * @property {() => void} reset forgets faults and requests
 * @property {() => Promise<void>} close
 */

/**
 * Starts a small stand-in for a store that examples write to, on a free loopback port.
 *
 * @param {(app: import('fastify').FastifyInstance) => void} routes
 * @returns {Promise<StandInServer>}
 */
async function startStandIn(routes) {
	const app = fastify({ forceCloseConnections: true });
	/** @type {StoreFault[]} */
	const faults = [];
	/** @type {StandInServer['requests']} */
	const requests = [];

	/** @param {StoreFault['when']} when @returns {import('fastify').preHandlerHookHandler} */
	const strike = (when) => (request, reply, done) => {
		const fault = faults.find((each) => each.method === request.method && each.when === when);
		if (fault === undefined) return done();
		fault.times = (fault.times ?? 1) - 1;
		if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
		const { status, then } = fault;
		if (then !== undefined) faults.push({ ...then });
		requests.push({ method: request.method, path: request.url, status: status ?? 'dropped' });
		reply.hijack();
		if (status === undefined) request.raw.socket.destroy();
		else reply.raw.writeHead(status, { 'content-type': 'application/json' }).end('{}');
	};
	app.addHook('preHandler', strike('before'));
	app.addHook('onSend', (request, reply, payload, done) => {
		strike('after').call(app, request, reply, () => {
			requests.push({ method: request.method, path: request.url, status: reply.statusCode });
			done(null, payload);
		});
	});
	routes(app);
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		url,
		requests,
		addFault: (fault) => void faults.push({ ...fault }),
		reset() {
			faults.splice(0);
			requests.splice(0);
		},
		close: async () => await app.close(),
	};
}

module.exports = { startStandIn };
