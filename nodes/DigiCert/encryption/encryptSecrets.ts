import type { IDataObject } from 'n8n-workflow';

import { isJsonObject } from '../transport/json';
import { secretsIn } from '../transport/keyFields';
import type { Recipient } from './recipient';

/**
 * Puts JWEs in place of an output's secrets: `api_key` becomes `api_key_jwe`. Any other text that
 * holds one of them is encrypted as well, because not all answers are documented.
 */
export function encryptSecrets(output: IDataObject, { encrypt }: Recipient): IDataObject {
	const secrets = secretsIn(output);
	const isSecret = (value: unknown): value is string =>
		typeof value === 'string' && secrets.some((secret) => value.includes(secret));

	function conceal<T>(value: T): T | string | IDataObject | unknown[] {
		if (isSecret(value)) return encrypt(value);
		if (Array.isArray(value)) return value.map(conceal);
		return isJsonObject(value) ? concealFields(value) : value;
	}
	function concealFields(fields: IDataObject): IDataObject {
		return Object.fromEntries(
			Object.entries(fields).map(([field, value]) => [
				isSecret(value) ? `${field}_jwe` : field,
				conceal(value),
			]),
		);
	}
	return concealFields(output);
}
