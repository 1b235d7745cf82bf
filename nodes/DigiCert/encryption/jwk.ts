import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { isRecord } from '../values';
import { attempt } from './attempt';
import { privateKeyGiven, UnusableKey } from './unusableKey';

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

function isMember(value: unknown): boolean {
	return typeof value === 'string' && MEMBER.test(value);
}

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

/**
 * Reads a public key as JWK (RFC 7517).
 *
 * @param jwk parsed JSON
 * @returns the key, of whatever type
 * @throws UnusableKey
 */
export function readJwk(jwk: Members): KeyObject {
	const set = Array.isArray(jwk.keys) ? jwk.keys : [];
	for (const members of [jwk, ...set.filter(isRecord)]) refusePrivate(members);
	if ('keys' in jwk) throw new UnusableKey('is a JWK Set', "Take one key of its list 'keys'.");

	const names = PUBLIC_MEMBERS.get(jwk.kty);
	if (names === undefined) {
		throw new UnusableKey("is an object without 'kty' RSA, EC or OKP, so no JWK of a public key");
	}
	const missing = names.filter((name) => !isMember(jwk[name]));
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

/**
 * Holds a JWK to what its owner says of its purpose (RFC 7517 sections 4.2 to 4.4).
 *
 * @throws UnusableKey when it is meant for something else
 */
export function checkPurpose(jwk: Members, algorithm: keyof typeof OPERATIONS): void {
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

/**
 * The name that its owner gave a JWK.
 *
 * @throws UnusableKey when it is no text (RFC 7517 section 4.5)
 */
export function readKid({ kid }: Members): string | undefined {
	if (kid === undefined || typeof kid === 'string') return kid;
	throw new UnusableKey("is a JWK whose 'kid' is not text");
}
