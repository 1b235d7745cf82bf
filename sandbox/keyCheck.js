'use strict';

/**
 * Checks the key of every request to one API, and notes in the key's record that it was used.
 *
 * A missing header is treated like a wrong key: what DigiCert answers to it was never observed
 * (F.13). So is a revoked key, of which nothing is documented either.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ header: string, keys: import('./types').Keyring, clock: import('./types').Clock,
 *   invalidKey: () => Error, admit?: (key: import('./types').KeyRecord) => void }} options
 *   `invalidKey` makes the refusal of a wrong key; `admit` may throw to refuse a right one
 */
function checkKeys(app, { header, keys, clock, invalidKey, admit }) {
	app.addHook('onRequest', async (request) => {
		const value = request.headers[header];
		request.presentedKey = typeof value === 'string' ? keys.findByValue(value) : undefined;
		request.entry.keyLast4 = request.presentedKey?.last4;
	});
	// Later than onRequest, so that a fault can act on a request whatever its key.
	app.addHook('preValidation', async (request) => {
		const key = request.presentedKey;
		if (key?.status !== 'active') throw invalidKey();
		admit?.(key);
		key.lastUsedAt = clock.serverIso();
		request.callerKey = key;
	});
}

module.exports = { checkKeys };
