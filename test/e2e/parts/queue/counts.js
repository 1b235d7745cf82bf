'use strict';

/**
 * What became of the keys of one load.
 *
 * @typedef {object} Counts
 * @property {number} asked calls
 * @property {number} answered calls that got a key
 * @property {number} refused calls that got an error
 * @property {number} silent calls that got nothing until the caller gave up
 * @property {number} alive live keys at the sandbox
 * @property {number} delivered of these, those whose value a caller has
 * @property {number} named of the others, those that an execution's error names by id
 * @property {number[]} unseen ids of the rest: live, and nobody knows of them
 * @property {number} doubled names that have more than one live key
 */

/**
 * @param {object} seen
 * @param {import('./load').Call[]} seen.calls
 * @param {import('../../lab').Lab} seen.lab
 * @param {{ id: string }} seen.workflow
 * @returns {Promise<Counts>}
 */
async function countKeys({ calls, lab: { sandbox, client }, workflow }) {
	const names = new Set(calls.map(({ name }) => name));
	const keys = sandbox.keys(({ name, status }) => names.has(name) && status === 'active');
	const got = calls.flatMap(({ key }) => (key === undefined ? [] : [key]));
	const delivered = new Set(got.map((key) => sandbox.holds(key)?.id));
	const others = keys.filter(({ id }) => !delivered.has(id));
	const errors = others.length === 0 ? '' : await errorsOf(client, workflow);
	const named = others.filter(({ id }) => new RegExp(`\\b${id}\\b`).test(errors));
	return {
		asked: calls.length,
		answered: got.length,
		refused: calls.filter(({ key, status }) => key === undefined && status !== undefined).length,
		silent: calls.filter(({ status }) => status === undefined).length,
		alive: keys.length,
		delivered: keys.length - others.length,
		named: named.length,
		unseen: others.filter((key) => !named.includes(key)).map(({ id }) => id),
		doubled: keys.length - new Set(keys.map(({ name }) => name)).size,
	};
}

/**
 * The texts of everything that went wrong in a workflow's executions.
 *
 * @param {import('../../n8n/client').Client} client
 * @param {{ id: string }} workflow
 */
async function errorsOf(client, workflow) {
	const failed = (await client.executionsOf(workflow)).filter(({ status }) => status === 'error');
	const texts = [];
	for (const { id } of failed) {
		const execution = await client.finished(id);
		const error = execution?.data?.resultData?.error;
		texts.push(`${error?.message} ${error?.description}`);
	}
	return texts.join('\n');
}

module.exports = { countKeys };
