import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

export interface KeyPair {
	publicKey: KeyObject;
	privateKey: KeyObject;
}

/** A public key in PEM. */
export const pemOf = (key: KeyObject): string =>
	key.export({ type: 'spki', format: 'pem' }).toString();

/** A private key in PEM (PKCS#8). */
export const privatePemOf = (key: KeyObject): string =>
	key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A key as JWK. */
export const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });

/**
 * A pair that was not generated in this process: exporting a generated key as JWK can lock Node.js
 * 20 up (see encryption/agreement.ts).
 */
const readAgain = ({ publicKey, privateKey }: KeyPair): KeyPair => ({
	publicKey: createPublicKey(pemOf(publicKey)),
	privateKey: createPrivateKey(privatePemOf(privateKey)),
});

export const ec = (namedCurve: string): KeyPair =>
	readAgain(generateKeyPairSync('ec', { namedCurve }));
export const rsa = (modulusLength: number): KeyPair =>
	readAgain(generateKeyPairSync('rsa', { modulusLength }));

let rsa2048: KeyPair | undefined;

/** Key pairs of the types that a key can be encrypted to, by name. */
export const keyPairs = {
	/** Made when it is first asked for: that can take a second. */
	get 'RSA 2048'() {
		return (rsa2048 ??= rsa(2048));
	},
	'P-256': ec('P-256'),
	'P-384': ec('P-384'),
	'P-521': ec('P-521'),
	X25519: readAgain(generateKeyPairSync('x25519')),
};
