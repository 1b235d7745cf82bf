'use strict';

const flows = require('../../n8n/workflows');

/**
 * A webhook that answers with a new key, and keeps no key in n8n's database.
 *
 * @param {import('../../lab').Lab} lab
 * @param {string} path of the webhook
 */
async function selfService({ client, credentials }, path) {
	const workflow = await client.saveWorkflow(
		flows.workflow(
			'Self-service',
			[
				flows.webhook(path),
				flows.digiCert('Create', credentials.certCentral, 'userApiKey', 'create', {
					userId: flows.byId('={{ $json.body.user }}'),
					name: '={{ $json.body.name }}',
					restrictedToRoleId: 0,
				}),
			],
			{ settings: { saveDataSuccessExecution: 'none' } },
		),
	);
	await client.activate(workflow);
	return workflow;
}

/**
 * An audit: live keys of an owner whose name has a part in common and that were never used.
 *
 * @param {import('../../lab').Lab} lab
 * @param {string} path of the webhook
 */
async function audit({ client, credentials }, path) {
	const webhook = flows.webhook(path);
	webhook.parameters = { ...webhook.parameters, responseData: 'allEntries' };
	const never = {
		id: '1',
		leftValue: '={{ $json.last_used_date ?? "" }}',
		rightValue: '',
		operator: { type: 'string', operation: 'empty', singleValue: true },
	};
	const workflow = await client.saveWorkflow(
		flows.workflow('Audit', [
			webhook,
			flows.digiCert('List', credentials.certCentral, 'userApiKey', 'getMany', {
				returnAll: true,
				filters: {
					nameContains: '={{ $json.body.name }}',
					status: 'active',
					userId: '={{ $json.body.user }}',
				},
			}),
			{
				name: 'Never used',
				type: 'n8n-nodes-base.filter',
				typeVersion: 2.2,
				parameters: {
					conditions: {
						options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
						conditions: [never],
						combinator: 'and',
					},
					options: {},
				},
			},
		]),
	);
	await client.activate(workflow);
	return workflow;
}

module.exports = { audit, selfService };
