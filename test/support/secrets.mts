import { inspect } from 'node:util';

import type { INodeExecutionData, IRun } from 'n8n-workflow';

/** Longest part of a key that may be seen by chance; DigiCert's own lists show the last 4. */
const FRAGMENT = 12;

/** Every part of a key that is long enough to matter. */
export function fragmentsOf(value: string): string[] {
	const count = Math.max(1, value.length - FRAGMENT + 1);
	return Array.from({ length: count }, (_, i) => value.slice(i, i + FRAGMENT));
}

/** Everything a thing holds, hidden fields, causes and prototypes' own values included, as text. */
export function textOf(thing: unknown): string {
	return inspect(thing, {
		depth: Infinity,
		maxArrayLength: Infinity,
		maxStringLength: Infinity,
		showHidden: true,
		breakLength: Infinity,
	});
}

/**
 * Whether a part of a secret that matters can be in a text: each holds one of these blocks whole.
 * Looking for them is a tenth of the work, and hardly any text has one.
 */
function mayHold(text: string, secret: string): boolean {
	if (secret.length < FRAGMENT) return text.includes(secret);
	const block = FRAGMENT / 2;
	for (let at = 0; at + block <= secret.length; at += block) {
		if (text.includes(secret.slice(at, at + block))) return true;
	}
	return false;
}

/** The secrets of which the whole or a part that matters is in a text. */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
	const secretOf = new Map(
		secrets
			.filter((secret) => mayHold(text, secret))
			.flatMap((secret) => fragmentsOf(secret).map((fragment) => [fragment, secret])),
	);
	if (secretOf.size === 0) return [];
	const seen = new Set<string>();
	for (const [word] of text.matchAll(/\S+/g)) {
		for (const fragment of fragmentsOf(word)) {
			const secret = secretOf.get(fragment);
			if (secret !== undefined) seen.add(secret);
		}
	}
	return [...seen];
}

/** Replaces created keys in the fields of one item, at any depth. */
function takeKeys(json: object, createdKeys: readonly string[]): void {
	for (const [field, value] of Object.entries<unknown>({ ...json })) {
		if (typeof value === 'string' && createdKeys.includes(value)) {
			Object.assign(json, { [field]: '[delivered]' });
		} else if (typeof value === 'object' && value !== null) takeKeys(value, createdKeys);
	}
}

/** The items that the nodes of an execution put out. */
function itemsOf({ data }: IRun): INodeExecutionData[] {
	const outputs = Object.values(data.resultData.runData)
		.flat()
		.flatMap((task) => task.data?.main ?? []);
	return outputs.flatMap((items) => items ?? []);
}

/** Where secrets could have got to, and which they are. */
export interface Found {
	/** n8n's records of the executions; they are changed. */
	runs: readonly IRun[];
	/** Everything that was logged. */
	log: readonly unknown[];
	adminKeys: readonly string[];
	createdKeys: readonly string[];
}

/**
 * Looks for secrets where they do not belong.
 *
 * @returns one entry for each key that is, in whole or in part, in an execution or in the log;
 *   created keys in output items do not count, unless the item is a failed one
 */
export function findLeaks({ runs, log, adminKeys, createdKeys }: Found): string[] {
	for (const item of runs.flatMap(itemsOf)) {
		if (item.error === undefined) takeKeys(item.json, createdKeys);
	}
	const seen = secretsIn(textOf(runs) + textOf(log), [...adminKeys, ...createdKeys]);
	return seen.map((key) => (adminKeys.includes(key) ? 'an admin key' : 'a created key'));
}

/**
 * The one check that secrets stay where they belong. Fails when an admin key, or a created key
 * outside of an output item, or a part of one, is anywhere in an execution or in the log.
 */
export function expectSecretsKept(found: Found): void {
	expect(findLeaks(found)).toEqual([]);
}
