import type { IDataObject } from 'n8n-workflow';

/** Whether a value is an object with fields, neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same for a value that was parsed from JSON, and so can be put out as it is. */
export function isJsonObject(value: unknown): value is IDataObject {
	return isRecord(value);
}

/** All texts of a value, at any depth. */
export function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A field's text, or none where it has another type or is left out. */
export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** A whole number, or one that an expression gives as text; undefined for anything else. */
export function wholeNumberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

/**
 * An ID that can be acted upon: a whole number above 0 that JavaScript holds exactly, or a text of
 * its digits. A larger one has been rounded by the time it was parsed, and may be somebody else's.
 *
 * @returns undefined for anything else
 */
export function safeIdOf(value: unknown): number | undefined {
	const id = typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : value;
	return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** The IDs that an object has, whatever its fields are called. */
export function idsIn(json: IDataObject): number[] {
	return Object.values(json).flatMap((value) => safeIdOf(value) ?? []);
}

/**
 * Orders labels that differ by their characters' codes. They are plain English, so that is the
 * alphabet; the first `localeCompare` of a process loads the rules of all languages, which took 8 of
 * the 60 ms that this package adds to n8n's start.
 */
export function byCode(a: string, b: string): number {
	return a < b ? -1 : 1;
}

/** Adds things to the list that a map has under a key. */
export function addTo<T>(groups: Map<string, T[]>, key: string, ...things: readonly T[]): void {
	const group = groups.get(key);
	if (group === undefined) groups.set(key, [...things]);
	else group.push(...things);
}
