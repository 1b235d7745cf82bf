'use strict';

const { inspect } = require('node:util');

/** Longest part of a key that may be seen by chance; DigiCert's own lists show the last 4. */
const FRAGMENT = 12;

/** @param {string} value @returns {string[]} every part of a key that is long enough to matter */
function fragmentsOf(value) {
	const count = Math.max(1, value.length - FRAGMENT + 1);
	return Array.from({ length: count }, (_, i) => value.slice(i, i + FRAGMENT));
}

/** Everything a thing holds, hidden fields, causes and prototypes' own values included, as text. */
function textOf(/** @type {unknown} */ thing) {
	const all = {
		depth: Infinity,
		maxArrayLength: Infinity,
		maxStringLength: Infinity,
		showHidden: true,
		breakLength: Infinity,
	};
	return inspect(thing, all);
}

/** Replaces created keys in the fields of one item. @param {any} json @param {string[]} createdKeys */
function takeKeys(json, createdKeys) {
	for (const [field, value] of Object.entries(json)) {
		if (createdKeys.includes(value)) json[field] = '[delivered]';
		else if (typeof value === 'object' && value !== null) takeKeys(value, createdKeys);
	}
}

/**
 * Takes the keys out of the one place where they belong: the items that nodes put out. A failed
 * item is no such place.
 *
 * @param {any} run n8n's record of an execution; it is changed
 * @param {string[]} createdKeys
 */
function takeDelivered(run, createdKeys) {
	const tasks = Object.values(run.data.resultData.runData).flat();
	for (const task of /** @type {any[]} */ (tasks)) {
		for (const item of (task.data?.main ?? []).flat()) {
			if (item.error === undefined) takeKeys(item.json, createdKeys);
		}
	}
}

/**
 * Looks for secrets where they do not belong.
 *
 * @param {object} found
 * @param {any[]} found.runs n8n's records of the executions; they are changed
 * @param {unknown[]} found.log everything that was logged
 * @param {string[]} found.adminKeys
 * @param {string[]} found.createdKeys
 * @returns {string[]} one entry for each key that is, in whole or in part, in an execution or in
 *   the log; created keys in output items do not count
 */
function findLeaks({ runs, log, adminKeys, createdKeys }) {
	for (const run of runs) takeDelivered(run, createdKeys);
	const text = textOf(runs) + textOf(log);
	const keyOf = new Map(
		[...adminKeys, ...createdKeys].flatMap((key) =>
			fragmentsOf(key).map((fragment) => [fragment, key]),
		),
	);
	/** @type {Set<string>} */
	const seen = new Set();
	for (const [word] of text.matchAll(/\S+/g)) {
		for (const fragment of fragmentsOf(word)) {
			const key = keyOf.get(fragment);
			if (key !== undefined) seen.add(key);
		}
	}
	return [...seen].map((key) => (adminKeys.includes(key) ? 'an admin key' : 'a created key'));
}

/**
 * The one check that secrets stay where they belong. Fails when an admin key, or a created key
 * outside of an output item, or a part of one, is anywhere in an execution or in the log.
 *
 * @param {Parameters<typeof findLeaks>[0]} found
 */
function expectSecretsKept(found) {
	expect(findLeaks(found)).toEqual([]);
}

module.exports = { expectSecretsKept, findLeaks, fragmentsOf };
