/**
 * The named faults. Each is a function, so that it reads the same with and without arguments:
 * `sandbox.addFault({ match: { name: 'CI' }, ...faults.errorAfter(503) })`. "Before" means that
 * the sandbox does nothing with the request, "after" that it does (a key is made, say) and only
 * the reply is lost or changed.
 */

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

const JSON_TYPE = { 'content-type': 'application/json' };
// DigiCert sits behind a CDN, so HTML pages are to be expected; none was recorded
// (digicert-api.md E).
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const HTML_PAGE =
	'<!DOCTYPE html><html><head><title>Please wait</title></head>' +
	'<body><h1>The page is not available</h1></body></html>';

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

	/** The key is made, but an HTML page comes back. */
	htmlAfter: (status = 200) =>
		answer('htmlAfter', 'after', { status, headers: HTML_TYPE, body: HTML_PAGE }),

	/** An HTML page comes back, and nothing was done. */
	htmlBefore: (status = 503) =>
		answer('htmlBefore', 'before', { status, headers: HTML_TYPE, body: HTML_PAGE }),

	/** A redirect. A client that follows it may hand its key to somebody else. */
	redirect: (location = 'https://redirect.invalid/', status = 302) =>
		answer('redirect', 'before', { status, headers: { location } }),

	/** A 401, which DigiCert is not known to send (digicert-api.md F.13). */
	unauthorized: () =>
		answer('unauthorized', 'before', refusal(401, 'unauthorized', 'Authentication is required.')),

	/** The recorded answer to a wrong CertCentral key (digicert-api.md E). */
	forbiddenInvalidKey: () =>
		answer(
			'forbiddenInvalidKey',
			'before',
			refusal(
				403,
				'access_denied|access_denied_invalid_key',
				'Access denied due to access_denied_invalid_key.',
			),
		),

	/**
	 * The documented 429 (digicert-api.md A.2), with Retry-After, in seconds or as an HTTP date, only
	 * when asked for (F.14).
	 */
	rateLimited: ({ retryAfter }: { retryAfter?: number | string } = {}) =>
		answer(
			'rateLimited',
			'before',
			refusal(
				429,
				'request_limit_exceeded',
				'Service unavailable, please limit request volume',
				retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
			),
		),

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

	/** A list of keys that does not show the newest ones yet (digicert-api.md F.23). */
	staleList: (hidden = 1) =>
		answer('staleList', 'after', ({ status, body }) => {
			const { api_keys: keys } = fieldsOf(body);
			const listed: unknown[] = Array.isArray(keys) ? keys : [];
			const shown = { api_keys: listed.slice(0, Math.max(0, listed.length - hidden)) };
			return { status, headers: JSON_TYPE, body: shown };
		}),

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
