'use strict';

const { createClock } = require('./clock');
const { createFaultBook } = require('./faultBook');
const { faults } = require('./faults');
const { select } = require('./filter');
const { createJournal } = require('./journal');
const { createRateLimiter, DOCUMENTED_LIMITS } = require('./rateLimit');
const { BASE_PATHS, createServer } = require('./server');
const { createState } = require('./state');

/** The only address it listens on: the sandbox hands out keys to whoever asks. */
const LOOPBACK = '127.0.0.1';

/**
 * Starts a stand-in for both DigiCert APIs.
 *
 * @param {import('./types').SandboxOptions} [options]
 * @returns {Promise<import('./types').Sandbox>} rejects when the port is taken, and when a host
 *   other than 127.0.0.1 or fewer than 3 seeded users are asked for
 */
async function startSandbox(options = {}) {
	const { port = 0, host = LOOPBACK, seedUsers = 12 } = options;
	if (host !== LOOPBACK) throw new Error(`The sandbox listens on ${LOOPBACK} only, not on ${host}`);
	if (!(seedUsers >= 3)) throw new Error('The sandbox needs 3 seeded users or more');

	const context = createContext(options, seedUsers);
	const app = createServer(context);
	const endSockets = trackSockets(app.server);
	const origin = await app.listen({ port, host });
	const { guide } = context.state;

	return {
		origin,
		certCentral: {
			us: { baseUrl: origin + BASE_PATHS.us, ...guide.certCentral.us },
			eu: { baseUrl: origin + BASE_PATHS.eu, ...guide.certCentral.eu },
		},
		partner: { baseUrl: origin + BASE_PATHS.partner, ...guide.partner },
		addFault: context.faultBook.add,
		clearFaults: context.faultBook.clear,
		requests: context.journal.list,
		keys: context.keys,
		holds: context.holds,
		reset: context.reset,
		async close() {
			endSockets();
			await app.close();
		},
	};
}

/**
 * What the modules of the server share.
 *
 * @param {import('./types').SandboxOptions} options
 * @param {number} seedUsers
 * @returns {import('./types').Context}
 */
function createContext(options, seedUsers) {
	const { now = Date.now, clockSkewMs = 0, partnerLastUsed = 'absent', onIssue } = options;
	const clock = createClock(now, clockSkewMs);
	const state = createState({ clock, seedUsers, onIssue: onIssue ?? (() => {}) });
	const journal = createJournal(clock);
	const faultBook = createFaultBook();
	const { rateLimits = DOCUMENTED_LIMITS, countRefused = false, retryAfter = false } = options;
	const limiter = createRateLimiter(rateLimits, now, countRefused);
	const keyrings = [state.certCentral.us.keys, state.certCentral.eu.keys, state.partner.keys];

	return {
		state,
		clock,
		journal,
		faultBook,
		limiter,
		retryAfter,
		partnerLastUsed,
		keys(filter) {
			const records = keyrings.flatMap((keyring) => keyring.list());
			return select(records, filter).map((record) => ({ ...record }));
		},
		holds(value) {
			const records = keyrings.map((keyring) => keyring.findByValue(value));
			const found = records.find((record) => record !== undefined);
			return found && { ...found };
		},
		reset() {
			state.reset();
			journal.clear();
			faultBook.clear();
			limiter.reset();
		},
	};
}

/**
 * Keeps track of a server's sockets. Fastify can close them too, but only after it has waited for
 * the requests in flight, and here these may hang on purpose.
 *
 * @param {import('node:http').Server} server
 * @returns {() => void} ends them all at once, and any that still comes in
 */
function trackSockets(server) {
	/** @type {Set<import('node:net').Socket>} */
	const sockets = new Set();
	let ended = false;
	server.on('connection', (socket) => {
		if (ended) socket.destroy();
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	return () => {
		ended = true;
		sockets.forEach((socket) => socket.destroy());
	};
}

module.exports = { startSandbox, faults };
