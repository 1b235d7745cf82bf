import type { INodeProperties } from 'n8n-workflow';

import { idValidation } from './id';

/** The CertCentral user or service user whom a key belongs to, or who is looked up. */
export const userField: INodeProperties = {
	displayName: 'User',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The user or service user whom the API key belongs to',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a user…',
			typeOptions: { searchListMethod: 'searchUsers', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 125039',
			validation: idValidation(),
		},
	],
};

/** Whom the operation User: Get looks up. `me` is documented for this call only (digicert-api.md A.5.1). */
export const userOrMeField: INodeProperties = {
	...userField,
	description: "The user or service user. Enter 'me' by ID for the user of the credential.",
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a user…',
			typeOptions: { searchListMethod: 'searchUsers', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 125039 or me',
			validation: idValidation('me'),
		},
	],
};

/** The partner subaccount that a key belongs to. */
export const subaccountField: INodeProperties = {
	displayName: 'Subaccount',
	name: 'accountId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'The subaccount that the API key belongs to. DigiCert lists no subaccounts, so the list holds only those with a key. Any other can be entered by ID.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a subaccount…',
			typeOptions: { searchListMethod: 'searchSubaccounts', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 67891',
			validation: idValidation(),
		},
	],
};
