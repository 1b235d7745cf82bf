import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { CertCentralGuide } from './certcentral/seed.mts';
import { createClock } from './clock.mts';
import { createFaultBook } from './faultBook.mts';
import { faults } from './faults.mts';
import type { Fault } from './faults.mts';
import { createJournal, select } from './journal.mts';
import type { Filter, JournalEntry } from './journal.mts';
import type { InstanceName, KeyRecord } from './keyring.mts';
import type { PartnerGuide } from './partner/seed.mts';
import { createRateLimiter, DOCUMENTED_LIMITS } from './rateLimit.mts';
import type { RateLimit } from './rateLimit.mts';
import { BASE_PATHS, createServer } from './server.mts';
import type { Context } from './server.mts';
import { createState } from './state.mts';

export type { CertCentralGuide } from './certcentral/seed.mts';
export type { Fault, FaultMatch, FaultReply, RealReply } from './faults.mts';
export type { Filter, JournalEntry } from './journal.mts';
export type { InstanceName, KeyRecord } from './keyring.mts';
export type { PartnerGuide } from './partner/seed.mts';
export { DOCUMENTED_LIMITS } from './rateLimit.mts';
export type { RateLimit } from './rateLimit.mts';
export { faults };

export interface SandboxOptions {
	/** 0 (default) = any free port. */
	port?: number;
	/** Only '127.0.0.1' is accepted. */
	host?: string;
	/** Rolling limits per CertCentral key; default as documented (digicert-api.md A.2); [] = off. */
	rateLimits?: readonly RateLimit[];
	/** Whether requests refused by a rate limit count for it. Default no (not documented). */
	countRefused?: boolean;
	/** Whether a 429 says with Retry-After how long to wait. Default no (digicert-api.md F.14). */
	retryAfter?: boolean;
	/** Shifts the Date header, create_date, created_at and last_used_date. */
	clockSkewMs?: number;
	/** Milliseconds since 1970, like Date.now (the default). */
	now?: () => number;
	/** How the partner API shows a key that was never used (digicert-api.md B.2.1: unknown). */
	partnerLastUsed?: 'absent' | 'null';
	/** People per CertCentral instance, service users not counted. Default 12, at least 3. */
	seedUsers?: number;
	/** Gets each created key's value, so that a test in this process can look for leaks of it. */
	onIssue?: (value: string) => void;
}

export interface Sandbox {
	origin: string;
	certCentral: Record<InstanceName, CertCentralGuide & { baseUrl: string }>;
	partner: PartnerGuide & { baseUrl: string };
	/** Returns the fault's id. Throws TypeError when the fault is not well formed. */
	addFault: (fault: Fault) => number;
	clearFaults: () => void;
	/** The journal, oldest first. */
	requests: (filter?: Filter<JournalEntry>) => JournalEntry[];
	/** The key records: digest and last 4 characters, no values. */
	keys: (filter?: Filter<KeyRecord>) => KeyRecord[];
	/** The record of the key with this value. */
	holds: (apiKeyValue: string) => KeyRecord | undefined;
	/** Back to the seeded state, journal and faults emptied; seeded values and ids stay. */
	reset: () => void;
	/** At once, whatever is in flight. */
	close: () => Promise<void>;
}

/** The only address it listens on: the sandbox hands out keys to whoever asks. */
const LOOPBACK = '127.0.0.1';

/**
 * Starts a stand-in for both DigiCert APIs. Rejects when the port is taken, and when a host other
 * than 127.0.0.1 or fewer than 3 seeded users are asked for.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
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

function createContext(options: SandboxOptions, seedUsers: number): Context {
	const { now = Date.now, clockSkewMs = 0, partnerLastUsed = 'absent' } = options;
	const { rateLimits = DOCUMENTED_LIMITS, countRefused = false, retryAfter = false } = options;
	const clock = createClock(now, clockSkewMs);
	const state = createState({ clock, seedUsers, onIssue: (value) => options.onIssue?.(value) });
	const journal = createJournal(clock);
	const faultBook = createFaultBook();
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
 * @returns ends them all at once, and any that still comes in
 */
function trackSockets(server: Server): () => void {
	const sockets = new Set<Socket>();
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
