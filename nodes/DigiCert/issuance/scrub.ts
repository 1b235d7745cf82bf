import type { IDataObject } from 'n8n-workflow';

import { breathe, inSlices } from '../scheduling';

/** Shortest part of a key, in characters, that is taken out; DigiCert's own lists show the last 4. */
const SHORTEST_PART = 12;

/** Deepest nesting of a sub-workflow's answer that is taken over. */
const DEEPEST = 20;

const TOO_DEEP = '[nested too deep]';

/** Longest text that is looked through, in characters: it takes up to a microsecond for each. */
const LONGEST = 20_000;

/** Texts in which stores write bytes: Base64, in both alphabets, and hexadecimal. */
const ENCODED = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEXADECIMAL = /[0-9a-f]{24,}/gi;

/** All parts of keys that are taken out, in lower case, by their length: a short key counts as a whole. */
export type Parts = ReadonlyMap<number, ReadonlySet<string>>;

/** Letters of the alphabet in lower case; the length stays as it is. */
function lower(text: string): string {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The parts of keys, once for all that `scrub` is to take them out of. */
export async function partsOf(secrets: readonly string[]): Promise<Parts> {
	const parts = new Map<number, Set<string>>();
	await inSlices(secrets, (secret) => {
		const length = Math.min(SHORTEST_PART, secret.length);
		const known = parts.get(length) ?? new Set<string>();
		parts.set(length, known);
		const line = lower(secret);
		for (let at = 0; at + length <= line.length; at++) known.add(line.slice(at, at + length));
	});
	return parts;
}

/** Where parts of keys stand in a text, those that touch drawn together. */
function placesOf(text: string, parts: Parts): Array<[from: number, to: number]> {
	const places: Array<[from: number, to: number]> = [];
	const line = lower(text);
	for (const [length, known] of parts) {
		for (let at = 0; at + length <= line.length; at++) {
			if (known.has(line.slice(at, at + length))) places.push([at, at + length]);
		}
	}
	const joined: Array<[from: number, to: number]> = [];
	for (const [from, to] of places.sort(([a], [b]) => a - b)) {
		const last = joined.at(-1);
		if (last !== undefined && last[1] >= from) last[1] = Math.max(last[1], to);
		else joined.push([from, to]);
	}
	return joined;
}

function clean(text: string, parts: Parts): string {
	let left = '';
	let done = 0;
	for (const [from, to] of placesOf(text, parts)) {
		left += `${text.slice(done, from)}[API key]`;
		done = to;
	}
	// Where in such a text the code of a key begins is not known.
	const hide = (encoding: BufferEncoding, starts: readonly number[]) => (coded: string) =>
		starts.some((from) => holds(Buffer.from(coded.slice(from), encoding), parts))
			? '[API key]'
			: coded;
	return (left + text.slice(done))
		.replace(ENCODED, hide('base64', [0, 1, 2, 3]))
		.replace(HEXADECIMAL, hide('hex', [0, 1]));
}

function holds(bytes: Buffer, parts: Parts): boolean {
	return placesOf(bytes.toString('latin1'), parts).length > 0;
}

/** Whether the numbers of a list are bytes that spell a key, or its texts are the letters. */
function spellsKey(list: readonly unknown[], parts: Parts): boolean {
	const bytes = Buffer.from(list.filter((one) => typeof one === 'number'));
	const letters = list.filter((one) => typeof one === 'string' && one.length === 1);
	return holds(bytes, parts) || placesOf(letters.join(''), parts).length > 0;
}

interface Scrubbing {
	readonly parts: Parts;
	/** What was made of each object: one may stand in many places, and in itself. */
	readonly copies: Map<object, IDataObject[string]>;
}

async function cleanText(text: string, { parts }: Scrubbing): Promise<string> {
	await breathe();
	return text.length > LONGEST ? `[text of ${text.length} characters]` : clean(text, parts);
}

async function cleanValue(
	value: unknown,
	scrubbing: Scrubbing,
	depth: number,
): Promise<IDataObject[string]> {
	if (value === undefined || value === null) return value;
	if (typeof value === 'number' || typeof value === 'boolean') return value;
	if (typeof value !== 'object') return await cleanText(String(value), scrubbing);
	if (ArrayBuffer.isView(value)) return '[binary]';
	// Dates, and whatever else n8n writes down in a form of its own.
	if ('toJSON' in value && typeof value.toJSON === 'function') {
		return await cleanValue(JSON.parse(JSON.stringify(value)), scrubbing, depth);
	}
	if (depth === DEEPEST) return TOO_DEEP;
	const { copies } = scrubbing;
	const earlier = copies.get(value);
	if (earlier !== undefined) return earlier;
	copies.set(value, TOO_DEEP);
	const copy =
		hiddenValues(value, scrubbing) ??
		(Array.isArray(value)
			? await cleanList(value, scrubbing, depth + 1)
			: await cleanFields(value, scrubbing, depth + 1));
	copies.set(value, copy);
	return copy;
}

/**
 * What stands in place of values that spell a key together, or are too many to be looked through:
 * those of a list, or of an object, as which JSON writes bytes.
 */
function hiddenValues(value: object, { parts }: Scrubbing): string | undefined {
	// Of a list, `Object.values` would leave the holes out.
	const values: unknown[] = Array.isArray(value) ? value : Object.values(value);
	if (values.length > LONGEST) return `[list of ${values.length}]`;
	return spellsKey(values, parts) ? '[API key]' : undefined;
}

async function cleanList(
	values: readonly unknown[],
	scrubbing: Scrubbing,
	depth: number,
): Promise<IDataObject[string]> {
	await breathe();
	const copy: Array<IDataObject[string]> = [];
	for (const value of values) copy.push(await cleanValue(value, scrubbing, depth));
	return copy;
}

async function cleanFields(
	fields: object,
	scrubbing: Scrubbing,
	depth: number,
): Promise<IDataObject> {
	const copy: Array<[name: string, value: IDataObject[string]]> = [];
	for (const [name, value] of Object.entries(fields)) {
		copy.push([await cleanText(name, scrubbing), await cleanValue(value, scrubbing, depth)]);
	}
	return Object.fromEntries(copy);
}

/**
 * Makes a copy of an object in which keys do not stand any more, wherever they were: in texts and
 * names of fields, at any depth, in upper or lower case, in part, and in Base64 or hexadecimal.
 * What a sub-workflow answers may be the very item that was handed over.
 */
export async function scrub(json: IDataObject, parts: Parts): Promise<IDataObject> {
	const scrubbing: Scrubbing = { parts, copies: new Map() };
	const hidden = hiddenValues(json, scrubbing);
	return hidden === undefined ? await cleanFields(json, scrubbing, 0) : { hidden };
}
