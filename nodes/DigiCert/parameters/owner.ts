import type { INodeProperties } from 'n8n-workflow';

import { idValidation } from './id';
import { locatorField } from './locator';

/** The CertCentral user or service user whom a key belongs to. */
export const userField = locatorField({
	displayName: 'User',
	name: 'userId',
	description: 'The user or service user whom the API key belongs to',
	searchListMethod: 'searchUsers',
	placeholder: 'e.g. 125039',
});

/** Whom User: Get looks up. The word `me` is documented for this call only (digicert-api.md A.5.1). */
export const userOrMeField: INodeProperties = locatorField({
	displayName: 'User',
	name: 'userId',
	description: "The user or service user. By ID, 'me' is the user of the credential.",
	searchListMethod: 'searchUsers',
	placeholder: 'e.g. 125039 or me',
	validation: idValidation('me'),
});

/** The partner subaccount that a key belongs to. */
export const subaccountField = locatorField({
	displayName: 'Subaccount',
	name: 'accountId',
	description:
		'The subaccount that the API key belongs to. DigiCert lists no subaccounts, so the list holds only those with a key. Any other can be entered by ID.',
	searchListMethod: 'searchSubaccounts',
	placeholder: 'e.g. 67891',
});
