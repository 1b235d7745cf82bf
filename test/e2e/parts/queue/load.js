'use strict';

const { Agent, request } = require('undici');

const { say } = require('../../report');

/** Callers that wait at the same time. */
const CALLERS = 20;
/** How long a caller waits: longer than n8n needs to notice that a worker is gone. */
const PATIENCE_MS = 150_000;

/**
 * @typedef {object} Call one caller's request for a key
 * @property {string} name of the key that it asked for
 * @property {number | undefined} status undefined when the connection broke or nothing came
 * @property {string | undefined} key value that it got
 */

/**
 * Asks for a key by webhook, and tries the key, as its owner would.
 *
 * @param {string} webhook
 * @param {string} tryUrl
 * @param {{ user: number, name: string }} body
 * @param {Agent} dispatcher
 * @returns {Promise<Call>}
 */
async function call(webhook, tryUrl, body, dispatcher) {
	const { name } = body;
	try {
		const answer = await request(webhook, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			dispatcher,
		});
		const text = await answer.body.text();
		const [, key] = /"api_key":"([^"]+)"/.exec(text) ?? [];
		if (key !== undefined) {
			const tried = await request(tryUrl, { headers: { 'X-DC-DEVKEY': key } });
			await tried.body.dump();
		}
		return { name, status: answer.statusCode, key };
	} catch {
		// The caller got no answer; the counts tell.
		return { name, status: undefined, key: undefined };
	}
}

/**
 * Sends many calls, a fixed number at a time.
 *
 * @param {object} load
 * @param {string} load.webhook
 * @param {string} load.tryUrl where a key is tried
 * @param {number} load.user who gets the keys
 * @param {string[]} load.names one call for each
 * @param {(answered: number) => void} [load.onAnswer]
 * @returns {Promise<Call[]>}
 */
async function sendAll({ webhook, tryUrl, user, names, onAnswer = () => {} }) {
	const dispatcher = new Agent({ headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
	const waiting = [...names];
	/** @type {Call[]} */
	const calls = [];
	const caller = async () => {
		for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
			calls.push(await call(webhook, tryUrl, { user, name }, dispatcher));
			if (calls.length % 100 === 0) say(`  ${calls.length} of ${names.length} calls answered`);
			onAnswer(calls.length);
		}
	};
	await Promise.all(Array.from({ length: CALLERS }, caller));
	await dispatcher.close();
	return calls;
}

module.exports = { sendAll };
