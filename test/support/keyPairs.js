'use strict';

const { createPrivateKey, createPublicKey, generateKeyPairSync } = require('node:crypto');

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {{ publicKey: KeyObject, privateKey: KeyObject }} KeyPair */

/** @returns {string} a public key in PEM */
const pemOf = (/** @type {KeyObject} */ key) =>
	key.export({ type: 'spki', format: 'pem' }).toString();

/** @returns {string} a private key in PEM (PKCS#8) */
const privatePemOf = (/** @type {KeyObject} */ key) =>
	key.export({ type: 'pkcs8', format: 'pem' }).toString();

/**
 * A pair that was not generated in this process: exporting a generated key as JWK can lock Node.js
 * 20 up (see encryption/agreement.ts).
 *
 * @param {KeyPair} pair
 * @returns {KeyPair}
 */
const readAgain = ({ publicKey, privateKey }) => ({
	publicKey: createPublicKey(pemOf(publicKey)),
	privateKey: createPrivateKey(privatePemOf(privateKey)),
});

const ec = (/** @type {string} */ namedCurve) =>
	readAgain(generateKeyPairSync('ec', { namedCurve }));
const rsa = (/** @type {number} */ modulusLength) =>
	readAgain(generateKeyPairSync('rsa', { modulusLength }));

/**
 * Key pairs of the types that a key can be encrypted to, by name.
 *
 * @type {Record<string, KeyPair>}
 */
const keyPairs = {
	'RSA 2048': rsa(2048),
	'RSA 3072': rsa(3072),
	'P-256': ec('P-256'),
	'P-384': ec('P-384'),
	'P-521': ec('P-521'),
	X25519: readAgain(generateKeyPairSync('x25519')),
};

/** @returns {any} */
const jwkOf = (/** @type {KeyObject} */ key) => key.export({ format: 'jwk' });

module.exports = { ec, jwkOf, keyPairs, pemOf, privatePemOf, rsa };
