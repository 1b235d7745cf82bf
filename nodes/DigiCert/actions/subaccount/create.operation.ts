import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { noKeyId } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { emergencyEmailsField, readEmergencyEmails } from '../../parameters/email';
import { keyNameField, LONGEST_PARTNER_NAME, readName } from '../../parameters/keyName';
import { optionsField } from '../../parameters/options';
import { partner } from '../../transport/apis';
import { isJsonObject } from '../../transport/reply';
import { asPlanned, issueKeys } from '../issueKeys';
import type { OperationDefinition } from '../types';

const subaccountNameField: INodeProperties = {
	displayName: 'Subaccount Name',
	name: 'subaccountName',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. ACME Corporation Subaccount',
	description: 'Name of the new subaccount, as a rule the customer it is for',
};

const nameField = {
	...keyNameField,
	displayName: 'API Key Name',
	description: 'Name of the first API key of the subaccount',
};

/** What a field that holds a key's value is called in either API, alone or as the end of a name. */
const KEY_FIELD = /^(api_?)?key$|api_?key$/i;

/**
 * Looks for a key's value anywhere in an answer whose fields are not documented
 * (digicert-api.md B.3.1, F.17): a text in a field that is called like one.
 */
function holdsKeySomewhere(reply: IDataObject): boolean {
	return Object.entries(reply).some(([field, value]) => {
		if (typeof value === 'string') return value !== '' && KEY_FIELD.test(field);
		if (Array.isArray(value))
			return value.some((entry) => isJsonObject(entry) && holdsKeySomewhere(entry));
		return isJsonObject(value) && holdsKeySomewhere(value);
	});
}

/** `POST /account/subaccount` (digicert-api.md B.3.1). */
function readRequest(context: IExecuteFunctions, itemIndex: number): IssuanceRequest {
	const subaccountName = readName(context, subaccountNameField, itemIndex);
	const name = readName(context, nameField, itemIndex, LONGEST_PARTNER_NAME);
	const emails = readEmergencyEmails(context, itemIndex);
	return {
		itemIndex,
		name,
		subject: { thing: `a new subaccount named ${JSON.stringify(subaccountName)}` },
		request: {
			method: 'POST',
			path: '/account/subaccount',
			body: {
				name: subaccountName,
				api_key_name: name,
				...(emails.length === 0 ? {} : { emergency_contact_emails: emails }),
			},
		},
		holdsKey: holdsKeySomewhere,
		keyIdOf: noKeyId,
		toOutput: (reply) => reply,
	};
}

export const createSubaccount: OperationDefinition = {
	name: 'Create Subaccount',
	action: 'Create subaccount',
	description:
		"Create a subaccount of your partner account, and its first API key. The output is DigiCert's answer as it comes, because its fields are not documented.",
	fields: [subaccountNameField, nameField, emergencyEmailsField, optionsField],
	execute: async (context) => await issueKeys(context, partner, readRequest, asPlanned),
};
