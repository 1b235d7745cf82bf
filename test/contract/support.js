'use strict';

const { Agent, request } = require('undici');
const { startSandbox } = require('../../sandbox/index.mts');

/** @typedef {Record<string, any>} Row */
/** @typedef {Row & { api_keys: Row[], users: Row[] }} Json a reply; which fields it has, a test says */
/** @typedef {Awaited<ReturnType<typeof openSandbox>>} Api */
/**
 * @typedef {object} SendOptions
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body] a string is sent as it is, anything else as JSON
 * @property {AbortSignal} [signal]
 */

/**
 * Starts a sandbox with a client of its own, so that each test file ends what it started.
 *
 * @param {import('../../sandbox/index.mts').SandboxOptions} [options]
 */
async function openSandbox(options) {
	const sandbox = await startSandbox(options);
	const dispatcher = new Agent();

	/** @param {string} method @param {string} url @param {SendOptions} [options] */
	const send = async (method, url, { headers = {}, body, signal } = {}) => {
		const hasBody = body !== undefined;
		const answer = await request(url, {
			method,
			dispatcher,
			signal,
			headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		const text = await answer.body.text();
		return {
			status: answer.statusCode,
			headers: answer.headers,
			text,
			/** @returns {Json} */
			json: () => JSON.parse(text),
		};
	};

	return {
		sandbox,
		dispatcher,
		send,
		/**
		 * A request to CertCentral, as the administrator of the US instance by default.
		 *
		 * @param {string} method
		 * @param {string} path
		 * @param {unknown} [body]
		 * @param {string} [key]
		 * @param {import('../../sandbox/index.mts').InstanceName} [instance]
		 */
		certCentral(method, path, body, key, instance = 'us') {
			const { baseUrl, keys } = sandbox.certCentral[instance];
			const headers = { 'x-dc-devkey': key ?? keys.administrator };
			return send(method, baseUrl + path, { headers, body });
		},
		/**
		 * A request to the partner API, as the parent account by default.
		 *
		 * @param {string} method
		 * @param {string} path
		 * @param {unknown} [body]
		 * @param {string} [key]
		 */
		partner(method, path, body, key = sandbox.partner.keys.parent) {
			const headers = { 'x-partner-apikey': key };
			return send(method, sandbox.partner.baseUrl + path, { headers, body });
		},
		async close() {
			await sandbox.close();
			await dispatcher.destroy();
		},
	};
}

/**
 * Waits until something holds, and leaves it to jest's time limit to give up.
 *
 * @param {() => boolean} holds
 */
async function until(holds) {
	while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The recorded refusal of a wrong CertCentral key (section E of the API reference). */
const INVALID_KEY = {
	errors: [
		{
			code: 'access_denied|access_denied_invalid_key',
			message: 'Access denied due to access_denied_invalid_key.',
		},
	],
};

/**
 * The codes in a CertCentral error body.
 *
 * @param {{ json: () => Json }} reply
 */
const codesIn = (reply) => reply.json().errors.map((/** @type {Row} */ { code }) => code);

module.exports = { INVALID_KEY, codesIn, openSandbox, until };
