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

/** A number where a text is all digits, and any other value as it is: IDs may come either way. */
export function fromDigits(value: unknown): unknown {
	return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}
