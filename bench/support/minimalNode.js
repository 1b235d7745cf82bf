'use strict';

/**
 * The least that a node can do: the same call of n8n's helper with the same settings as
 * `nodes/DigiCert/http/client.ts`, and the answer put out as it comes.
 *
 * @this {any}
 */
async function execute() {
	const { baseUrl } = await this.getCredentials('digiCertCertCentralApi');
	/** @type {any[]} */
	const items = [];
	const waiting = this.getInputData().keys();
	const work = async () => {
		for (const item of waiting) {
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
			items[item] = { json: JSON.parse(response.body), pairedItem: { item } };
		}
	};
	await Promise.all(Array.from({ length: this.getNodeParameter('concurrency', 0) }, work));
	return [items];
}

/** @param {string} name */
const field = (name) => ({ displayName: name, name, type: 'string', default: '' });
const concurrency = { ...field('concurrency'), type: 'number', default: 1 };

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
		properties: [field('userId'), field('name'), concurrency],
	},
	execute,
};

module.exports = { minimalNode };
