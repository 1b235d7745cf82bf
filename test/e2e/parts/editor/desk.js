'use strict';

const flows = require('../../n8n/workflows');

/**
 * @typedef {import('../../lab').Lab} Lab
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Desk what a check in the editor works with
 * @property {Lab} lab
 * @property {Page} page
 * @property {(name: string) => Promise<void>} picture takes a screenshot, if any are wanted
 */

const CREATE = 'Create User API Key';

/** @param {Lab} lab @param {string} resource @param {string} operation @param {object} parameters */
async function workflowWith({ client, credentials, data }, resource, operation, parameters) {
	const ofPartner = resource.startsWith('subaccount');
	return await client.saveWorkflow(
		flows.workflow('DigiCert API keys', [
			flows.manualTrigger(),
			flows.digiCert(
				CREATE,
				ofPartner ? credentials.partner : credentials.certCentral,
				resource,
				operation,
				parameters,
			),
			flows.useKey('Use the new key', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
		]),
	);
}

/** @param {Lab} lab */
async function creation(lab) {
	return await workflowWith(lab, 'userApiKey', 'create', {
		userId: flows.byId(lab.sandbox.certCentral.us.users.person),
		name: 'Build server',
		restrictedToRoleId: 0,
	});
}

module.exports = { CREATE, creation, workflowWith };
