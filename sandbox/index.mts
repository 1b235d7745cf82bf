import { createInstance } from './certcentral/seed.mts';
import type { CertCentralGuide } from './certcentral/seed.mts';
import { createConsole } from './console.mts';
import type { Console } from './console.mts';
import { createFaultBook } from './faultBook.mts';
import { faults } from './faults.mts';
import type { Fault } from './faults.mts';
import { createJournal, select } from './journal.mts';
import type { Filter, JournalEntry } from './journal.mts';
import type { InstanceName, KeyRecord, KeyringContext } from './keyring.mts';
import { createPartner } from './partner/seed.mts';
import type { PartnerGuide } from './partner/seed.mts';
import { createRateLimiter, DOCUMENTED_LIMITS } from './rateLimit.mts';
import type { RateLimit } from './rateLimit.mts';
import { BASE_PATHS, createServer } from './server.mts';
import type { Context } from './server.mts';

export type { CertCentralGuide } from './certcentral/seed.mts';
export type { Console } from './console.mts';
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
	/** Rolling limits per CertCentral key; default as documented (digicert-api.md A.2); [] = off. */
	rateLimits?: readonly RateLimit[];
	/** Whether requests refused by a rate limit count for it. Default no (not documented). */
	countRefused?: boolean;
	/** Whether a 429 says with Retry-After how long to wait. Default no (digicert-api.md F.14). */
	retryAfter?: boolean;
	/** Milliseconds since 1970, like Date.now (the default). */
	now?: () => number;
	/** People per CertCentral instance, service users not counted. Default 12, at least 3. */
	seedUsers?: number;
	/** Gets each created key's value, so that a test in this process can look for leaks of it. */
	onIssue?: (value: string) => void;
}

export interface Sandbox {
	origin: string;
	certCentral: Record<InstanceName, CertCentralGuide & { baseUrl: string }>;
	partner: PartnerGuide & { baseUrl: string };
	/** Throws TypeError when the fault is not well formed. */
	addFault: (fault: Fault) => void;
	clearFaults: () => void;
	/** The journal, oldest first. */
	requests: (filter?: Filter<JournalEntry>) => JournalEntry[];
	/** The key records: digest and last 4 characters, no values. */
	keys: (filter?: Filter<KeyRecord>) => KeyRecord[];
	/** The record of the key with this value. */
	holds: (apiKeyValue: string) => KeyRecord | undefined;
	/** What people do beside the API. */
	console: Record<'us' | 'partner', Console>;
	/** Back to the seeded state, journal and faults emptied; seeded values and ids stay. */
	reset: () => void;
	/** At once, whatever is in flight. */
	close: () => Promise<void>;
}

/** Starts a stand-in for both DigiCert APIs. Rejects when it cannot listen there. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const context = createContext(options);
	const app = createServer(context);
	// And nowhere else: it hands out keys to whoever asks.
	const origin = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
	const { us, eu, partner } = context;

	return {
		origin,
		certCentral: {
			us: { baseUrl: origin + BASE_PATHS.us, ...us.guide },
			eu: { baseUrl: origin + BASE_PATHS.eu, ...eu.guide },
		},
		partner: { baseUrl: origin + BASE_PATHS.partner, ...partner.guide },
		addFault: context.faultBook.add,
		clearFaults: context.faultBook.clear,
		requests: context.journal.list,
		keys: context.keys,
		holds: context.holds,
		console: {
			us: createConsole(us.keys, context.journal),
			partner: createConsole(partner.keys, context.journal),
		},
		reset: context.reset,
		close: () => app.close(),
	};
}

function createContext(options: SandboxOptions): Context {
	const { rateLimits = DOCUMENTED_LIMITS, countRefused = false, retryAfter = false } = options;
	const { now = Date.now, seedUsers = 12 } = options;
	const journal = createJournal(now);
	const shared: KeyringContext = {
		now,
		onIssue: (value) => options.onIssue?.(value),
	};
	const us = createInstance('us', seedUsers, shared);
	const eu = createInstance('eu', seedUsers, shared);
	const partner = createPartner(shared);
	const faultBook = createFaultBook();
	const limiter = createRateLimiter(rateLimits, now, countRefused);
	const keyrings = [us.keys, eu.keys, partner.keys];

	return {
		us,
		eu,
		partner,
		now,
		journal,
		faultBook,
		limiter,
		retryAfter,
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
			for (const { reset } of [us, eu, partner]) reset();
			journal.clear();
			faultBook.clear();
			limiter.reset();
		},
	};
}
