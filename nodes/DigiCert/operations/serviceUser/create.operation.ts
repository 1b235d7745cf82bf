import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { refusal } from '../../errors/failure';
import { holdsApiKey, isId, noKeyId } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { containerIdsField, readContainerIds } from '../../parameters/id';
import { emailField, readEmail } from '../../parameters/email';
import { keyNameField, readName } from '../../parameters/keyName';
import { keyRoleField, readKeyRole } from '../../parameters/keyRole';
import { serviceUserOptionsFields } from '../../parameters/issuance';
import { keyListOfServiceUser, keyListOfUser } from '../../digicert/keyLists';
import type { Session } from '../../digicert/session';
import { certCentral } from '../../http/apis';
import { asPlanned, issueKeys } from '../issueKeys';
import type { OperationDefinition } from '../types';

const nameField = {
	...keyNameField,
	displayName: 'API Key Name',
	description: 'Name of the first API key. DigiCert names the service user itself.',
};

/** DigiCert's answer holds the user's ID, so the key's ID is looked up: it is the user's only key. */
async function addKeyId(session: Session, output: IDataObject): Promise<IDataObject> {
	const listed = await keyListOfUser(Number(output.user_id)).read(session);
	const keys = listed.filter(
		({ ownerId, name }) => isId(output.user_id, ownerId) && name === output.name,
	);
	const [key] = keys;
	if (key === undefined || keys.length > 1) {
		throw refusal("the new service user's key was not found", 'Look for it in the list of keys.');
	}
	const { user_id, api_key, ...rest } = output;
	return { user_id, key_id: key.id, api_key, ...rest };
}

/** `POST /user` with `is_api_only` (digicert-api.md A.5.4). */
function readRequest(context: IExecuteFunctions, itemIndex: number): IssuanceRequest {
	const email = readEmail(context, itemIndex);
	const name = readName(context, nameField, itemIndex);
	const role = readKeyRole(context, itemIndex);
	const containerIds = readContainerIds(context, itemIndex);
	return {
		itemIndex,
		name,
		subject: {
			thing: `a new service user with the email address ${email}`,
			besides: 'The service user itself',
		},
		request: {
			method: 'POST',
			path: '/user',
			body: {
				// Without it, the same call creates an ordinary user.
				is_api_only: true,
				email,
				api_name: name,
				restricted_to_role_id: role,
				...(containerIds.length === 0 ? {} : { container_id_assignments: containerIds }),
			},
		},
		holdsKey: holdsApiKey,
		keyIdOf: noKeyId,
		keyListFor: ({ id } = {}) =>
			typeof id === 'number' ? keyListOfUser(id) : keyListOfServiceUser(email),
		isKeyOf: ({ id }, key) => isId(id, key.ownerId) && key.name === name,
		toOutput: ({ id, api_key }) => ({
			user_id: id,
			api_key,
			name,
			email,
			restricted_to_role_id: role,
		}),
		complete: addKeyId,
	};
}

export const createServiceUser: OperationDefinition = {
	name: 'Create Service User',
	action: 'Create service user',
	description:
		'Create a CertCentral service user, who has access by API only, and its first API key. DigiCert shows its value this one time only.',
	fields: [emailField, nameField, keyRoleField, containerIdsField, ...serviceUserOptionsFields],
	execute: async (context) => await issueKeys(context, certCentral, readRequest, asPlanned),
};
