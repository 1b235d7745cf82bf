import type { KeyObject } from 'node:crypto';

import { UnusableKey } from './unusableKey';

/** How the key of the content gets to the recipient (RFC 7518 sections 4.3 and 4.6). */
export type Algorithm = 'RSA-OAEP-256' | 'ECDH-ES';

/** Least length of an RSA key (RFC 7518 section 4.3). */
const LEAST_RSA_BITS = 2048;

/** P-256, P-384 and P-521, as OpenSSL calls them. */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Types that can only sign, by Node.js's name for them. */
const SIGNING = new Map([
	['dsa', 'a DSA'],
	['ed25519', 'an Ed25519'],
	['ed448', 'an Ed448'],
	['rsa-pss', 'an RSA-PSS'],
]);

function checkRsa({ asymmetricKeyDetails: details }: KeyObject): void {
	const bits = Number(details?.modulusLength);
	if (!(bits >= LEAST_RSA_BITS)) {
		throw new UnusableKey(`is an RSA key of ${bits} bits, which is too short`);
	}
	// With exponent 1 the "encrypted" value is the plain one; an even one can never be decrypted.
	const exponent = Number(details?.publicExponent);
	if (!(exponent >= 3 && exponent % 2 === 1)) {
		throw new UnusableKey('is an RSA key with an unsafe exponent');
	}
}

/**
 * Finds the algorithm for a public key.
 *
 * @throws UnusableKey when keys of its type cannot be encrypted to, or are too weak
 */
export function algorithmFor(key: KeyObject): Algorithm {
	const type = String(key.asymmetricKeyType);
	const curve = String(key.asymmetricKeyDetails?.namedCurve);
	if (type === 'rsa') {
		checkRsa(key);
		return 'RSA-OAEP-256';
	}
	if (type === 'x25519' || (type === 'ec' && CURVES.includes(curve))) return 'ECDH-ES';
	const signing = SIGNING.get(type);
	if (signing !== undefined) throw new UnusableKey(`is ${signing} key, which can only sign`);
	const kind = type === 'ec' ? `on the curve ${curve}` : `of the type ${type}`;
	throw new UnusableKey(`is a key ${kind}, which is not supported`);
}
