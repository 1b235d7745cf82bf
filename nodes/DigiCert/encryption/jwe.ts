import {
	constants,
	createCipheriv,
	createHash,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	publicEncrypt,
	randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { Algorithm, RecipientKey } from './recipientKey';

/** How the content is encrypted (RFC 7518 section 5.3), and its key's length. */
const ENCRYPTION = 'A256GCM';
const KEY_BITS = 256;
const IV_BYTES = 12;

/** A number as 32 bits, big-endian. */
function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

function withLength(text: string): Buffer {
	const bytes = Buffer.from(text);
	return Buffer.concat([uint32(bytes.length), bytes]);
}

/**
 * Derives the key that both sides get: Diffie-Hellman, then Concat KDF with SHA-256, as RFC 7518
 * section 4.6.2 sets it.
 *
 * @param privateKey of one side
 * @param publicKey of the other
 * @param algorithmId what the key is for: the `enc` when it encrypts the content itself
 * @param bits length of the key; 256 at most, which one round of SHA-256 gives
 * @param producer content of `apu`, decoded
 * @param consumer content of `apv`, decoded
 * @throws Error from OpenSSL for a point of low order, whose shared secret would be all zeros
 */
export function deriveKey(
	privateKey: KeyObject,
	publicKey: KeyObject,
	algorithmId: string,
	bits: number,
	producer = '',
	consumer = '',
): Buffer {
	return createHash('sha256')
		.update(uint32(1))
		.update(diffieHellman({ privateKey, publicKey }))
		.update(withLength(algorithmId))
		.update(withLength(producer))
		.update(withLength(consumer))
		.update(uint32(bits))
		.digest()
		.subarray(0, bits / 8);
}

/** Forms in which a key pair leaves OpenSSL. */
const publicKeyEncoding = { type: 'spki', format: 'der' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'der' } as const;

/**
 * A key pair for one message, on the curve of the recipient's key. It takes the way through DER,
 * because Node.js 20 can lock up for good when it exports a generated key as JWK: a garbage
 * collection in between ends the job that generated it, which waits for the lock that the export
 * holds (seen, with the stack in gdb).
 */
function generateEphemeral(recipient: KeyObject): { publicKey: KeyObject; privateKey: KeyObject } {
	const namedCurve = String(recipient.asymmetricKeyDetails?.namedCurve);
	const { publicKey, privateKey } =
		recipient.asymmetricKeyType === 'x25519'
			? generateKeyPairSync('x25519', { publicKeyEncoding, privateKeyEncoding })
			: generateKeyPairSync('ec', { namedCurve, publicKeyEncoding, privateKeyEncoding });
	return {
		publicKey: createPublicKey({ key: publicKey, ...publicKeyEncoding }),
		privateKey: createPrivateKey({ key: privateKey, ...privateKeyEncoding }),
	};
}

/** The key of one content, what the recipient gets of it, and what the header says. */
interface ContentKey {
	readonly contentKey: Buffer;
	readonly encryptedKey: Buffer;
	readonly header: object;
}

const makeContentKey: Record<Algorithm, (recipient: KeyObject) => ContentKey> = {
	// Direct agreement (RFC 7518 section 4.6, RFC 8037 section 3.2): from `epk`, the recipient derives the same key.
	'ECDH-ES': (recipient) => {
		const { publicKey, privateKey } = generateEphemeral(recipient);
		const contentKey = deriveKey(privateKey, recipient, ENCRYPTION, KEY_BITS);
		// The members that RFC 7638 holds necessary, in its order. JSON leaves out `y`, which X25519 lacks.
		const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
		return { contentKey, encryptedKey: Buffer.alloc(0), header: { epk: { crv, kty, x, y } } };
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
