import type { IDataObject } from 'n8n-workflow';

import { hasIdOf, holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { userField } from '../../parameters/locators';
import { keyListOfUser } from '../../digicert/keyLists';

interface UserKeyWish {
	readonly itemIndex: number;
	readonly userId: number;
	readonly name: string;
	/** Undefined to send none. */
	readonly role: number | undefined;
	/** The label of the parameter that led to the user. */
	readonly parameter?: string;
	/** The key that it is to replace, as the output shows it. */
	readonly replaces?: { readonly id: number } & IDataObject;
}

/** `POST /key/user/{user_id}` (digicert-api.md A.4.3). */
export function userKeyRequest({
	itemIndex,
	userId,
	name,
	role,
	parameter = userField.displayName,
	replaces,
}: UserKeyWish): IssuanceRequest {
	return {
		itemIndex,
		name,
		subject: { thing: `user ${userId}`, parameter },
		request: {
			method: 'POST',
			path: `/key/user/${userId}`,
			// The role is sent even when it is 0, so that the output states what was asked for.
			body: { name, restricted_to_role_id: role },
		},
		replaces: replaces?.id,
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		keyListFor: () => keyListOfUser(userId),
		isKeyOf: hasIdOf,
		// DigiCert answers with id and api_key only; a next step needs to know whose key it is.
		toOutput: ({ id, api_key }) => ({
			id,
			api_key,
			name,
			user_id: userId,
			restricted_to_role_id: role,
			...(replaces === undefined ? {} : { replaces }),
		}),
	};
}
