import type { INodeProperties } from 'n8n-workflow';

import { idValidation } from './id';

/** A field that picks one API key of either API. */
function keyField(searchListMethod: string, placeholder: string): INodeProperties {
	return {
		displayName: 'API Key',
		name: 'keyId',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The API key, by its ID. DigiCert shows the value of a key only once.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose an API key…',
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder,
				validation: idValidation(),
			},
		],
	};
}

/** A CertCentral API key. */
export const userKeyField = keyField('searchUserKeys', 'e.g. 184');

/** A Partner Subscriptions API key. */
export const subaccountKeyField = keyField('searchSubaccountKeys', 'e.g. 12346');
