import type { FastifyInstance } from 'fastify';
import type { KeyRecord, Keyring } from './keyring.mts';

export interface KeyCheck {
	/** In lowercase. */
	header: string;
	keys: Keyring;
	/** Milliseconds since 1970. */
	now: () => number;
	/** Makes the refusal of a wrong key. */
	invalidKey: () => Error;
	/** May throw to refuse a right one. */
	admit?: (key: KeyRecord) => void;
}

/**
 * Checks the key of every request to one API, and notes in the key's record that it was used.
 *
 * A missing header is treated like a wrong key: what DigiCert answers to it was never observed
 * (digicert-api.md F.13). So is a revoked key, of which nothing is documented either.
 */
export function checkKeys(app: FastifyInstance, check: KeyCheck): void {
	const { header, keys, now, invalidKey, admit } = check;
	app.addHook('onRequest', (request, _reply, done) => {
		const value = request.headers[header];
		request.presentedKey = typeof value === 'string' ? keys.findByValue(value) : undefined;
		request.entry.keyLast4 = request.presentedKey?.last4;
		done();
	});
	// Later than onRequest, so that a fault can act on a request whatever its key.
	app.addHook('preValidation', (request, _reply, done) => {
		const key = request.presentedKey;
		if (key?.status !== 'active') throw invalidKey();
		admit?.(key);
		keys.change(key, { lastUsedAt: new Date(now()).toISOString() });
		request.callerKey = key;
		done();
	});
}
