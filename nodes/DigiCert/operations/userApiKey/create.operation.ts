import { certCentral } from '../../digicert/apis';
import { keyListOfUser } from '../../digicert/keyLists';
import { holdsApiKey, idOfKey } from '../../issuance/creation';
import type { KeyOrder, Replaced } from '../../issuance/creation';
import { handOverFields } from '../../parameters/handOver';
import { readId, userField } from '../../parameters/id';
import { issuanceOptionsFields } from '../../parameters/issuance';
import { keyNameField, readName } from '../../parameters/keyName';
import { keyRoleField, readKeyRole } from '../../parameters/keyRole';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';

interface UserKeyWish {
	readonly userId: number;
	readonly name: string;
	readonly role: number;
	/** The label of the parameter that led to the user. */
	readonly parameter?: string;
	/** The key that it is to replace, as the output shows it. */
	readonly replaces?: Replaced;
}

/** `POST /key/user/{user_id}` (digicert-api.md A.4.3). */
export function userKeyOrder({
	userId,
	name,
	role,
	parameter = userField.displayName,
	replaces,
}: UserKeyWish): KeyOrder {
	return {
		name,
		subject: { thing: `user ${userId}`, parameter },
		owner: { user_id: userId },
		requestFor: (sentName) => ({
			method: 'POST',
			path: `/key/user/${userId}`,
			// The role is sent even when it is 0, so that the output states what was asked for.
			body: { name: sentName, restricted_to_role_id: role },
		}),
		replaces,
		holdsKey: holdsApiKey,
		idIn: idOfKey,
		listFor: () => keyListOfUser(userId),
		// DigiCert answers with id and api_key only; a next step needs to know whose key it is.
		toOutput: ({ id, api_key }, sentName) => ({
			id,
			api_key,
			name: sentName,
			user_id: userId,
			restricted_to_role_id: role,
			...(replaces === undefined ? {} : { replaces }),
		}),
	};
}

export const createUserApiKey: OperationDefinition = {
	name: 'Create User API Key',
	action: 'Create user API key',
	description:
		'Create an API key for a CertCentral user or service user. DigiCert shows its value this one time only.',
	fields: [userField, keyNameField, keyRoleField, ...handOverFields, ...issuanceOptionsFields],
	execute: async (context) => {
		const { asPlanned, issueKeys } = await loadIssuance();
		return await issueKeys(
			context,
			certCentral,
			(_, itemIndex) =>
				userKeyOrder({
					userId: readId(context, userField, itemIndex),
					name: readName(context, keyNameField, itemIndex),
					role: readKeyRole(context, itemIndex),
				}),
			asPlanned,
		);
	},
};
