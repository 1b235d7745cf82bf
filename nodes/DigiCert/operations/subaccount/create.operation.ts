import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { holdsApiKey } from '../../issuance/creation';
import type { KeyOrder } from '../../issuance/creation';
import { idsIn } from '../../values';
import { emergencyEmailsField, readEmergencyEmails } from '../../parameters/email';
import { LONGEST_PARTNER_NAME } from '../../digicert/keyNames';
import { keyNameField, readName } from '../../parameters/keyName';
import { handOverFields } from '../../parameters/handOver';
import { subaccountOptionsFields } from '../../parameters/issuance';
import { keyListOfSubaccount } from '../../digicert/keyLists';
import { partner } from '../../digicert/apis';
import { holdsNewKey, secretsIn } from '../../http/redaction';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';

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
function readOrder(context: IExecuteFunctions, itemIndex: number): KeyOrder {
	const subaccountName = readName(context, subaccountNameField, itemIndex);
	const name = readName(context, nameField, itemIndex, LONGEST_PARTNER_NAME);
	const emails = readEmergencyEmails(context, itemIndex);
	return {
		name,
		subject: {
			thing: `a new subaccount named ${JSON.stringify(subaccountName)}`,
			besides: 'The subaccount itself',
		},
		owner: { subaccount: subaccountName },
		ownerIn: ({ ownerId }) => ({ account_id: ownerId ?? null }),
		requestFor: (sentName) => ({
			method: 'POST',
			path: '/account/subaccount',
			body: {
				name: subaccountName,
				api_key_name: sentName,
				...(emails.length === 0 ? {} : { emergency_contact_emails: emails }),
			},
		}),
		// The fields of the answer are not documented, so anything that looks like a key counts.
		// What was sent is none: DigiCert may repeat it.
		holdsKey: (reply, known) => holdsApiKey(reply, known) || holdsNewKey(reply, known),
		idIn: () => undefined,
		listFor: () => keyListOfSubaccount(),
		// Which of the answer's IDs is the key's is not documented, nor whether it has one; but one of
		// them, and the value's last 4 characters, are those of no other key.
		isProven: (reply, key) =>
			idsIn(reply).some((id) => id === key.id || id === key.ownerId) &&
			secretsIn(reply).some((secret) => secret.slice(-4) === key.last4),
		toOutput: (reply) => reply,
	};
}

export const createSubaccount: OperationDefinition = {
	name: 'Create Subaccount',
	action: 'Create subaccount',
	description:
		"Create a subaccount of your partner account, and its first API key. The output is DigiCert's answer as it comes, because its fields are not documented.",
	fields: [
		subaccountNameField,
		nameField,
		emergencyEmailsField,
		...handOverFields,
		...subaccountOptionsFields,
	],
	execute: async (context) => {
		const { asPlanned, issueKeys } = await loadIssuance();
		return await issueKeys(context, partner, readOrder, asPlanned);
	},
};
