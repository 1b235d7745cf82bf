import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { refusal } from '../../errors/failure';
import { holdsApiKey, idOfKey } from '../../issuance/creation';
import type { KeyOrder } from '../../issuance/creation';
import { readOnceWith, keyListOfServiceUser, keyListOfUser } from '../../digicert/keyLists';
import { containerIdsField, readContainerIds } from '../../parameters/id';
import { emailField, readEmail } from '../../parameters/email';
import { keyNameField, readName } from '../../parameters/keyName';
import { keyRoleField, readKeyRole } from '../../parameters/keyRole';
import { handOverFields } from '../../parameters/handOver';
import { serviceUserOptionsFields } from '../../parameters/issuance';
import type { Session } from '../../http/repeating';
import { certCentral } from '../../digicert/apis';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';

const nameField = {
	...keyNameField,
	displayName: 'API Key Name',
	description: 'Name of the first API key. DigiCert names the service user itself.',
};

/** DigiCert's answer holds the user's ID, so the key's ID is looked up: it is the user's only key. */
async function findKeyId(session: Session, reply: IDataObject, name: string): Promise<IDataObject> {
	const userId = idOfKey(reply);
	const keys = userId === undefined ? [] : await keysOf(session, userId, name);
	const [key] = keys;
	if (key === undefined || keys.length > 1) {
		throw refusal("the new service user's key was not found", '');
	}
	return { key_id: key.id };
}

async function keysOf(session: Session, userId: number, name: string) {
	const keys = await readOnceWith(session)(keyListOfUser(userId));
	return keys.named(name).filter(({ ownerId }) => ownerId === userId);
}

/** `POST /user` with `is_api_only` (digicert-api.md A.5.4). */
function readOrder(context: IExecuteFunctions, itemIndex: number): KeyOrder {
	const email = readEmail(context, itemIndex);
	const name = readName(context, nameField, itemIndex);
	const role = readKeyRole(context, itemIndex);
	const containerIds = readContainerIds(context, itemIndex);
	return {
		name,
		subject: {
			thing: `a new service user with the email address ${email}`,
			besides: 'The service user itself',
		},
		owner: { email },
		requestFor: (sentName) => ({
			method: 'POST',
			path: '/user',
			body: {
				// Without it, the same call creates an ordinary user.
				is_api_only: true,
				email,
				api_name: sentName,
				restricted_to_role_id: role,
				...(containerIds.length === 0 ? {} : { container_id_assignments: containerIds }),
			},
		}),
		holdsKey: holdsApiKey,
		// The answer's `id` is the user's (digicert-api.md A.5.4).
		idIn: () => undefined,
		listFor: (reply = {}) => {
			const userId = idOfKey(reply);
			return userId === undefined ? keyListOfServiceUser(email) : keyListOfUser(userId);
		},
		// The user whose ID the answer tells was made by this very request, and has this key only.
		isProven: (reply, key) => idOfKey(reply) !== undefined && key.ownerId === idOfKey(reply),
		toOutput: ({ id, api_key }, sentName) => ({
			user_id: id,
			api_key,
			name: sentName,
			email,
			restricted_to_role_id: role,
		}),
		complete: async (session, reply) => await findKeyId(session, reply, name),
	};
}

export const createServiceUser: OperationDefinition = {
	name: 'Create Service User',
	action: 'Create service user',
	description:
		'Create a CertCentral service user, who has access by API only, and its first API key. DigiCert shows its value this one time only.',
	fields: [
		emailField,
		nameField,
		keyRoleField,
		containerIdsField,
		...handOverFields,
		...serviceUserOptionsFields,
	],
	execute: async (context) => {
		const { asPlanned, issueKeys } = await loadIssuance();
		return await issueKeys(context, certCentral, readOrder, asPlanned);
	},
};
