import type { IExecuteFunctions } from 'n8n-workflow';

import { holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { readId } from '../../parameters/id';
import { keyNameField, readName } from '../../parameters/keyName';
import { keyRoleField, readKeyRole } from '../../parameters/keyRole';
import { optionsField } from '../../parameters/options';
import { userField } from '../../parameters/owner';
import { certCentral } from '../../transport/apis';
import { asPlanned, issueKeys } from '../issueKeys';
import type { OperationDefinition } from '../types';

/** `POST /key/user/{user_id}` (digicert-api.md A.4.3). */
function readRequest(context: IExecuteFunctions, itemIndex: number): IssuanceRequest {
	const userId = readId(context, userField, itemIndex);
	const name = readName(context, keyNameField, itemIndex);
	const restrictedToRoleId = readKeyRole(context, itemIndex);
	return {
		itemIndex,
		name,
		subject: { thing: `user ${userId}`, parameter: userField.displayName },
		request: {
			method: 'POST',
			path: `/key/user/${userId}`,
			// The role is sent even when it is 0, so that the output states what was asked for.
			body: { name, restricted_to_role_id: restrictedToRoleId },
		},
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		// DigiCert answers with id and api_key only; a next step needs to know whose key it is.
		toOutput: ({ id, api_key }) => ({
			id,
			api_key,
			name,
			user_id: userId,
			restricted_to_role_id: restrictedToRoleId,
		}),
	};
}

export const createUserApiKey: OperationDefinition = {
	name: 'Create User API Key',
	action: 'Create user API key',
	description:
		'Create an API key for a CertCentral user or service user. DigiCert shows its value this one time only.',
	fields: [userField, keyNameField, keyRoleField, optionsField],
	execute: async (context) => await issueKeys(context, certCentral, readRequest, asPlanned),
};
