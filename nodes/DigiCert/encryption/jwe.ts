import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { agreeOnKey } from './agreement';
import type { Algorithm } from './algorithm';

/** How the content is encrypted (RFC 7518 section 5.3), and its key's length. */
const ENCRYPTION = 'A256GCM';
const KEY_BITS = 256;
const IV_BYTES = 12;

/** A public key that a text can be encrypted to. */
export interface RecipientKey {
	readonly key: KeyObject;
	readonly algorithm: Algorithm;
	/** The owner's name for it. */
	readonly kid: string | undefined;
}

/** The key of one content, what the recipient gets of it, and what the header says. */
interface ContentKey {
	readonly contentKey: Buffer;
	readonly encryptedKey: Buffer;
	readonly header: object;
}

const makeContentKey: Record<Algorithm, (recipient: KeyObject) => ContentKey> = {
	'ECDH-ES': (recipient) => {
		const { key, epk } = agreeOnKey(recipient, ENCRYPTION, KEY_BITS);
		return { contentKey: key, encryptedKey: Buffer.alloc(0), header: { epk } };
	},
	'RSA-OAEP-256': (recipient) => {
		const contentKey = randomBytes(KEY_BITS / 8);
		const padding = constants.RSA_PKCS1_OAEP_PADDING;
		const encryptedKey = publicEncrypt({ key: recipient, padding, oaepHash: 'sha256' }, contentKey);
		return { contentKey, encryptedKey, header: {} };
	},
};

/**
 * Encrypts a content with AES-256-GCM (RFC 7516 section 5.1, steps 14 and 15).
 *
 * @param iv 12 bytes, never used before with this key
 * @param header the protected header as it stands in the JWE
 */
export function seal(
	contentKey: Buffer,
	iv: Buffer,
	header: string,
	text: string,
): { ciphertext: Buffer; tag: Buffer } {
	const cipher = createCipheriv('aes-256-gcm', contentKey, iv);
	cipher.setAAD(Buffer.from(header, 'ascii'));
	const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return { ciphertext, tag: cipher.getAuthTag() };
}

/**
 * Encrypts a text to a recipient.
 *
 * @returns a JWE in compact serialization (RFC 7516 section 7.1); its content is the UTF-8 text
 * @throws Error from OpenSSL when the key is of no use after all
 */
export function encryptTo({ key, algorithm, kid }: RecipientKey, text: string): string {
	const { contentKey, encryptedKey, header } = makeContentKey[algorithm](key);
	// JSON leaves out a `kid` that is undefined.
	const fields = { alg: algorithm, enc: ENCRYPTION, kid, ...header };
	const protectedHeader = Buffer.from(JSON.stringify(fields)).toString('base64url');
	const iv = randomBytes(IV_BYTES);
	const { ciphertext, tag } = seal(contentKey, iv, protectedHeader, text);
	const rest = [encryptedKey, iv, ciphertext, tag].map((part) => part.toString('base64url'));
	return [protectedHeader, ...rest].join('.');
}
