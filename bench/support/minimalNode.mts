import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { dataObject, parse, text } from '../../test/support/read.mts';

/**
 * The least that a node can do: the same call of n8n's helper with the same settings as
 * `nodes/DigiCert/http/client.ts`, and the answer put out as it comes.
 */
async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { baseUrl } = await this.getCredentials('digiCertCertCentralApi');
	const items: INodeExecutionData[] = [];
	const waiting = this.getInputData().keys();
	const work = async () => {
		for (const item of waiting) {
			const response: unknown = await this.helpers.httpRequestWithAuthentication.call(
				this,
				'digiCertCertCentralApi',
				{
					method: 'POST',
					url: `${text(baseUrl)}/key/user/${text(this.getNodeParameter('userId', item, undefined, { ensureType: 'string' }))}`,
					headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
					body: { name: this.getNodeParameter('name', item) },
					timeout: 30_000,
					encoding: 'text',
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
			);
			const { body } = dataObject(response);
			items[item] = { json: dataObject(parse(text(body))), pairedItem: { item } };
		}
	};
	await Promise.all(Array.from({ length: Number(this.getNodeParameter('concurrency', 0)) }, work));
	return [items];
}

const field = (name: string) => ({ displayName: name, name, type: 'string', default: '' }) as const;

export const minimalNode: INodeType = {
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
		properties: [
			field('userId'),
			field('name'),
			{ ...field('concurrency'), type: 'number', default: 1 },
		],
	},
	execute,
};
