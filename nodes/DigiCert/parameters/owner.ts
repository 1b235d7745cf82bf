import type { INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';

const ID_PATTERN: INodePropertyModeValidation[] = [
	{
		type: 'regex',
		properties: {
			regex: '^\\s*[1-9][0-9]{0,15}\\s*$',
			errorMessage: 'Enter the numeric ID that DigiCert shows',
		},
	},
];

/** The CertCentral user or service user whom a key belongs to. */
export const userField: INodeProperties = {
	displayName: 'User',
	name: 'userId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'id', value: '' },
	description: 'The user or service user whom the API key belongs to',
	modes: [
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 125039',
			validation: ID_PATTERN,
		},
	],
};

/** The partner subaccount that a key belongs to. */
export const subaccountField: INodeProperties = {
	displayName: 'Subaccount',
	name: 'accountId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'id', value: '' },
	description:
		'The subaccount that the API key belongs to. DigiCert has no list of subaccounts: the ID is in the answer to its creation and in the account_id of its keys.',
	modes: [
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 67891',
			validation: ID_PATTERN,
		},
	],
};
