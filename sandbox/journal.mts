import type { FastifyInstance } from 'fastify';
import type { InstanceName, KeyRecord } from './keyring.mts';

export interface JournalEntry {
	seq: number;
	/** ISO 8601. */
	at: string;
	api: KeyRecord['api'] | undefined;
	instance: InstanceName | undefined;
	method: string;
	/** Without base path and query. */
	path: string;
	/** Method and pattern of the path, such as `GET /key/:key_id`; of an unknown path, the path. */
	route: string;
	query: Record<string, unknown>;
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

type Line = Pick<JournalEntry, 'api' | 'instance' | 'method' | 'path'> & Partial<JournalEntry>;

export interface Journal {
	/** Starts a line, which the server then completes. */
	open: (line: Line) => JournalEntry;
	/** Copies, oldest first. */
	list: (filter?: Filter<JournalEntry>) => JournalEntry[];
	clear: () => void;
}

/** Either a test on the record, or fields that must be equal. */
export type Filter<T> = Partial<T> | ((record: T) => boolean);

/** The records that pass a filter; all of them without one. */
export function select<T extends object>(records: T[], filter: Filter<T> = {}): T[] {
	if (typeof filter === 'function') return records.filter(filter);
	const wanted: [string, unknown][] = Object.entries(filter);
	return records.filter((record) =>
		wanted.every(([field, value]) => Reflect.get(record, field) === value),
	);
}

/**
 * Makes the journal: one line for every request to either API, aborted ones included. It holds
 * header names but no header values, and no reply bodies, so it never holds a key.
 */
export function createJournal(now: () => number): Journal {
	const entries: JournalEntry[] = [];

	return {
		open(line) {
			const entry: JournalEntry = {
				seq: entries.length + 1,
				at: new Date(now()).toISOString(),
				route: `${line.method} ${line.path}`,
				query: {},
				headerNames: [],
				name: undefined,
				body: undefined,
				keyLast4: undefined,
				status: undefined,
				createdKeyId: undefined,
				fault: undefined,
				...line,
			};
			entries.push(entry);
			return entry;
		},
		list: (filter) => select(entries, filter).map((entry) => ({ ...entry })),
		clear() {
			entries.length = 0;
		},
	};
}

/** Where an API hangs, and whose requests its journal lines are. */
export interface Mounted {
	prefix: string;
	api?: KeyRecord['api'];
	instance?: InstanceName;
}

/** Writes the requests of one API into the journal, and the end of those that break off. */
export function recordRequests(app: FastifyInstance, journal: Journal, mounted: Mounted): void {
	const { prefix, api, instance } = mounted;
	app.addHook<{ Querystring: Record<string, unknown> }>('onRequest', (request, reply, done) => {
		const [path = ''] = request.url.split('?');
		const entry = journal.open({
			api,
			instance,
			method: request.method,
			path: path.slice(prefix.length),
			route: `${request.method} ${(request.routeOptions.url ?? path).slice(prefix.length)}`,
			query: { ...request.query },
			headerNames: Object.keys(request.headers),
		});
		request.entry = entry;
		reply.raw.once('close', () => {
			if (!reply.raw.writableFinished) entry.status = 'dropped';
		});
		done();
	});
	app.addHook('preValidation', (request, _reply, done) => {
		request.entry.body = request.body ?? undefined;
		request.entry.name = nameIn(request.body);
		done();
	});
}

/**
 * Writes the status of replies into the journal. It is noted before the reply goes out, so that a
 * client that has its reply finds it there.
 */
export function recordReplies(app: FastifyInstance): void {
	app.addHook('onSend', (request, reply, payload, done) => {
		if (!reply.raw.destroyed) request.entry.status = reply.statusCode;
		done(null, payload);
	});
}

/** `name`, or `api_name` where a service user or subaccount is made: the name of the key. */
function nameIn(body: unknown): string | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const name = 'name' in body ? body.name : 'api_name' in body ? body.api_name : undefined;
	return typeof name === 'string' ? name : undefined;
}
