'use strict';

/**
 * The least that a node can do: for one item after the other, the same call of n8n's helper with
 * the same settings as `nodes/DigiCert/transport/client.ts`, and the answer put out as it comes.
 *
 * @this {any}
 */
async function execute() {
	const { baseUrl } = await this.getCredentials('digiCertCertCentralApi');
	const items = [];
	for (const item of this.getInputData().keys()) {
		const response = await this.helpers.httpRequestWithAuthentication.call(
			this,
			'digiCertCertCentralApi',
			{
				method: 'POST',
				url: `${baseUrl}/key/user/${this.getNodeParameter('userId', item)}`,
				headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
				body: { name: this.getNodeParameter('name', item) },
				timeout: 30_000,
				encoding: 'text',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
		);
		items.push({ json: JSON.parse(response.body), pairedItem: { item } });
	}
	return [items];
}

/** @param {string} name */
const field = (name) => ({ displayName: name, name, type: 'string', default: '' });

const minimalNode = {
	description: {
		displayName: 'Minimal',
		name: 'minimal',
		group: [],
		version: 1,
		description: '',
		defaults: { name: 'Minimal' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'digiCertCertCentralApi', required: true }],
		properties: [field('userId'), field('name')],
	},
	execute,
};

module.exports = { minimalNode };
