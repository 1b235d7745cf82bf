'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(__dirname, '..', '..', 'examples');

/**
 * What a user sets up after importing an example.
 *
 * @typedef {object} Setup
 * @property {Record<string, unknown>} [settings] values of the node Settings, over the file's
 * @property {Record<string, object>} [credentials] data of further credentials, by type
 * @property {Record<string, string>} [replace] text of the file to put other text for
 */

/** @param {any} node @param {Record<string, any>} credentials by type */
function bind(node, credentials) {
	const { genericAuthType, nodeCredentialType } = node.parameters;
	const type = genericAuthType ?? nodeCredentialType;
	if (type !== undefined) node.credentials = { [type]: credentials[type] };
	if (node.type === 'n8n-nodes-digicert.digiCert') node.credentials = credentials;
}

/**
 * Reads an example workflow and readies it for the sandbox: DigiCert's addresses become the
 * sandbox's, the nodes get the credentials that a user would choose, and Settings what a user would
 * enter. Nothing else changes, but that pauses between tries are short.
 *
 * @param {string} file name in `examples/`
 * @param {any} sandbox
 * @param {import('./engine').Engine} engine
 * @param {Setup} [setup]
 */
async function loadExample(file, sandbox, engine, setup = {}) {
	const { us } = sandbox.certCentral;
	const replace = {
		'https://www.digicert.com/services/v2': us.baseUrl,
		'https://www.digicert.com/partner-subscription/api/v1': sandbox.partner.baseUrl,
		"region: 'us'": `region: 'custom', baseUrl: '${us.baseUrl}'`,
		...setup.replace,
	};
	let json = readFileSync(path.join(FOLDER, file), 'utf8');
	for (const [from, to] of Object.entries(replace)) json = json.replaceAll(from, to);
	const workflow = JSON.parse(json);

	const data = {
		digiCertCertCentralApi: {
			apiKey: us.keys.administrator,
			region: 'custom',
			baseUrl: us.baseUrl,
		},
		digiCertPartnerApi: {
			apiKey: sandbox.partner.keys.parent,
			baseUrl: sandbox.partner.baseUrl,
		},
		...setup.credentials,
	};
	/** @type {Record<string, object>} */
	const credentials = {};
	for (const [type, fields] of Object.entries(data)) {
		credentials[type] = await engine.credentials.store(type, fields);
	}
	for (const node of workflow.nodes) {
		bind(node, credentials);
		if (node.waitBetweenTries !== undefined) node.waitBetweenTries = 1;
	}

	const settings = workflow.nodes.find((/** @type {any} */ { name }) => name === 'Settings');
	for (const [name, value] of Object.entries(setup.settings ?? {})) {
		settings.parameters.assignments.assignments.find(
			(/** @type {any} */ assignment) => assignment.name === name,
		).value = value;
	}
	return workflow;
}

module.exports = { FOLDER, loadExample };
