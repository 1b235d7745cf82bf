'use strict';

/**
 * What was asked for, and what was made of it.
 *
 * @typedef {import('./runs').Observation} Observation
 * @typedef {import('./runs').JournalEntry} JournalEntry
 * @typedef {ReturnType<typeof withRequests>[number]} Made a key of the run, the request that made it,
 *   what that asked for, and when, by our clock and by DigiCert's, in ms
 */

/** @param {import('./runs').KeyRecord} key */
const isLive = ({ status }) => status === 'active';

/** @param {string} owner @param {unknown} name */
const laneOf = (owner, name) => JSON.stringify([owner, name]);

/** Who gets the key of a creation request. @param {JournalEntry} entry */
function ownerIn({ path, body }) {
	const { email, name, api_key_name: keyName } = /** @type {any} */ (body ?? {});
	if (path === '/user') return String(email);
	// The name in the body of Create subaccount is the subaccount's.
	if (keyName !== undefined) return String(name);
	return path.slice(path.lastIndexOf('/') + 1);
}

/** What a creation request asks for. @param {JournalEntry} entry */
function askIn(entry) {
	const { name, api_name: apiName, api_key_name: keyName } = /** @type {any} */ (entry.body ?? {});
	return { owner: ownerIn(entry), name: String(keyName ?? apiName ?? name) };
}

/** Requests to create, those that got a 429 left out. @param {JournalEntry[]} requests */
function creationsIn(requests) {
	return requests.filter(({ method, status }) => method === 'POST' && status !== 429);
}

/**
 * Look-ups that may have shown a key: its owner's list, or everybody's.
 *
 * @param {JournalEntry[]} requests
 * @param {number} ownerId
 */
function looksFor(requests, ownerId) {
	return requests.filter(
		({ method, path, query }) =>
			method === 'GET' &&
			/^\/(key|api-key)$/.test(path) &&
			[undefined, String(ownerId)].includes(/** @type {any} */ (query)?.user_id),
	);
}

/** Whether a look-up gave no good list. Slow is the one fault that does not spoil one. @param {JournalEntry} look */
function isSpoilt({ status, fault }) {
	return status !== 200 || (fault !== undefined && fault !== 'slow');
}

/**
 * Keys of the run with what was asked for them.
 *
 * @param {Observation} observation
 */
function withRequests({ made, requests, skewMs }) {
	return made.map((key) => {
		const request = requests.find(({ createdKeyId }) => createdKeyId === key.id);
		if (request === undefined) throw new Error(`No request made the key ${key.id}`);
		const at = Date.parse(request.at);
		return { key, request, ...askIn(request), times: [at - skewMs, at] };
	});
}

/** All that a user gets to read of a run. @param {Observation} observation */
function textsOf({ status, logText, stopText, errors }) {
	return status === 'canceled' ? [logText] : [stopText, ...errors.map(({ text }) => text)];
}

module.exports = { askIn, creationsIn, isLive, isSpoilt, laneOf, looksFor, textsOf, withRequests };
