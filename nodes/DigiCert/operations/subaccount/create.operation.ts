import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { noKeyId } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { emergencyEmailsField, readEmergencyEmails } from '../../parameters/email';
import { LONGEST_PARTNER_NAME } from '../../digicert/keyNames';
import { keyNameField, readName } from '../../parameters/keyName';
import { subaccountOptionsFields } from '../../parameters/issuance';
import { keyListOfSubaccount } from '../../digicert/keyLists';
import { partner } from '../../http/apis';
import { holdsNewKey, secretsIn } from '../../http/keyFields';
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

/** `POST /account/subaccount` (digicert-api.md B.3.1). */
function readRequest(context: IExecuteFunctions, itemIndex: number): IssuanceRequest {
	const subaccountName = readName(context, subaccountNameField, itemIndex);
	const name = readName(context, nameField, itemIndex, LONGEST_PARTNER_NAME);
	const emails = readEmergencyEmails(context, itemIndex);
	return {
		itemIndex,
		name,
		subject: {
			thing: `a new subaccount named ${JSON.stringify(subaccountName)}`,
			besides: 'The subaccount itself',
		},
		request: {
			method: 'POST',
			path: '/account/subaccount',
			body: {
				name: subaccountName,
				api_key_name: name,
				...(emails.length === 0 ? {} : { emergency_contact_emails: emails }),
			},
		},
		// The fields of the answer are not documented, so anything that looks like a key counts.
		holdsKey: (reply) => holdsNewKey(reply),
		keyIdOf: noKeyId,
		keyListFor: () => keyListOfSubaccount(),
		isKeyOf: (reply, key) =>
			key.name === name &&
			key.lastUsedAt === undefined &&
			secretsIn(reply).some((secret) => secret.slice(-4) === key.last4),
		toOutput: (reply) => reply,
	};
}

export const createSubaccount: OperationDefinition = {
	name: 'Create Subaccount',
	action: 'Create subaccount',
	description:
		"Create a subaccount of your partner account, and its first API key. The output is DigiCert's answer as it comes, because its fields are not documented.",
	fields: [subaccountNameField, nameField, emergencyEmailsField, ...subaccountOptionsFields],
	execute: async (context) => await issueKeys(context, partner, readRequest, asPlanned),
};
