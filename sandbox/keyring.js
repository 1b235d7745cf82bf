'use strict';

const { createHash, randomInt } = require('node:crypto');

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A random key value in the style of the documented samples: lowercase letters and digits.
 *
 * @param {number} length 47 in CertCentral's sample (A.4.3), 50 in the partner API's (B.2.3)
 */
function randomKeyValue(length) {
	return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/**
 * SHA-256 of a key value in hex: all that the sandbox keeps of it, besides its last 4 characters.
 *
 * @param {string} value
 */
function digestOf(value) {
	return createHash('sha256').update(value).digest('hex');
}

/**
 * Makes an empty set of key records. Like DigiCert, it gives a key's value once, when the key is
 * made, and cannot give it again. Names may repeat: no uniqueness rule is documented (F.3, F.19).
 *
 * @param {{ api: 'certcentral' | 'partner', instance?: import('./types').InstanceName,
 *   firstId: number, valueLength: number, clock: import('./types').Clock,
 *   onIssue: (value: string) => void }} options
 * @returns {import('./types').Keyring}
 */
function createKeyring({ api, instance, firstId, valueLength, clock, onIssue }) {
	/** @type {Map<number, import('./types').KeyRecord>} */
	const byId = new Map();
	/** @type {Map<string, import('./types').KeyRecord>} */
	const byDigest = new Map();
	let nextId = firstId;

	return {
		issue({ value, status = 'active', createdAt = clock.serverIso(), ...rest }) {
			const clear = value ?? randomKeyValue(valueLength);
			/** @type {import('./types').KeyRecord} */
			const record = {
				api,
				instance,
				id: nextId,
				status,
				createdAt,
				lastUsedAt: undefined,
				last4: clear.slice(-4),
				digest: digestOf(clear),
				seeded: value !== undefined,
				...rest,
			};
			nextId += 1;
			byId.set(record.id, record);
			byDigest.set(record.digest, record);
			if (!record.seeded) onIssue(clear);
			return { record, value: clear };
		},
		get: (id) => byId.get(id),
		list: () => [...byId.values()],
		findByValue: (value) => byDigest.get(digestOf(value)),
		clear() {
			byId.clear();
			byDigest.clear();
			nextId = firstId;
		},
	};
}

module.exports = { createKeyring, randomKeyValue };
