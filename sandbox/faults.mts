/**
 * The named faults. Each is a function, so that it reads the same with and without arguments:
 * `sandbox.addFault({ match: { name: 'CI' }, ...faults.errorAfter(503) })`. "Before" means that
 * the sandbox does nothing with the request, "after" that it does (a key is made, say) and only
 * the reply is lost or changed.
 */

import { invalidKey, limitExceeded } from './certcentral/access.mts';
import type { ApiError } from './errors.mts';

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
	/** Text and bytes are sent as they are, nothing when left out, anything else as JSON. */
	body?: unknown;
}

/** The real handler's reply, for faults that change it. Before the deed it is an empty 200. */
export interface RealReply {
	status: number;
	headers: Record<string, string>;
	text: string;
	/** `text` parsed, or undefined. */
	body: unknown;
	/** The key that came with the request, '' without one. */
	callerKey: string;
}

export interface Fault {
	/** Set by the presets; names the fault in the journal. */
	preset?: string;
	when: 'before' | 'after';
	/** `headers` sends those and no body, `half` half of the body; then the connection ends. */
	action: 'pass' | 'drop' | 'headers' | 'half' | 'reply';
	delayMs?: number;
	/** The wait goes on when the client has gone. */
	outlast?: boolean;
	reply?: FaultReply | ((real: RealReply) => FaultReply);
	match?: FaultMatch;
	/** How many requests it hits: 1 when left out; Infinity for all. */
	times?: number;
}

const JSON_TYPE = { 'content-type': 'application/json' };
// DigiCert sits behind a CDN, so HTML pages are to be expected; none was recorded
// (digicert-api.md E).
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const HTML_PAGE =
	'<!DOCTYPE html><html><head><title>Please wait</title></head>' +
	'<body><h1>The page is not available</h1></body></html>';

function htmlPage(status: number): FaultReply {
	const login = status === 407 && { 'proxy-authenticate': 'Basic realm="proxy"' };
	return { status, headers: { ...HTML_TYPE, ...login }, body: HTML_PAGE };
}

/** A fault that gives another reply in the place of the real one. */
function answer(preset: string, when: Fault['when'], reply: NonNullable<Fault['reply']>): Fault {
	return { preset, when, action: 'reply', reply };
}

/** A reply with the error body of digicert-api.md A.1. */
function refusal(status: number, code: string, message: string, headers = {}): FaultReply {
	return { status, headers: { ...JSON_TYPE, ...headers }, body: { errors: [{ code, message }] } };
}

function serverError(status: number): FaultReply {
	return refusal(status, 'internal_error', 'Something went wrong.');
}

function fieldsOf(body: unknown): Record<string, unknown> {
	return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** What CertCentral itself refuses with. */
function refusalOf({ status, code, message }: ApiError): FaultReply {
	return refusal(status, code, message);
}

const LIMIT_EXCEEDED = refusalOf(limitExceeded());

/** Above 2^53: read as a number it is 9007199254740992, which may be another key's ID. */
const UNSAFE_ID = '9007199254740993';

/** Ways to write a key (digicert-api.md says nothing of errors that quote one). */
const KEY_FORMS = {
	asIs: (key: string) => key,
	otherCase: (key: string) => key.toUpperCase(),
	urlEncoded: (key: string) =>
		Array.from(Buffer.from(key), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
};

/** The text of an object with one more field at its end. */
function withField(text: string, field: string): string {
	return text.replace(/\}$/, `,${field}}`);
}

/** Replies of creations, made from the text of the right one. */
const ODD_REPLIES = {
	unsafeId: (text: string) => text.replace(/"id":\d+/, `"id":${UNSAFE_ID}`),
	textId: (text: string) => text.replace(/"id":(\d+)/, '"id":"$1"'),
	noId: (text: string) => text.replace(/"id":\d+,?/, ''),
	emptyKey: (text: string) => text.replace(/"api_key":"[^"]*"/, '"api_key":""'),
	blankKey: (text: string) => text.replace(/"api_key":"[^"]*"/, '"api_key":"  "'),
	duplicateKeys: (text: string) => withField(text, '"id":null,"api_key":null'),
	proto: (text: string) => withField(text, '"__proto__":{"id":1,"api_key":"not the key"}'),
	array: (text: string) => `[${text}]`,
	null: () => 'null',
};

function changedText(change: (text: string) => string) {
	return (real: RealReply): FaultReply => ({ ...real, body: change(real.text) });
}

/** What a table has under a name, which may come from another process. */
function chosen<T extends object, K extends keyof T>(table: T, name: K): T[K] {
	if (!Object.hasOwn(table, name)) throw new TypeError(`Not one of ${Object.keys(table).join()}`);
	return table[name];
}

type Entry = Record<string, unknown>;

/** Applies a change to the newest entry only. */
function newest(change: (entry: Entry) => unknown) {
	return (entries: Entry[]) =>
		entries.map((entry, index) => (index === entries.length - 1 ? change(entry) : entry));
}

/** Applies a change to the times of creation: digicert-api.md A.4.1, B.2.1 have a zone. */
function created(change: (time: string) => string) {
	return (entries: Entry[]) =>
		entries.map((entry) => {
			const field = 'created_at' in entry ? 'created_at' : 'create_date';
			return { ...entry, [field]: change(String(entry[field])) };
		});
}

/** Lists, made from the entries of the right one. */
const ODD_LISTS = {
	nullEntry: (entries: Entry[]) => [null, ...entries],
	noId: newest((entry) => ({ ...entry, id: undefined })),
	textIds: (entries: Entry[]) => entries.map((entry) => ({ ...entry, id: String(entry.id) })),
	unsafeId: newest((entry) => ({ ...entry, id: UNSAFE_ID })),
	timeWithoutZone: created((time) => time.slice(0, 19)),
	dateOnly: created((time) => time.slice(0, 10)),
	noTime: created(() => 'yesterday'),
	/** Says that there is one more entry than there is. */
	highTotal: (entries: Entry[]) => entries,
};

/** A list of either kind whose entries were changed. A total that it states stays as it was. */
function changedList(change: (entries: Entry[]) => unknown[]) {
	return ({ status, body }: RealReply): FaultReply => {
		const list = fieldsOf(body);
		const name = 'users' in list ? 'users' : 'api_keys';
		const entries = Array.isArray(list[name]) ? list[name].map(fieldsOf) : [];
		const page = fieldsOf(list.page);
		if (change === ODD_LISTS.highTotal) page.total = entries.length + 1;
		const changed = { ...list, [name]: change(entries), page };
		if (Object.keys(page).length === 0) Reflect.deleteProperty(changed, 'page');
		// An unsafe number can only be written as text.
		const text = JSON.stringify(changed).replace(`"${UNSAFE_ID}"`, UNSAFE_ID);
		return { status, headers: JSON_TYPE, body: text };
	};
}

function shifted({ headers }: RealReply, ms: number): string {
	return new Date(Date.parse(headers.date ?? '') + ms).toUTCString();
}

export const faults = {
	/** The connection ends before anything was done. */
	dropBefore: (): Fault => ({ preset: 'dropBefore', when: 'before', action: 'drop' }),

	/** The connection ends after the key was made. */
	dropAfter: (): Fault => ({ preset: 'dropAfter', when: 'after', action: 'drop' }),

	/** An error, and nothing was done. */
	errorBefore: (status = 500) => answer('errorBefore', 'before', serverError(status)),

	/** An error, although the key was made. */
	errorAfter: (status = 500) => answer('errorAfter', 'after', serverError(status)),

	/** The key is made at once, and the right reply comes late. */
	slow: (ms = 2_000): Fault => ({ preset: 'slow', when: 'after', action: 'pass', delayMs: ms }),

	/**
	 * The key is made late, even if the client has gone by then. What a client finds after a lost
	 * connection depends on when it looks, and whether a creation takes effect at once is not
	 * documented (digicert-api.md F.23).
	 */
	late: (ms = 2_000): Fault => ({
		preset: 'late',
		when: 'before',
		action: 'pass',
		delayMs: ms,
		outlast: true,
	}),

	/** The right reply breaks off in the middle of its body. */
	halfBody: (): Fault => ({ preset: 'halfBody', when: 'after', action: 'half' }),

	/** The headers of the right reply come, and then nothing. */
	headersAfter: (): Fault => ({ preset: 'headersAfter', when: 'after', action: 'headers' }),

	/** The key is made, but an HTML page comes back: of the CDN, or of a proxy (407, 502, 504). */
	htmlAfter: (status = 200) => answer('htmlAfter', 'after', htmlPage(status)),

	/** An HTML page comes back, and nothing was done. */
	htmlBefore: (status = 503) => answer('htmlBefore', 'before', htmlPage(status)),

	/** A redirect. A client that follows it may hand its key to somebody else. */
	redirect: (location = 'https://redirect.invalid/', status = 302) =>
		answer('redirect', 'before', { status, headers: { location } }),

	/** A 401, which DigiCert is not known to send (digicert-api.md F.13). */
	unauthorized: () =>
		answer('unauthorized', 'before', refusal(401, 'unauthorized', 'Authentication is required.')),

	/** The recorded answer to a wrong CertCentral key (digicert-api.md E). */
	forbiddenInvalidKey: () => answer('forbiddenInvalidKey', 'before', refusalOf(invalidKey())),

	/**
	 * The documented 429 (digicert-api.md A.2), with Retry-After, in seconds or as an HTTP date, only
	 * when asked for (F.14).
	 */
	rateLimited: ({ retryAfter }: { retryAfter?: number | string } = {}) =>
		answer('rateLimited', 'before', {
			...LIMIT_EXCEEDED,
			headers: {
				...JSON_TYPE,
				...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
			},
		}),

	/** The key is made, and a success without a body comes back. */
	emptyAfter: (status = 201) => answer('emptyAfter', 'after', { status }),

	/** The key is made, and a success comes back that claims to be JSON and is not. */
	notJsonAfter: () =>
		answer('notJsonAfter', 'after', { status: 201, headers: JSON_TYPE, body: 'Created.' }),

	/** The key is made, and a success comes back with its id but without its value. */
	noKeyAfter: () =>
		answer('noKeyAfter', 'after', ({ body }) => ({
			status: 201,
			headers: JSON_TYPE,
			body: { id: fieldsOf(body).id },
		})),

	/** The key is made, and a success comes back with fields of the wrong type. */
	wrongTypesAfter: () =>
		answer('wrongTypesAfter', 'after', ({ body }) => {
			const real = fieldsOf(body);
			return {
				status: 201,
				headers: JSON_TYPE,
				body: { ...real, id: String(real.id), api_key: 12345 },
			};
		}),

	/** The key is made, and JSON comes back as nobody expects it. */
	oddJsonAfter: (kind: keyof typeof ODD_REPLIES = 'noId') =>
		answer('oddJsonAfter', 'after', changedText(chosen(ODD_REPLIES, kind))),

	/** The right reply, with a field beside the others that is nested this deep. */
	nestedAfter: (levels = 5_000) =>
		answer(
			'nestedAfter',
			'after',
			changedText((text) => withField(text, `"more":${'['.repeat(levels)}${']'.repeat(levels)}`)),
		),

	/** The right reply, dated by another clock: this many ms ahead, or by any text. */
	datedAfter: (date: number | string = 3_600_000) =>
		answer('datedAfter', 'after', (real) => ({
			...real,
			headers: { ...real.headers, date: typeof date === 'string' ? date : shifted(real, date) },
			body: real.text,
		})),

	/** The key is made, and what comes back says gzip and is not. */
	brokenGzipAfter: () =>
		answer('brokenGzipAfter', 'after', ({ status, headers }) => ({
			status,
			headers: { ...headers, 'content-encoding': 'gzip' },
			body: Buffer.from('1f8b0800000000000003ffffffffffffffff', 'hex'),
		})),

	/** The documented 429 with the right reply in its body: the key is made. */
	limitedAfter: () =>
		answer('limitedAfter', 'after', ({ body }) => ({
			...LIMIT_EXCEEDED,
			body: { ...fieldsOf(LIMIT_EXCEEDED.body), ...fieldsOf(body) },
		})),

	/** An error whose body is the beginning of the right reply, with part of the key. */
	cutErrorAfter: (status = 502, characters = 50) =>
		answer('cutErrorAfter', 'after', ({ text }) => ({
			status,
			headers: JSON_TYPE,
			body: text.slice(0, characters),
		})),

	/** A 400 that quotes the caller's own key. */
	echoKey: (form: keyof typeof KEY_FORMS = 'asIs') => {
		const written = chosen(KEY_FORMS, form);
		return answer('echoKey', 'before', ({ callerKey }) =>
			refusal(400, 'bad_request', `The key ${written(callerKey)} cannot do this.`),
		);
	},

	/** A list of keys that does not show the newest ones yet (digicert-api.md F.23). */
	staleList: (hidden = 1) =>
		answer(
			'staleList',
			'after',
			changedList((entries) => entries.slice(0, -hidden)),
		),

	/** A list as nobody expects it. `newest` is its last entry. */
	oddList: (kind: keyof typeof ODD_LISTS = 'nullEntry') =>
		answer('oddList', 'after', changedList(chosen(ODD_LISTS, kind))),

	/** An error whose `errors` is an object: one client prepares for it (digicert-api.md E). */
	errorsAsObject: (status = 400) =>
		answer('errorsAsObject', 'before', {
			status,
			headers: JSON_TYPE,
			body: { errors: { code: 'bad_request', message: 'The request is not valid.' } },
		}),
};

/**
 * The preset of this name.
 *
 * @returns undefined when there is none; it is checked when it is added
 */
export function presetNamed(name: string, args: readonly unknown[] = []): Fault | undefined {
	if (!isPresetName(name)) return undefined;
	const made: unknown = Reflect.apply(faults[name], undefined, args);
	return isFault(made) ? made : undefined;
}

function isPresetName(name: string): name is keyof typeof faults {
	return Object.hasOwn(faults, name);
}

function isFault(value: unknown): value is Fault {
	return typeof value === 'object' && value !== null && 'when' in value && 'action' in value;
}
