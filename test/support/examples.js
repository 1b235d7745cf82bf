'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(__dirname, '..', '..', 'examples');

/**
 * Reads an example workflow and readies it for the sandbox: DigiCert's addresses become the
 * sandbox's, and the nodes get the credentials that a user would choose. Nothing else changes.
 *
 * @param {string} file name in `examples/`
 * @param {any} sandbox
 * @param {import('./engine').Engine} engine
 */
async function loadExample(file, sandbox, engine) {
	const { us } = sandbox.certCentral;
	const json = readFileSync(path.join(FOLDER, file), 'utf8')
		.replaceAll('https://www.digicert.com/services/v2', us.baseUrl)
		.replaceAll('https://www.digicert.com/partner-subscription/api/v1', sandbox.partner.baseUrl);
	const workflow = JSON.parse(json);
	const credentials = {
		digiCertCertCentralApi: await engine.credentials.store('digiCertCertCentralApi', {
			apiKey: us.keys.administrator,
			region: 'custom',
			baseUrl: us.baseUrl,
		}),
		digiCertPartnerApi: await engine.credentials.store('digiCertPartnerApi', {
			apiKey: sandbox.partner.keys.parent,
			baseUrl: sandbox.partner.baseUrl,
		}),
	};
	for (const node of workflow.nodes) {
		if (node.type === 'n8n-nodes-digicert.digiCert') node.credentials = credentials;
	}
	return workflow;
}

module.exports = { FOLDER, loadExample };
