import { isRecord } from '../values';

/**
 * DigiCert's sample keys are runs of 47 and 50 letters and digits (digicert-api.md A.4.3, B.2.3);
 * their form is not documented, so the form of a UUID counts as well.
 */
const LIKE_A_KEY = /[A-Za-z0-9]{30,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * What a field that holds a secret may be called where the fields are not documented
 * (digicert-api.md B.3.1, F.17), and what those beside it are called.
 */
const SECRET_FIELD = /key|secret|token|credential/i;
const OTHER_FIELD = /(name|id|last_?4|type|status|date|_at|url)$/i;

/** Fields that describe an answer, or what went wrong. */
const DESCRIBING_FIELD = /^(errors?|messages?|.*(request|trace|correlation).*)$/i;

/** Least length of a secret in a field that is called like one; shorter ones are words. */
const LEAST_LENGTH = 16;

/** Longest text taken over from outside, in characters, so that nobody can flood the execution data. */
const LONGEST_QUOTE = 500;

/** What stands in place of the credential's key. */
const OWN_KEY = '[API key]';

/**
 * An answer without the key of its own request, where something on the way repeats that: it is no new
 * one, and goes to nobody. One that is short may be any word.
 */
export function withoutOwnKey(body: string, apiKey: string): string {
	return apiKey.length < LEAST_LENGTH ? body : body.replaceAll(apiKey, OWN_KEY);
}

/** Whether a text has a part that looks like an API key. */
export function looksLikeKey(text: string): boolean {
	return LIKE_A_KEY.test(text);
}

/** Whether a value is that of a key, in a field that is called so: none without a visible character is. */
export function isKeyValue(value: unknown): value is string {
	if (value === OWN_KEY) return false;
	return typeof value === 'string' && /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u.test(value);
}

/**
 * The texts that may be secrets, at any depth: those in or below a field that is called like a
 * secret, and any that looks like a key.
 *
 * @param isNamed whether the value is in such a field
 */
export function secretsIn(value: unknown, isNamed = false): string[] {
	if (typeof value === 'string') {
		const isSecret = isNamed && value.length >= LEAST_LENGTH && !/\s/.test(value);
		return isSecret || looksLikeKey(value) ? [value] : [];
	}
	if (Array.isArray(value)) return value.flatMap((inner) => secretsIn(inner, isNamed));
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([field, inner]) => {
		const isSecretField = isNamed || SECRET_FIELD.test(field);
		return secretsIn(inner, isSecretField && !OTHER_FIELD.test(field));
	});
}

/**
 * Whether an answer of undocumented form has a text that is most likely a new key. Unlike
 * `secretsIn`, which rather takes too much for a secret, this must not take an identifier for one.
 *
 * @param known texts that are not it
 * @param isNamed whether the value is in a field that is called like a secret
 */
export function holdsNewKey(
	value: unknown,
	known: ReadonlySet<string> = new Set(),
	isNamed = false,
): boolean {
	if (typeof value === 'string') {
		const mayBe = looksLikeKey(value) || (isNamed && secretsIn(value, true).length > 0);
		return mayBe && !known.has(value);
	}
	if (Array.isArray(value)) return value.some((inner) => holdsNewKey(inner, known, isNamed));
	if (!isRecord(value)) return false;
	return Object.entries(value).some(
		([field, inner]) =>
			!OTHER_FIELD.test(field) &&
			!DESCRIBING_FIELD.test(field) &&
			holdsNewKey(inner, known, isNamed || SECRET_FIELD.test(field)),
	);
}

/**
 * Whether a body has, or may have, a key in it: by its fields, or for one that is cut off or no
 * JSON, by the name of the field or the look of the text.
 *
 * @param json the parsed body, undefined when it is no JSON
 */
export function holdsKey(json: unknown, body: string): boolean {
	if (json === undefined) return /"api_key"/.test(body) || looksLikeKey(body);
	return (isRecord(json) && isKeyValue(json.api_key)) || holdsNewKey(json);
}

/** A natural word: what is longer needs vowels like one, so that a run of letters is none. */
function isWord(text: string): boolean {
	if (text.length < 12) return true;
	const vowels = text.match(/[aeiouy]/gi)?.length ?? 0;
	const isSpelled = /^[A-Z]?[a-z]+$/.test(text) && !/[^aeiouy]{6}/i.test(text);
	return text.length <= 20 && isSpelled && vowels * 4 >= text.length;
}

/**
 * Whether a run of characters without white space cannot be a key or a part of one that matters:
 * words, codes made of words, short numbers. Letters and digits together may be nine in all.
 */
function isHarmless(run: string): boolean {
	const parts = run.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
	const sum = (kind: RegExp) =>
		parts.filter((part) => kind.test(part)).reduce((total, { length }) => total + length, 0);
	const words = parts.filter((part) => /^\p{L}+$/u.test(part));
	const mixed = sum(/\p{L}.*\p{N}|\p{N}.*\p{L}/u);
	const isJoinedByDashes = run.includes('-') && sum(/^\p{L}+$/u) > 24;
	return mixed <= 9 && sum(/^\p{N}+$/u) <= 19 && words.every(isWord) && !isJoinedByDashes;
}

/** Any way to write a key's characters: in either case, percent-encoded, or as JSON escapes. */
function anyFormOf(key: string): RegExp {
	const forms = [...key].map((character) => {
		const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
		return `(?:${character.replace(/[^A-Za-z0-9]/, '\\$&')}|%${hex}|\\\\u00${hex})`;
	});
	return new RegExp(forms.join(''), 'gi');
}

/** A member of an object in a text with a text for its value, in a quoted text as well. */
const MEMBER = /("([^"\\]{1,40})\\?"\s*:\s*\\?")(?!\[API key\])[^"]*(?=")/g;

/** Hides a member that is called like a secret, however short it is. */
function hideSecretMember(whole: string, start: string, field: string): string {
	return SECRET_FIELD.test(field) && !OTHER_FIELD.test(field) ? `${start}[hidden]` : whole;
}

/**
 * Makes the one way in which texts from outside are quoted: on one line, not too long, without the
 * credential's key in any form, and without anything that could be a key of whatever shape.
 */
export function createQuote(apiKey: string): (text: string) => string {
	const own = anyFormOf(apiKey);
	return (text) => {
		const line = text
			.slice(0, LONGEST_QUOTE * 4)
			.replace(own, OWN_KEY)
			.replace(MEMBER, hideSecretMember)
			.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
			.replace(/[^\s"'<>()[\]{},;:=&?#]+/g, (run) => (isHarmless(run) ? run : '[hidden]'))
			.trim();
		const isCut = line.length > LONGEST_QUOTE || text.length > LONGEST_QUOTE * 4;
		return isCut ? `${line.slice(0, LONGEST_QUOTE)}… (cut)` : line;
	};
}
