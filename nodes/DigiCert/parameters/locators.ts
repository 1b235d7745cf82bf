import type { INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';

import { idValidation } from './id';

interface Locator {
	readonly displayName: string;
	readonly name: string;
	readonly description: string;
	/** The picker, by its name in `methods/listSearch.ts`. */
	readonly searchListMethod: string;
	readonly placeholder: string;
	/** What can be typed by ID; digits unless told otherwise. */
	readonly validation?: INodePropertyModeValidation[];
}

/** A field that picks one record: from a list that can be searched, or by its ID. */
function locatorField({
	displayName,
	name,
	description,
	searchListMethod,
	placeholder,
	validation = idValidation(),
}: Locator): INodeProperties {
	return {
		displayName,
		name,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose…',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder, validation },
		],
	};
}

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

/**
 * A locator as a filter: without a value it filters nothing. The editor checks nothing of what is
 * typed: n8n (2.41) takes the fields of a collection for fields of the node when it checks them, and
 * would hold User: Get's `me` to what this one takes.
 */
function asFilter(locator: INodeProperties): INodeProperties {
	return {
		...locator,
		required: undefined,
		description: `Only the keys that belong to this ${locator.displayName.toLowerCase()}`,
		modes: locator.modes?.map((mode) => ({ ...mode, validation: undefined })),
	};
}

/** The owner as a filter of CertCentral keys. */
export const userFilter = asFilter(userField);

/** The owner as a filter of partner keys. */
export const subaccountFilter = asFilter(subaccountField);
