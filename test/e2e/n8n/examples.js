'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');

const { until } = require('../wait');
const { bound, NODE_TYPE } = require('./workflows');

const FOLDER = path.join(__dirname, '..', '..', '..', 'examples');

/**
 * @typedef {object} Import
 * @property {import('./client').StoredCredential[]} credentials bound to every DigiCert node, and
 *   by type to the nodes that name that type
 * @property {Record<string, string>} [replace] text of the file to put other text for, such as
 *   DigiCert's addresses
 * @property {boolean} [saveExecutions] keeps executions, which the file's settings switch off, so
 *   that they can be read
 */

const SAVING = {
	saveDataErrorExecution: 'all',
	saveDataSuccessExecution: 'all',
	saveManualExecutions: true,
};

/** The credential types that a node of a workflow file asks for. @param {any} node @returns {string[]} */
function typesOf({ credentials = {}, parameters = {} }) {
	const { authentication, nodeCredentialType, genericAuthType } = parameters;
	const ofWebhook = authentication === 'headerAuth' ? 'httpHeaderAuth' : undefined;
	const types = [...Object.keys(credentials), nodeCredentialType, genericAuthType, ofWebhook];
	return types.filter(Boolean);
}

/**
 * Imports a workflow of `examples/` into a running n8n and binds credentials, as a user would.
 *
 * @param {import('./client').Client} client
 * @param {string} file name in `examples/`
 * @param {Import} options
 * @returns {Promise<any>} the workflow as n8n stored it
 */
async function importExample(client, file, { credentials, replace = {}, saveExecutions = false }) {
	let json = readFileSync(path.join(FOLDER, file), 'utf8');
	for (const [from, to] of Object.entries(replace)) json = json.replaceAll(from, to);
	const workflow = JSON.parse(json);
	for (const node of workflow.nodes) {
		const wanted = typesOf(node);
		const mine = credentials.filter(
			({ type }) =>
				wanted.includes(type) || (node.type === NODE_TYPE && type.startsWith('digiCert')),
		);
		if (mine.length > 0) node.credentials = bound(mine);
	}
	if (saveExecutions) Object.assign(workflow.settings, SAVING);
	return await client.saveWorkflow(workflow);
}

/**
 * Runs a workflow by hand, from its manual or schedule trigger, and waits for the end.
 *
 * @param {import('./client').Client} client
 * @param {any} workflow as stored
 * @returns {Promise<import('./client').Execution | undefined>} undefined when n8n kept nothing
 * @throws {Error} when it has no such trigger
 */
async function runExample(client, workflow) {
	const trigger = workflow.nodes.find((/** @type {any} */ { type }) =>
		/\.(manualTrigger|scheduleTrigger)$/.test(type),
	);
	if (trigger === undefined) throw new Error(`${workflow.name} does not start by hand`);
	return await client.finished(await client.runByHand(workflow, trigger.name));
}

/**
 * Activates a workflow, calls its webhook once, and deactivates it.
 *
 * @param {import('./client').Client} client
 * @param {any} workflow as stored
 * @param {object} body
 * @returns {Promise<import('./client').Answer & { execution: import('./client').Execution | undefined }>}
 *   the caller's answer, and the execution, undefined when n8n kept nothing of it
 * @throws {Error} when it has no webhook
 */
async function callExample(client, workflow, body) {
	const webhook = workflow.nodes.find((/** @type {any} */ { type }) => type.endsWith('.webhook'));
	if (webhook === undefined) throw new Error(`${workflow.name} has no webhook`);
	await client.activate(workflow);
	try {
		const answer = await client.callWebhook(webhook.parameters.path, body);
		return { ...answer, execution: await lastExecution(client, workflow) };
	} finally {
		await client.deactivate(workflow);
	}
}

/**
 * The newest execution of a workflow whose settings keep executions.
 *
 * @param {import('./client').Client} client
 * @param {any} workflow as stored
 */
async function lastExecution(client, workflow) {
	const { saveDataSuccessExecution, saveDataErrorExecution } = workflow.settings;
	if (saveDataSuccessExecution === 'none' && saveDataErrorExecution === 'none') return undefined;
	const newest = await until(`an execution of ${workflow.name}`, async () => {
		const [found] = await client.executionsOf(workflow);
		return found;
	});
	return await client.finished(newest.id);
}

module.exports = { callExample, FOLDER, importExample, lastExecution, runExample };
