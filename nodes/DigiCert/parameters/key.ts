import { locatorField } from './locator';

const DESCRIPTION = 'The API key, by its ID. DigiCert shows the value of a key only once.';

/** A CertCentral API key. */
export const userKeyField = locatorField({
	displayName: 'API Key',
	name: 'keyId',
	description: DESCRIPTION,
	searchListMethod: 'searchUserKeys',
	placeholder: 'e.g. 184',
});

/** A Partner Subscriptions API key. */
export const subaccountKeyField = locatorField({
	displayName: 'API Key',
	name: 'keyId',
	description: DESCRIPTION,
	searchListMethod: 'searchSubaccountKeys',
	placeholder: 'e.g. 12346',
});
