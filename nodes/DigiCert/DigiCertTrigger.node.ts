import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { DOCS } from './digicert/apis';
import { listSearch } from './methods/listSearch';
import { triggerFields } from './trigger/parameters';

/** Starts a workflow when something happens to DigiCert API keys. DigiCert has no webhooks for that. */
export class DigiCertTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DigiCert Trigger',
		name: 'digiCertTrigger',
		icon: { light: 'file:../../icons/digicert.svg', dark: 'file:../../icons/digicert.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter.watch === "userApiKeys" ? "User API Keys" : "Subaccount API Keys" }}',
		description:
			'Starts the workflow when DigiCert API keys are created, switched off or on, changed, unused, old or removed',
		defaults: { name: 'DigiCert Trigger' },
		documentationUrl: `${DOCS}/trigger.md`,
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'digiCertCertCentralApi',
				required: true,
				displayOptions: { show: { watch: ['userApiKeys'] } },
			},
			{
				name: 'digiCertPartnerApi',
				required: true,
				displayOptions: { show: { watch: ['subaccountApiKeys'] } },
			},
		],
		properties: triggerFields,
	};

	methods = { listSearch };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		// With the first poll: n8n loads this file at its start, whether or not a workflow has it.
		const { poll } = await import('./trigger/poll');
		return await poll(this);
	}
}
