import type { IDataObject } from 'n8n-workflow';

import { looksLikeKey } from '../http/redaction';
import { isJsonObject } from '../values';
import { encryptTo } from './jwe';
import { attempt, readRecipientKey, UnusableKey } from './recipientKey';

/** Whom a value is encrypted to. */
export interface Recipient {
	/** @returns a compact JWE that only the owner of the key can open; cannot fail */
	encrypt(text: string): string;
}

/**
 * Reads a recipient's public key and tries it, so that encrypting to it cannot fail later, when
 * the value to be encrypted exists and cannot be had again.
 *
 * @param given PEM (SPKI) or JWK as text, or a JWK as an object
 * @throws UnusableKey, which repeats nothing of what was given
 */
export function readRecipient(given: unknown): Recipient {
	const key = readRecipientKey(given);
	if (attempt(() => encryptTo(key, 'trial')) === undefined) {
		throw new UnusableKey('is a key that cannot be encrypted to', 'Its values are not sound.');
	}
	return { encrypt: (text) => encryptTo(key, text) };
}

/** What a field of an output can have. */
type Value = IDataObject[string];

/** Fields whose texts say something of a key, and are not it. */
const ABOUT = /^(status|verification|.*_(date|at))$/;

/** Adds a field under this name, or under the next that is free: nothing may be overwritten. */
function addField(fields: IDataObject, name: string, value: Value): void {
	let free = name;
	for (let n = 2; Object.hasOwn(fields, free); n++) free = `${name}_${n}`;
	// Assigning to `__proto__` would lose the value.
	const shown = { enumerable: true, configurable: true, writable: true };
	Object.defineProperty(fields, free, { value, ...shown });
}

/**
 * Encrypts what an output may have of a secret: `api_key` becomes `api_key_jwe`. Not all answers
 * are documented, so this is every text but those that are known to be none: what was there
 * before the key, whole numbers, and what says something of the key. A field whose name looks like
 * a key becomes `jwe`, its encrypted name, and `jwe_value`.
 *
 * @param known texts that were there before the key, such as those of the request
 * @returns a copy. How deep the output is nested does not matter
 */
export function encryptSecrets(
	output: IDataObject,
	{ encrypt }: Recipient,
	known: readonly string[],
): IDataObject {
	const isPlain = (field: string, text: string) =>
		field !== 'api_key' &&
		(known.includes(text) || /^\d{1,15}$/.test(text) || (ABOUT.test(field) && !looksLikeKey(text)));

	/** Lists and objects that are to be copied; calls within calls would end at some depth. */
	const work: Array<() => void> = [];

	function conceal(field: string, value: Value): Value {
		if (typeof value === 'string') return isPlain(field, value) ? value : encrypt(value);
		if (Array.isArray(value)) {
			const copy: Value[] = [];
			work.push(() => {
				for (const inner of value) copy.push(conceal(field, inner));
			});
			return copy;
		}
		return isJsonObject(value) ? concealFields(value) : value;
	}
	function concealFields(fields: IDataObject): IDataObject {
		const copy: IDataObject = {};
		work.push(() => {
			for (const [field, value] of Object.entries(fields)) {
				if (looksLikeKey(field)) addField(copy, 'jwe', encrypt(field));
				const name = looksLikeKey(field) ? 'jwe_value' : field;
				const isSecret = typeof value === 'string' && !isPlain(field, value);
				addField(copy, isSecret ? `${name}_jwe` : name, conceal(field, value));
			}
		});
		return copy;
	}
	const concealed = concealFields(output);
	for (let step = work.pop(); step !== undefined; step = work.pop()) step();
	return concealed;
}
