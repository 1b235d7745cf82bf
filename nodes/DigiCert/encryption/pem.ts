import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { attempt } from './attempt';
import { UnusableKey } from './unusableKey';

/** PEM of any kind incl. OpenSSH's and PGP's, SSH2's with its four hyphens, and PuTTY's. */
const PRIVATE_KEY = /PRIVATE KEY|PuTTY-User-Key-File/;

/** RFC 7468 with any white space, as single-line fields turn line ends into spaces. */
const PUBLIC_KEY = /^-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----$/;

/** What people have at hand instead, and the command that makes a public key of it. */
const OTHER_FORMS: ReadonlyArray<readonly [form: RegExp, fault: string, advice: string]> = [
	// Taken as it is, a certificate would look checked; this node judges neither dates nor issuer.
	[
		/^-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/,
		'is a certificate',
		"Get the public key out of it with 'openssl x509 -in cert.pem -pubkey -noout'.",
	],
	[
		/^-----BEGIN RSA PUBLIC KEY-----/,
		'is an RSA key in the PKCS#1 form',
		"Convert it with 'openssl rsa -RSAPublicKey_in -in key.pem -pubout'.",
	],
	[
		/^(ssh-|ecdsa-sha2-|sk-)|^---- BEGIN SSH2 PUBLIC KEY ----/,
		'is an SSH key',
		"An RSA or ECDSA one can be converted with 'ssh-keygen -e -m PKCS8 -f key.pub'.",
	],
];

/** Whether a text holds a private key, in PEM or another form that says so. */
export function namesPrivateKey(text: string): boolean {
	return PRIVATE_KEY.test(text);
}

/**
 * Reads a public key in PEM (SPKI, RFC 7468 section 13).
 *
 * @param text without white space around it
 * @returns the key, of whatever type
 * @throws UnusableKey
 */
export function readPem(text: string): KeyObject {
	const blocks = text.split('-----BEGIN ').length - 1;
	if (blocks > 1) throw new UnusableKey(`holds ${blocks} PEM blocks, not one`);
	const other = OTHER_FORMS.find(([form]) => form.test(text));
	if (other !== undefined) throw new UnusableKey(other[1], other[2]);
	const body = PUBLIC_KEY.exec(text)?.[1];
	if (body === undefined) throw new UnusableKey('is neither a PEM public key nor a JWK');
	const der = Buffer.from(body, 'base64');
	const key = attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' }));
	if (key !== undefined) return key;
	throw new UnusableKey(
		'is a PEM public key that cannot be read',
		'Check that it was copied whole.',
	);
}
