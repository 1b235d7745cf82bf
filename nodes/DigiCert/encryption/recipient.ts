import { isRecord } from '../values';
import { algorithmFor } from './algorithm';
import { attempt } from './attempt';
import type { RecipientKey } from './jwe';
import { encryptTo } from './jwe';
import { checkPurpose, readJwk, readKid } from './jwk';
import { namesPrivateKey, readPem } from './pem';
import { privateKeyGiven, UnusableKey } from './unusableKey';

/** Whom a value is encrypted to. */
export interface Recipient {
	/** @returns a compact JWE that only the owner of the key can open; cannot fail */
	encrypt(text: string): string;
}

function fromJwk(jwk: unknown): RecipientKey {
	if (!isRecord(jwk)) throw new UnusableKey('is neither a text nor a JWK');
	const key = readJwk(jwk);
	const algorithm = algorithmFor(key);
	checkPurpose(jwk, algorithm);
	return { key, algorithm, kid: readKid(jwk) };
}

function parse(json: string): unknown {
	const parsed = attempt<unknown>(() => JSON.parse(json));
	if (parsed !== undefined) return parsed;
	throw new UnusableKey('is not valid JSON');
}

function fromText(given: string): RecipientKey {
	const text = given.trim();
	if (text === '') throw new UnusableKey('is empty');
	if (namesPrivateKey(text)) throw privateKeyGiven();
	if (/^[{[]/.test(text)) return fromJwk(parse(text));
	const key = readPem(text);
	return { key, algorithm: algorithmFor(key), kid: undefined };
}

/**
 * Reads a recipient's public key and tries it, so that encrypting to it cannot fail later, when
 * the value to be encrypted exists and cannot be had again.
 *
 * @param given PEM (SPKI) or JWK as text, or a JWK as an object
 * @throws UnusableKey, which repeats nothing of what was given
 */
export function readRecipient(given: unknown): Recipient {
	if (given === undefined || given === null) throw new UnusableKey('is empty');
	const recipient = typeof given === 'string' ? fromText(given) : fromJwk(given);
	if (attempt(() => encryptTo(recipient, 'trial')) === undefined) {
		throw new UnusableKey('is a key that cannot be encrypted to', 'Its values are not sound.');
	}
	return { encrypt: (text) => encryptTo(recipient, text) };
}
