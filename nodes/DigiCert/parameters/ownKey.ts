import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionsFieldWith } from './options';

/** Options of the operations that switch a key off. */
export function switchOffOptionsField(whatIsKnown: string): INodeProperties {
	return optionsFieldWith({
		displayName: 'Allow Own Key',
		name: 'allowOwnKey',
		type: 'boolean',
		default: false,
		description: [
			'Whether to switch off even the API key of the credential itself.',
			whatIsKnown,
		].join(' '),
	});
}

/** Whether the user allows to switch off the credential's own key. */
export function readAllowOwnKey(context: IExecuteFunctions, itemIndex: number): boolean {
	return context.getNodeParameter('options', itemIndex).allowOwnKey === true;
}
