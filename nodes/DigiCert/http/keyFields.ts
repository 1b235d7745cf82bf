import { isRecord } from '../values';

/** DigiCert's sample keys are runs of 47 and 50 letters and digits (digicert-api.md A.4.3, B.2.3). */
const LIKE_A_KEY = /[A-Za-z0-9]{30,}/;

/**
 * What a field that holds a secret may be called where the fields are not documented
 * (digicert-api.md B.3.1, F.17), and what those beside it are called.
 */
const SECRET_FIELD = /key|secret|token|credential/i;
const OTHER_FIELD = /(name|id|last_?4|type|status|date|_at|url)$/i;

/** Least length of a secret in a field that is called like one; shorter ones are words. */
const LEAST_LENGTH = 16;

/** Whether a text has a part that looks like an API key. */
export function looksLikeKey(text: string): boolean {
	return LIKE_A_KEY.test(text);
}

/** A text without the parts that look like an API key. */
export function withoutKeys(text: string): string {
	return text.replace(new RegExp(LIKE_A_KEY, 'g'), '[hidden, looks like a key]');
}

/**
 * The texts that may be secrets, at any depth: those in or below a field that is called like a
 * secret, and any that looks like a key.
 *
 * @param least characters that a text in such a field has at least
 * @param isNamed whether the value is in such a field
 */
export function secretsIn(value: unknown, least = LEAST_LENGTH, isNamed = false): string[] {
	if (typeof value === 'string') {
		const isSecret = isNamed && value.length >= least && !/\s/.test(value);
		return isSecret || looksLikeKey(value) ? [value] : [];
	}
	if (Array.isArray(value)) return value.flatMap((inner) => secretsIn(inner, least, isNamed));
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([field, inner]) => {
		const isSecretField = isNamed || SECRET_FIELD.test(field);
		return secretsIn(inner, least, isSecretField && !OTHER_FIELD.test(field));
	});
}

/** Fields that describe an answer, or what went wrong. */
const DESCRIBING_FIELD = /^(errors?|messages?|.*(request|trace|correlation).*)$/i;

/**
 * Whether an answer of undocumented form has a text that is most likely a new key. Unlike
 * `secretsIn`, which rather takes too much for a secret, this must not take an identifier for one.
 *
 * @param isNamed whether the value is in a field that is called like a secret
 */
export function holdsNewKey(value: unknown, isNamed = false): boolean {
	if (typeof value === 'string') {
		return looksLikeKey(value) || (isNamed && secretsIn(value, LEAST_LENGTH, true).length > 0);
	}
	if (Array.isArray(value)) return value.some((inner) => holdsNewKey(inner, isNamed));
	if (!isRecord(value)) return false;
	return Object.entries(value).some(
		([field, inner]) =>
			!OTHER_FIELD.test(field) &&
			!DESCRIBING_FIELD.test(field) &&
			holdsNewKey(inner, isNamed || SECRET_FIELD.test(field)),
	);
}

/** Whether a value has a text that may be a secret, at any depth. `least` as in `secretsIn`. */
export function holdsSecret(value: unknown, least?: number): boolean {
	return secretsIn(value, least).length > 0;
}
