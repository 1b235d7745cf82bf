'use strict';

/**
 * The named faults. Each is a function, so that it reads the same with and without arguments:
 * `sandbox.addFault({ match: { name: 'CI' }, ...faults.errorAfter(503) })`. "Before" means that
 * the sandbox does nothing with the request, "after" that it does (a key is made, say) and only
 * the reply is lost or changed.
 */

/** @typedef {import('./types').Fault} Fault */

const JSON_TYPE = { 'content-type': 'application/json' };
// DigiCert sits behind a CDN, so HTML pages are to be expected; none was recorded (section E).
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const HTML_PAGE =
	'<!DOCTYPE html><html><head><title>Please wait</title></head>' +
	'<body><h1>The page is not available</h1></body></html>';

/**
 * A fault that gives another reply in the place of the real one.
 *
 * @param {string} preset
 * @param {Fault['when']} when
 * @param {Fault['reply']} reply
 * @returns {Fault}
 */
const answer = (preset, when, reply) => ({ preset, when, action: 'reply', reply });

/**
 * A reply with the error body of A.1.
 *
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
const refusal = (status, code, message, headers) => ({
	status,
	headers: { ...JSON_TYPE, ...headers },
	body: { errors: [{ code, message }] },
});

/** @param {number} status */
const serverError = (status) => refusal(status, 'internal_error', 'Something went wrong.');

/** @satisfies {Record<string, (...args: any[]) => Fault>} */
const faults = {
	/** The connection ends before anything was done. @returns {Fault} */
	dropBefore: () => ({ preset: 'dropBefore', when: 'before', action: 'drop' }),

	/** The connection ends after the key was made. @returns {Fault} */
	dropAfter: () => ({ preset: 'dropAfter', when: 'after', action: 'drop' }),

	/** An error, and nothing was done. */
	errorBefore: (status = 500) => answer('errorBefore', 'before', serverError(status)),

	/** An error, although the key was made. */
	errorAfter: (status = 500) => answer('errorAfter', 'after', serverError(status)),

	/** The key is made at once, and the right reply comes late. @returns {Fault} */
	slow: (ms = 2_000) => ({ preset: 'slow', when: 'after', action: 'pass', delayMs: ms }),

	/**
	 * The key is made late, even if the client has gone by then. What a client finds after a lost
	 * connection depends on when it looks (section C), and whether a creation takes effect at once
	 * is not documented (F.23).
	 *
	 * @returns {Fault}
	 */
	late: (ms = 2_000) => ({
		preset: 'late',
		when: 'before',
		action: 'pass',
		delayMs: ms,
		outlast: true,
	}),

	/** The right reply breaks off in the middle of its body. @returns {Fault} */
	halfBody: () => ({ preset: 'halfBody', when: 'after', action: 'half' }),

	/** The key is made, but an HTML page comes back. */
	htmlAfter: (status = 200) =>
		answer('htmlAfter', 'after', { status, headers: HTML_TYPE, body: HTML_PAGE }),

	/** An HTML page comes back, and nothing was done. */
	htmlBefore: (status = 503) =>
		answer('htmlBefore', 'before', { status, headers: HTML_TYPE, body: HTML_PAGE }),

	/** A redirect. A client that follows it may hand its key to somebody else. */
	redirect: (location = 'https://redirect.invalid/', status = 302) =>
		answer('redirect', 'before', { status, headers: { location } }),

	/** A 401, which DigiCert is not known to send (F.13). */
	unauthorized: () =>
		answer('unauthorized', 'before', refusal(401, 'unauthorized', 'Authentication is required.')),

	/** The recorded answer to a wrong CertCentral key (section E). */
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
	 * The documented 429 (A.2), with Retry-After only when asked for (F.14).
	 *
	 * @param {{ retryAfter?: number | string }} [options] seconds or an HTTP date
	 */
	rateLimited: ({ retryAfter } = {}) =>
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
		answer('noKeyAfter', 'after', ({ body }) => {
			const { id } = /** @type {{ id?: number }} */ (body ?? {});
			return { status: 201, headers: JSON_TYPE, body: { id } };
		}),

	/** The key is made, and a success comes back with fields of the wrong type. */
	wrongTypesAfter: () =>
		answer('wrongTypesAfter', 'after', ({ body }) => {
			const real = /** @type {{ id?: number }} */ (body ?? {});
			const wrong = { ...real, id: String(real.id), api_key: 12345 };
			return { status: 201, headers: JSON_TYPE, body: wrong };
		}),

	/** A list of keys that does not show the newest ones yet (F.23). */
	staleList: (hidden = 1) =>
		answer('staleList', 'after', ({ status, body }) => {
			const { api_keys: keys = [] } = /** @type {{ api_keys?: unknown[] }} */ (body ?? {});
			const shown = { api_keys: keys.slice(0, Math.max(0, keys.length - hidden)) };
			return { status, headers: JSON_TYPE, body: shown };
		}),

	/** An error whose `errors` is an object: one client prepares for it (section E). */
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
 * @param {string} name
 * @param {unknown[]} [args]
 * @returns {Fault | undefined} undefined when there is none
 */
function presetNamed(name, args = []) {
	if (!Object.hasOwn(faults, name)) return undefined;
	const preset = /** @type {Record<string, (...args: any[]) => Fault>} */ (faults)[name];
	return preset(...args);
}

module.exports = { faults, presetNamed };
