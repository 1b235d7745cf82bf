'use strict';

const { request } = require('undici');

const { until } = require('../wait');

const OWNER = { email: 'owner@example.com', password: 'Only4ThisTest' };

/** @typedef {{ status: number, body: any }} Answer */

/** @param {import('undici').Dispatcher.ResponseData['body']} body */
async function read(body) {
	const text = await body.text();
	try {
		return JSON.parse(text);
	} catch {
		// Some answers are plain text.
		return text;
	}
}

/**
 * Sets up the owner of a fresh n8n and signs in.
 *
 * @param {string} url of n8n
 */
async function signIn(url) {
	let cookie = '';

	/** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<Answer>} */
	async function call(method, path, body) {
		const answer = await request(url + path, {
			method: /** @type {import('undici').Dispatcher.HttpMethod} */ (method),
			headers: { 'content-type': 'application/json', 'browser-id': 'e2e', cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const cookies = [answer.headers['set-cookie'] ?? []].flat();
		if (cookies.length > 0) cookie = cookies.map((set) => set.split(';')[0]).join('; ');
		return { status: answer.statusCode, body: await read(answer.body) };
	}

	/** Calls and gives what n8n puts in `data`. @param {string} method @param {string} path @param {unknown} [body] */
	async function rest(method, path, body) {
		const answer = await call(method, `/rest${path}`, body);
		if (answer.status === 200) return answer.body.data ?? answer.body;
		throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
	}

	// A fresh n8n answers 404 for a moment after it says that it is ready.
	await until('the set-up page', async () => {
		const owner = { ...OWNER, firstName: 'Olive', lastName: 'Owner' };
		const { status } = await call('POST', '/rest/owner/setup', owner);
		return status === 200 ? true : undefined;
	});

	return { call, rest };
}

module.exports = { OWNER, signIn };
