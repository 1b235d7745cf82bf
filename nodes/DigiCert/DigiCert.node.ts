import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import {
	describeCredentials,
	describeHints,
	describeProperties,
	describeSubtitle,
} from './actions/describe';
import { dispatch } from './actions/dispatch';
import { resources } from './actions';
import { listSearch } from './methods/listSearch';

/** Creates DigiCert API keys and hands them on as JSON. What it can do is in `actions/index.ts`. */
export class DigiCert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DigiCert',
		name: 'digiCert',
		icon: { light: 'file:../../icons/digicert.svg', dark: 'file:../../icons/digicert.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: describeSubtitle(resources),
		description: 'Create, find, rotate and switch off DigiCert API keys of users and subaccounts',
		defaults: { name: 'DigiCert' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// Undecided for now: as an AI tool, the node would show the key's value to the model.
		usableAsTool: undefined,
		credentials: describeCredentials(resources),
		hints: describeHints(resources),
		properties: describeProperties(resources),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await dispatch(this);
	}
}
