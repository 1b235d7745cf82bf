import { isRecord } from './json';

/**
 * What a field that holds a secret may be called where the fields are not documented
 * (digicert-api.md B.3.1, F.17), and what those beside it are called.
 */
const SECRET_FIELD = /key|secret|token/i;
const OTHER_FIELD = /(name|id|last_?4|type|status|date|_at|url)$/i;

/** The texts in fields that are called like a secret, at any depth. */
export function secretsIn(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(secretsIn);
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([field, inner]) => {
		if (typeof inner !== 'string') return secretsIn(inner);
		return inner !== '' && SECRET_FIELD.test(field) && !OTHER_FIELD.test(field) ? [inner] : [];
	});
}

/** Whether a value has a text in a field that is called like a secret, at any depth. */
export function holdsSecret(value: unknown): boolean {
	return secretsIn(value).length > 0;
}
