'use strict';

const { generateKeyPairSync } = require('node:crypto');

const { pemOf } = require('../support/keyPairs');

/** Who encrypted keys are for: another program (jose), which knows nothing of ours. */
const pair = generateKeyPairSync('x25519');

/** What goes into the option Recipient Public Key. */
const recipientPublicKey = pemOf(pair.publicKey);

/**
 * Opens what came for the recipient.
 *
 * @param {string} jwe
 * @returns {Promise<string>} the content; the reason when it cannot be opened, which is no key
 */
async function open(jwe) {
	const { compactDecrypt } = await import('jose');
	try {
		const { plaintext } = await compactDecrypt(jwe, pair.privateKey);
		return new TextDecoder().decode(plaintext);
	} catch (error) {
		return `cannot be opened: ${error}`;
	}
}

module.exports = { open, recipientPublicKey };
