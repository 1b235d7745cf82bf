'use strict';

const { createHash } = require('node:crypto');
const { inspect } = require('node:util');

/**
 * What became of a run's keys, counted at the sandbox.
 *
 * @typedef {object} Tally
 * @property {number} sent creation requests that reached the sandbox
 * @property {number} refused those of them that the rate limit refused
 * @property {number} alive keys that work
 * @property {number} delivered keys that work and whose value an item carries
 * @property {number} dead values on items that do not work
 * @property {number} unseen keys that work, whose value no item carries and whose ID is nowhere
 * @property {number} doubled keys that work beyond the first of the same owner and name
 */

/** @param {any[]} items */
function valuesOn(items) {
	return items.flatMap(({ json, error }) =>
		error === undefined && typeof json.api_key === 'string' ? [json.api_key] : [],
	);
}

/** Everything that an execution says. @param {import('./bench').Execution} execution */
function textOf({ error, items }) {
	const all = [error, items('Node')];
	return inspect(all, { depth: 8, maxArrayLength: null, maxStringLength: null });
}

/**
 * @param {import('./sandboxClient').RemoteSandbox} sandbox
 * @param {import('./bench').Execution} execution
 * @returns {Promise<Tally>}
 */
async function tally(sandbox, execution) {
	const keys = await sandbox.keys();
	const creations = (await sandbox.requests()).filter(({ method }) => method === 'POST');
	const values = valuesOn(execution.items('Node'));
	const digests = new Set(values.map((value) => createHash('sha256').update(value).digest('hex')));
	const alive = keys.filter(({ status }) => status === 'active');
	const delivered = alive.filter(({ digest }) => digests.has(digest));
	const text = textOf(execution);
	const isNamed = (/** @type {number} */ id) => new RegExp(`\\b${id}\\b`).test(text);
	const unseen = alive.filter(({ digest, id }) => !digests.has(digest) && !isNamed(id));
	return {
		sent: creations.length,
		refused: creations.filter(({ status }) => status === 429).length,
		alive: alive.length,
		delivered: delivered.length,
		dead: values.length - delivered.length,
		unseen: unseen.length,
		doubled: alive.length - new Set(alive.map(({ ownerId, name }) => `${ownerId} ${name}`)).size,
	};
}

module.exports = { tally };
