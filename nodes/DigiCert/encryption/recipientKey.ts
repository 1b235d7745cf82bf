import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { isRecord, textOf } from '../values';

/** How the key of the content gets to the recipient (RFC 7518 sections 4.3 and 4.6). */
export type Algorithm = 'RSA-OAEP-256' | 'ECDH-ES';

/** A public key that a text can be encrypted to. */
export interface RecipientKey {
	readonly key: KeyObject;
	readonly algorithm: Algorithm;
	/** The owner's name for it. */
	readonly kid: string | undefined;
}

/** What a recipient's key has to be, for the end of each refusal. */
const WANTED =
	"Give one public key, as PEM ('-----BEGIN PUBLIC KEY-----') or as a JWK: RSA of 2048 bits or more, P-256, P-384, P-521 or X25519.";

/**
 * Why something cannot be taken as a recipient's public key. Nothing of what was given may be in
 * its texts, nor in a `cause`: it could be a private key that was pasted by mistake.
 */
export class UnusableKey extends Error {
	/** What to do next. */
	readonly advice: string;

	/**
	 * @param fault what was found, as the rest of a sentence that begins with the parameter's label
	 * @param advice what helps against this fault, before what is wanted in general
	 */
	constructor(
		readonly fault: string,
		...advice: string[]
	) {
		super(fault);
		this.advice = [...advice, WANTED].join(' ');
	}
}

/** For a private key, in whatever form. */
function privateKeyGiven(): UnusableKey {
	return new UnusableKey(
		'holds a private key',
		'A private key has to stay with its owner. n8n may have stored this one, so replace it by a new one and give only the public half.',
	);
}

/**
 * Does what fails for an unusable key. The error is dropped, because those of Node.js, OpenSSL and
 * the JSON parser repeat what was given, and their words differ between versions.
 *
 * @returns undefined when it failed
 */
export function attempt<T>(work: () => T): T | undefined {
	try {
		return work();
	} catch {
		return undefined;
	}
}

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

/** The algorithm for a public key. Throws UnusableKey when it cannot be encrypted to, or is too weak. */
function algorithmFor(key: KeyObject): Algorithm {
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
	[
		/^-----BEGIN PUBLIC KEY-----\\[nr]/,
		'holds the characters \\n in place of line ends',
		'Replace them by line ends or by spaces.',
	],
];

/** Reads a public key of whatever type in PEM (SPKI, RFC 7468 section 13). Throws UnusableKey. */
function readPem(text: string): KeyObject {
	const blocks = text.split('-----BEGIN ').length - 1;
	if (blocks > 1) throw new UnusableKey(`holds ${blocks} PEM blocks, not one`);
	const other = OTHER_FORMS.find(([form]) => form.test(text));
	if (other !== undefined) throw new UnusableKey(other[1], other[2]);
	const body = PUBLIC_KEY.exec(text)?.[1];
	if (body === undefined) throw new UnusableKey('is neither a PEM public key nor a JWK');
	const der = Buffer.from(body, 'base64');
	const read = (key: Buffer) =>
		attempt(() => createPublicKey({ key, format: 'der', type: 'spki' }));
	const key = read(der);
	if (key === undefined) {
		throw new UnusableKey(
			'is a PEM public key that cannot be read',
			'Check that it was copied whole.',
		);
	}
	// OpenSSL reads the first key, Node.js the base64 up to its padding, and both drop what follows.
	if (/=\s*[^\s=]/.test(body) || read(der.subarray(0, -1)) !== undefined) {
		throw new UnusableKey(
			'is a PEM public key with something behind it',
			"If these are several keys, take the recipient's only.",
		);
	}
	return key;
}

/** The members of a public key, by its `kty` (RFC 7518 section 6, RFC 8037 section 2). */
const PUBLIC_MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map([
	['RSA', ['n', 'e']],
	['EC', ['crv', 'x', 'y']],
	['OKP', ['crv', 'x']],
]);

/** Members that only a private key has, RSA, EC and OKP alike; `priv` is that of newer types. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];

/** Values in base64url without padding, and names of curves. */
const MEMBER = /^[A-Za-z0-9_-]+$/;

type Members = Record<string, unknown>;

function refusePrivate(jwk: Members): void {
	if (PRIVATE_MEMBERS.some((name) => name in jwk)) throw privateKeyGiven();
	if ('k' in jwk || jwk.kty === 'oct') {
		throw new UnusableKey(
			'holds a symmetric key',
			'Whoever has it can read what it encrypts, and n8n may have stored it: do not use it any more.',
		);
	}
}

/** Reads a public key of whatever type as JWK (RFC 7517). Throws UnusableKey. */
function readJwk(jwk: Members): KeyObject {
	const set = Array.isArray(jwk.keys) ? jwk.keys : [];
	for (const members of [jwk, ...set.filter(isRecord)]) refusePrivate(members);
	if ('keys' in jwk) throw new UnusableKey('is a JWK Set', "Take one key of its list 'keys'.");

	const names = PUBLIC_MEMBERS.get(jwk.kty);
	if (names === undefined) {
		throw new UnusableKey("is an object without 'kty' RSA, EC or OKP, so no JWK of a public key");
	}
	const missing = names.filter((name) => !MEMBER.test(textOf(jwk[name])));
	if (missing.length > 0) {
		throw new UnusableKey(`is a JWK without a valid '${missing.join("' and '")}'`);
	}
	const members = Object.fromEntries(['kty', ...names].map((name) => [name, jwk[name]]));
	const key = attempt(() => createPublicKey({ key: members, format: 'jwk' }));
	if (key !== undefined) return key;
	throw new UnusableKey(
		'is a JWK that cannot be read',
		'Its curve is unknown, or its values do not belong to that curve.',
	);
}

/**
 * What keys for an algorithm may say in `key_ops`. The other end of an agreement needs no right,
 * and WebCrypto gives it none; Latchset's `jose` gives it the right to wrap.
 */
const OPERATIONS = {
	'ECDH-ES': ['deriveKey', 'deriveBits', 'wrapKey'],
	'RSA-OAEP-256': ['encrypt', 'wrapKey'],
};

/** Holds a JWK to what its owner says of its purpose (RFC 7517 sections 4.2 to 4.4). Throws UnusableKey. */
function checkPurpose(jwk: Members, algorithm: keyof typeof OPERATIONS): void {
	const { use = 'enc', alg = algorithm, key_ops: operations } = jwk;
	if (use !== 'enc') throw new UnusableKey("is a JWK whose 'use' is not encryption ('enc')");
	if (alg !== algorithm) {
		throw new UnusableKey(
			`is a JWK whose 'alg' is not ${algorithm}`,
			`Keys of this type are used with ${algorithm} here. Give one with that 'alg', or with none.`,
		);
	}
	if (operations === undefined) return;
	const fits =
		Array.isArray(operations) &&
		((operations.length === 0 && algorithm === 'ECDH-ES') ||
			OPERATIONS[algorithm].some((operation) => operations.includes(operation)));
	if (!fits) throw new UnusableKey("is a JWK whose 'key_ops' do not allow encryption");
}

/** The name that its owner gave a JWK (RFC 7517 section 4.5). Throws UnusableKey when it is no text. */
function readKid({ kid }: Members): string | undefined {
	if (kid === undefined || typeof kid === 'string') return kid;
	throw new UnusableKey("is a JWK whose 'kid' is not text");
}

function fromJwk(jwk: unknown): RecipientKey {
	if (!isRecord(jwk)) throw new UnusableKey('is neither a text nor a JWK');
	const key = readJwk(jwk);
	const algorithm = algorithmFor(key);
	checkPurpose(jwk, algorithm);
	return { key, algorithm, kid: readKid(jwk) };
}

function fromText(given: string): RecipientKey {
	const text = given.trim();
	if (text === '') throw new UnusableKey('is empty');
	if (PRIVATE_KEY.test(text)) throw privateKeyGiven();
	if (/^[{[]/.test(text)) {
		const json = attempt<unknown>(() => JSON.parse(text));
		if (json === undefined) throw new UnusableKey('is not valid JSON');
		return fromJwk(json);
	}
	const key = readPem(text);
	return { key, algorithm: algorithmFor(key), kid: undefined };
}

/** Reads a recipient's public key, given as for `readRecipient`. Throws UnusableKey. */
export function readRecipientKey(given: unknown): RecipientKey {
	if (given === undefined || given === null) throw new UnusableKey('is empty');
	return typeof given === 'string' ? fromText(given) : fromJwk(given);
}
