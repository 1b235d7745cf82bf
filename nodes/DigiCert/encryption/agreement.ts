import {
	createHash,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
} from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

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

/** Makes a key pair, encoded, on the curve of the recipient's key. */
function generateEncoded(recipient: KeyObject): { publicKey: Buffer; privateKey: Buffer } {
	if (recipient.asymmetricKeyType === 'x25519') {
		return generateKeyPairSync('x25519', { publicKeyEncoding, privateKeyEncoding });
	}
	const namedCurve = String(recipient.asymmetricKeyDetails?.namedCurve);
	return generateKeyPairSync('ec', { namedCurve, publicKeyEncoding, privateKeyEncoding });
}

/**
 * A key pair for one message. It takes the way through DER, because Node.js 20 can lock up for
 * good when it exports a generated key as JWK: a garbage collection in between ends the job that
 * generated it, which waits for the lock that the export holds (seen, with the stack in gdb).
 */
function generateEphemeral(recipient: KeyObject): { publicKey: KeyObject; privateKey: KeyObject } {
	const { publicKey, privateKey } = generateEncoded(recipient);
	return {
		publicKey: createPublicKey({ key: publicKey, format: 'der', type: 'spki' }),
		privateKey: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }),
	};
}

/** The members that RFC 7638 holds necessary, in its order; `y` is on EC keys only. */
function minimalJwk({ crv, kty, x, y }: JsonWebKey): JsonWebKey {
	return { crv, kty, x, ...(y === undefined ? {} : { y }) };
}

/**
 * Agrees on a key with a recipient: ECDH-ES, direct (RFC 7518 section 4.6, RFC 8037 section 3.2).
 *
 * @returns the key, and the header's `epk` from which the recipient derives the same
 * @throws Error as deriveKey does
 */
export function agreeOnKey(
	recipient: KeyObject,
	encryption: string,
	bits: number,
): { key: Buffer; epk: JsonWebKey } {
	const { publicKey, privateKey } = generateEphemeral(recipient);
	return {
		key: deriveKey(privateKey, recipient, encryption, bits),
		epk: minimalJwk(publicKey.export({ format: 'jwk' })),
	};
}
