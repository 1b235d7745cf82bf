import type { IDataObject, INodeParameters } from 'n8n-workflow';

/** Anything with fields, a list excepted. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same, as n8n calls it where it is JSON of an item. */
export function isDataObject(value: unknown): value is IDataObject {
	return isRecord(value);
}

/** The same, as n8n calls it where it is the parameters of a node. */
export function isParameters(value: unknown): value is INodeParameters {
	return isRecord(value);
}

/** @throws {Error} when it is not there, which ends the test */
export function present<T>(value: T | null | undefined, what = 'What the test reads'): T {
	if (value === undefined || value === null) throw new Error(`${what} is not there`);
	return value;
}

/** One of a list. @throws {Error} when the list is too short */
export function at<T>(list: readonly T[], index: number): T {
	return present(list.at(index), `Number ${index} of a list of ${list.length}`);
}

/** @throws {Error} when it is no object */
export function record(value: unknown): Record<string, unknown> {
	if (!isRecord(value)) throw new Error(`Not an object: ${typeof value}`);
	return value;
}

/** @throws {Error} when it is no object */
export function parameters(value: unknown): INodeParameters {
	if (!isParameters(value)) throw new Error(`Not an object: ${typeof value}`);
	return value;
}

/** @throws {Error} when it is no object */
export function dataObject(value: unknown): IDataObject {
	if (!isDataObject(value)) throw new Error(`Not an object: ${typeof value}`);
	return value;
}

/** @throws {Error} when it is no list */
export function list(value: unknown): unknown[] {
	if (!Array.isArray(value)) throw new Error(`Not a list: ${typeof value}`);
	return value;
}

/** @throws {Error} when it is no text */
export function text(value: unknown): string {
	if (typeof value !== 'string') throw new Error(`Not a text: ${typeof value}`);
	return value;
}

/** @throws {Error} when it is no number */
export function number(value: unknown): number {
	if (typeof value !== 'number') throw new Error(`Not a number: ${typeof value}`);
	return value;
}

/** JSON, of which nothing is known. */
export function parse(json: string): unknown {
	return JSON.parse(json);
}
