import type { IDataObject } from 'n8n-workflow';

import { isJsonObject } from '../values';
import { looksLikeKey } from '../http/keyFields';
import type { Recipient } from './recipient';

/** What a field of an output can have. */
type Value = IDataObject[string];

/** Fields whose texts say something of a key, and are not it. */
const ABOUT = /^(status|verification|.*_(date|at))$/;

/**
 * Encrypts what an output may have of a secret: `api_key` becomes `api_key_jwe`. Not all answers
 * are documented, so this is every text but those that are known to be none: what was there
 * before the key, whole numbers, and what says something of the key.
 *
 * @param known texts that were there before the key, such as those of the request
 */
export function encryptSecrets(
	output: IDataObject,
	{ encrypt }: Recipient,
	known: readonly string[],
): IDataObject {
	const isPlain = (field: string, text: string) =>
		field !== 'api_key' &&
		(known.includes(text) || /^\d{1,15}$/.test(text) || (ABOUT.test(field) && !looksLikeKey(text)));

	function conceal(field: string, value: Value): Value {
		if (typeof value === 'string') return isPlain(field, value) ? value : encrypt(value);
		if (Array.isArray(value)) return value.map((inner: Value) => conceal(field, inner));
		return isJsonObject(value) ? concealFields(value) : value;
	}
	function concealFields(fields: IDataObject): IDataObject {
		const entries = Object.entries(fields).map(([field, value]): [string, Value] => {
			// A key in the place of a field's name.
			if (looksLikeKey(field)) return ['jwe', encrypt(JSON.stringify({ [field]: value }))];
			const isSecret = typeof value === 'string' && !isPlain(field, value);
			return [isSecret ? `${field}_jwe` : field, conceal(field, value)];
		});
		return Object.fromEntries(entries);
	}
	return concealFields(output);
}
