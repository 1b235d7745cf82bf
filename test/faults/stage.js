'use strict';

const { startSandbox } = require('../../sandbox/index.mts');

/**
 * A sandbox for one run at a time, with what the runs need to know of it. Its clock can be set, so
 * that keys may be older than the run, and DigiCert's clock may differ from ours.
 *
 * @typedef {import('../../sandbox/index.mts').KeyRecord} KeyRecord
 * @typedef {import('./schedule').Api} Api
 * @typedef {Awaited<ReturnType<typeof openStage>>} Stage
 */
async function openStage() {
	let ahead = 0;
	/** @type {string[]} */
	const issued = [];
	const sandbox = await startSandbox({
		rateLimits: [],
		now: () => Date.now() + ahead,
		onIssue: (value) => void issued.push(value),
	});
	const { us, eu } = sandbox.certCentral;
	const { partner } = sandbox;
	const owners = {
		certcentral: Object.values(us.users),
		partner: [partner.accounts.subaccount, partner.accounts.otherSubaccount],
	};
	const access = {
		certcentral: { baseUrl: us.baseUrl, apiKey: us.keys.administrator, header: 'x-dc-devkey' },
		partner: { baseUrl: partner.baseUrl, apiKey: partner.keys.parent, header: 'x-partner-apikey' },
	};

	/** @param {Api} api @param {string} method @param {string} path @param {object} [body] @param {string} [key] */
	async function call(api, method, path, body, key = access[api].apiKey) {
		const { baseUrl, header } = access[api];
		const response = await fetch(baseUrl + path, {
			method,
			headers: { [header]: key, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { ok: response.ok, text: await response.text() };
	}

	return {
		sandbox,
		owners,
		access,
		/** The values of all keys made since the stage was cleared. */
		issued,
		/** Every key that opens something from the start. */
		adminKeys: [us, eu, partner].flatMap(({ keys }) => Object.values(keys)),
		/** Back to the start. @param {number} skewMs how far DigiCert's clock is to be ahead */
		clear(skewMs) {
			sandbox.reset();
			issued.length = 0;
			ahead = skewMs;
		},
		/**
		 * Makes a key that is there before the run.
		 *
		 * @param {Api} api
		 * @param {import('./schedule').EarlierKey} key
		 * @returns {Promise<number>} its ID
		 */
		async makeEarlierKey(api, { owner, name, ageMs, off, used }) {
			const ownerId = owners[api][owner];
			const path = api === 'certcentral' ? `/key/user/${ownerId}` : `/api-key/account/${ownerId}`;
			ahead -= ageMs;
			const { ok, text } = await call(api, 'POST', path, { name });
			if (!ok) throw new Error(`The stage could not be set: ${text}`);
			const { id, api_key: value } = JSON.parse(text);
			ahead += ageMs;
			const status = api === 'certcentral' ? 'revoked' : 'inactive';
			const keyPath = api === 'certcentral' ? `/key/${id}` : `/api-key/${id}`;
			// Whatever the answer is: the key was used.
			if (used)
				await call(api, 'GET', api === 'certcentral' ? '/user/me' : '/api-key', undefined, value);
			if (off) await call(api, 'PUT', `${keyPath}/status`, { status });
			return id;
		},
		close: () => sandbox.close(),
	};
}

module.exports = { openStage };
