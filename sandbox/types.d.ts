/** Shapes shared by the sandbox modules. Types only: nothing here exists at run time. */

declare module 'fastify' {
	interface FastifyRequest {
		/** This request's line in the journal. */
		entry: JournalEntry;
		/** The fault that applies to this request, if any. */
		fault: Fault | undefined;
		/** The record of the key that was presented, if the sandbox knows it. */
		presentedKey: KeyRecord | undefined;
		/** The same, once the key was let in. Handlers use this one. */
		callerKey: KeyRecord;
	}
}

export type InstanceName = 'us' | 'eu';

/** What the sandbox keeps of a key. Never its value. Times are ISO 8601 with milliseconds. */
export interface KeyRecord {
	api: 'certcentral' | 'partner';
	instance: InstanceName | undefined;
	id: number;
	name: string;
	/** A user id (CertCentral) or an account id (partner). */
	ownerId: number;
	status: 'active' | 'revoked' | 'inactive';
	createdAt: string;
	lastUsedAt: string | undefined;
	last4: string;
	/** SHA-256 of the value, in hex. */
	digest: string;
	seeded: boolean;
	/** CertCentral only, A.3. */
	restricted_to_role_id?: number;
	/** Further fields of ACME directory URLs among the CertCentral keys, A.4.2. */
	acme?: Record<string, unknown>;
}

/** What `keyring.issue` needs to make a key. */
export interface KeyRequest {
	name: string;
	ownerId: number;
	/** Given for seeded keys only, whose values outlive a reset. */
	value?: string;
	status?: KeyRecord['status'];
	/** ISO 8601; the time of the call when left out. */
	createdAt?: string;
	restricted_to_role_id?: number;
	acme?: Record<string, unknown>;
}

export interface Keyring {
	issue(request: KeyRequest): { record: KeyRecord; value: string };
	get(id: number): KeyRecord | undefined;
	list(): KeyRecord[];
	findByValue(value: string): KeyRecord | undefined;
	clear(): void;
}

export interface Container {
	id: number;
	public_id: string;
	name: string;
	parent_id: number;
	template_id: number;
	has_logo: boolean;
	is_active: boolean;
}

export interface User {
	id: number;
	username: string;
	first_name: string;
	last_name: string;
	email: string;
	job_title?: string;
	telephone?: string;
	status: 'active' | 'inactive';
	/** ISO 8601; absent until the first login. */
	lastLoginAt?: string;
	containerId: number;
	/** Divisions the user was assigned to by hand, A.5.4. */
	containerAssignments: number[];
	accessRoleId: number;
	/** True for service users. */
	isApiOnly: boolean;
}

/** One CertCentral instance: its own account, users and keys. */
export interface CertCentralInstance {
	name: InstanceName;
	accountId: number;
	containers: Container[];
	users: Map<number, User>;
	keys: Keyring;
	nextUserId: number;
}

export interface PartnerAccount {
	id: number;
	name: string;
	/** The parent account's id; undefined for a parent account. */
	parentId: number | undefined;
}

export interface PartnerState {
	accounts: Map<number, PartnerAccount>;
	keys: Keyring;
	nextAccountId: number;
}

export type CertCentralKeyNames =
	| 'administrator'
	| 'viewOnly'
	| 'orders'
	| 'userManagement'
	| 'standardUser';
export type CertCentralUserNames = 'administrator' | 'person' | 'serviceUser' | 'standard';

/** What a test or a person needs to try one CertCentral instance. */
export interface CertCentralGuide {
	keys: Record<CertCentralKeyNames, string>;
	users: Record<CertCentralUserNames, number>;
}

/** The same for the partner API. */
export interface PartnerGuide {
	keys: Record<'parent' | 'subaccount' | 'unrelated', string>;
	accounts: Record<'parent' | 'subaccount' | 'otherSubaccount' | 'unrelated', number>;
}

/** What the state is filled with, at the start and at each reset. */
export interface CertCentralSeed {
	guide: CertCentralGuide;
	users: User[];
	nextUserId: number;
	keys: KeyRequest[];
}

export interface PartnerSeed {
	guide: PartnerGuide;
	accounts: PartnerAccount[];
	keys: KeyRequest[];
}

export interface State {
	certCentral: Record<InstanceName, CertCentralInstance>;
	partner: PartnerState;
	guide: { certCentral: Record<InstanceName, CertCentralGuide>; partner: PartnerGuide };
	reset(): void;
}

export interface Clock {
	/** The sandbox's own time in milliseconds, as the injected clock gives it. */
	now(): number;
	/** The time that the stand-in for DigiCert believes in: `now` plus the skew. */
	serverNow(): number;
	/** `serverNow` as ISO 8601. */
	serverIso(): string;
}

export interface RateLimit {
	requests: number;
	windowMs: number;
}

export interface RateLimiter {
	/** Counts a request, and gives 0 when it is let through, else how many ms are to be waited. */
	admit(keyDigest: string): number;
	reset(): void;
}

export interface JournalEntry {
	seq: number;
	/** ISO 8601, without the skew. */
	at: string;
	api: KeyRecord['api'] | undefined;
	instance: InstanceName | undefined;
	method: string;
	/** Without base path and query. */
	path: string;
	query: unknown;
	headerNames: string[];
	/** `name` or `api_name` of the body. */
	name: string | undefined;
	body: unknown;
	keyLast4: string | undefined;
	/** undefined while the answer is on its way. */
	status: number | 'dropped' | undefined;
	createdKeyId: number | undefined;
	/** A preset's name, or 'raw' for a fault that was spelt out. */
	fault: string | undefined;
}

export interface Journal {
	open(
		line: Pick<JournalEntry, 'api' | 'instance' | 'method' | 'path' | 'query' | 'headerNames'>,
	): JournalEntry;
	list(filter?: Filter<JournalEntry>): JournalEntry[];
	clear(): void;
}

/** Either a test on the record, or fields that must be equal. */
export type Filter<T> = Partial<T> | ((record: T) => boolean);

export interface FaultMatch {
	method?: string;
	/** A substring or pattern of the path without its base. */
	path?: string | RegExp;
	/** Equal to the body's `name` or `api_name`. */
	name?: string;
}

export interface FaultReply {
	status: number;
	headers?: Record<string, string>;
	/** A string is sent as it is, nothing when left out, anything else as JSON. */
	body?: unknown;
}

/** The real handler's reply, for faults that change it. `body` is parsed, or undefined. */
export interface RealReply {
	status: number;
	body: unknown;
}

export interface Fault {
	/** Set by the presets; names the fault in the journal. */
	preset?: string;
	when: 'before' | 'after';
	action: 'pass' | 'drop' | 'half' | 'reply';
	delayMs?: number;
	/** The wait goes on when the client has gone. */
	outlast?: boolean;
	reply?: FaultReply | ((real: RealReply) => FaultReply);
	match?: FaultMatch;
	/** How many requests it hits: 1 when left out; Infinity for all. */
	times?: number;
}

export interface FaultBook {
	add(fault: Fault): number;
	take(request: { method: string; path: string; name: string | undefined }): Fault | undefined;
	clear(): void;
}

export interface SandboxOptions {
	/** 0 (default) = any free port. */
	port?: number;
	/** Only '127.0.0.1' is accepted. */
	host?: string;
	/** Rolling limits per CertCentral key; default as documented (A.2); [] = off. */
	rateLimits?: RateLimit[];
	/** Whether requests refused by a rate limit count for it. Default no (not documented). */
	countRefused?: boolean;
	/** Whether a 429 says with Retry-After how long to wait. Default no, as documented (F.14). */
	retryAfter?: boolean;
	/** Shifts the Date header, create_date, created_at and last_used_date. */
	clockSkewMs?: number;
	/** Milliseconds since 1970, like Date.now (the default). */
	now?: () => number;
	/** How the partner API shows a key that was never used (B.2.1: unknown). */
	partnerLastUsed?: 'absent' | 'null';
	/** People per CertCentral instance, service users not counted. Default 12, at least 3. */
	seedUsers?: number;
	/** Gets each created key's value, so that a test in this process can look for leaks of it. */
	onIssue?: (value: string) => void;
}

/** What the modules of the server share. */
export interface Context {
	state: State;
	clock: Clock;
	journal: Journal;
	faultBook: FaultBook;
	limiter: RateLimiter;
	retryAfter: boolean;
	partnerLastUsed: 'absent' | 'null';
	keys(filter?: Filter<KeyRecord>): KeyRecord[];
	holds(value: string): KeyRecord | undefined;
	reset(): void;
}

export interface Sandbox {
	origin: string;
	certCentral: Record<InstanceName, CertCentralGuide & { baseUrl: string }>;
	partner: PartnerGuide & { baseUrl: string };
	/** Returns the fault's id. Throws TypeError when the fault is not well formed. */
	addFault(fault: Fault): number;
	clearFaults(): void;
	requests(filter?: Filter<JournalEntry>): JournalEntry[];
	keys(filter?: Filter<KeyRecord>): KeyRecord[];
	holds(apiKeyValue: string): KeyRecord | undefined;
	reset(): void;
	close(): Promise<void>;
}
