'use strict';

const diagnostics = require('node:diagnostics_channel');
const zlib = require('node:zlib');

const { codesIn, shapeOf } = require('./shape');

/** Headers that matter to a client of DigiCert; all others are nobody's business. */
const HEADERS =
	/^(date|retry-after|content-type|content-encoding|location|www-authenticate|.*rate-?limit.*|.*(request|correlation|trace)-?id)$/;

/**
 * One answer of DigiCert, as far as it may be shown.
 *
 * @typedef {object} Answer
 * @property {string} call method, path below the base URL with IDs taken out, and names of the query
 * @property {number} status
 * @property {string[]} headers names of the headers that matter
 * @property {string} body `JSON`, `empty`, `HTML` or `other`
 * @property {Map<string, string>} shape names and types of the body's fields
 * @property {string[]} codes error codes
 */

/** @param {Buffer} bytes @param {string | undefined} encoding */
function decode(bytes, encoding) {
	if (encoding === 'gzip') return zlib.gunzipSync(bytes);
	if (encoding === 'deflate') return zlib.inflateSync(bytes);
	return encoding === 'br' ? zlib.brotliDecompressSync(bytes) : bytes;
}

/** @param {Buffer} bytes @param {string | undefined} encoding @returns {Pick<Answer, 'body' | 'shape' | 'codes'>} */
function readBody(bytes, encoding) {
	const unread = { shape: new Map(), codes: [] };
	if (bytes.length === 0) return { body: 'empty', ...unread };
	try {
		const text = decode(bytes, encoding).toString('utf8');
		if (/^\s*</.test(text)) return { body: 'HTML', ...unread };
		const json = JSON.parse(text);
		return { body: 'JSON', shape: shapeOf(json), codes: codesIn(json) };
	} catch {
		// Neither JSON nor in an encoding that is known: told as what it is.
		return { body: 'other', ...unread };
	}
}

/**
 * Watches the answers to this process's own HTTP requests, by Node's diagnostics channel: what
 * n8n's helper sends and gets stays as it is. Values are dropped as soon as a body has come.
 *
 * @param {string} baseUrl which API; requests to other places are not looked at
 * @param {(answer: Answer) => void} onAnswer
 * @returns {() => void} ends the watch
 */
function observe(baseUrl, onAnswer) {
	const { host, pathname } = new URL(baseUrl);

	/** @param {any} message */
	function note({ request, response }) {
		if (request.getHeader('host') !== host || !request.path.startsWith(`${pathname}/`)) return;
		/** @type {Buffer[]} */
		const chunks = [];
		const push = response.push.bind(response);
		response.push = (/** @type {Buffer | null} */ chunk, /** @type {any} */ ...more) => {
			if (chunk !== null) chunks.push(Buffer.from(chunk));
			return push(chunk, ...more);
		};
		response.once('close', () => {
			const [path, query] = request.path.slice(pathname.length).split('?');
			const names = [...new URLSearchParams(query).keys()].join('&');
			onAnswer({
				call: `${request.method} ${path.replace(/\/\d+(?=\/|$)/g, '/{id}')}${names && `?${names}`}`,
				status: response.statusCode,
				headers: Object.keys(response.headers).filter((name) => HEADERS.test(name)),
				...readBody(Buffer.concat(chunks), response.headers['content-encoding']),
			});
		});
	}
	diagnostics.subscribe('http.client.response.finish', note);
	return () => void diagnostics.unsubscribe('http.client.response.finish', note);
}

module.exports = { observe };
