import { refusal } from '../../errors/failure';
import { holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { readId } from '../../parameters/id';
import { userKeyField } from '../../parameters/key';
import { optionalNameField, readOptionalName } from '../../parameters/keyName';
import { optionsField } from '../../parameters/options';
import { isLive } from '../../records/keyFacts';
import type { Session } from '../../records/session';
import { factsOfUserKey, isAcmeUrl, readUserKey, roleOf } from '../../records/userKeys';
import { certCentral } from '../../transport/apis';
import { issueKeys } from '../issueKeys';
import type { OperationDefinition } from '../types';

const nameField = optionalNameField(
	'Name of the new API key. Leave it empty to take the old name.',
);

interface Rotation {
	readonly itemIndex: number;
	readonly keyId: number;
	readonly name: string | undefined;
}

/** Reads the old key, and makes the request for its successor (digicert-api.md A.4.2, A.4.3). */
async function prepare(
	session: Session,
	{ itemIndex, keyId, name: newName }: Rotation,
): Promise<IssuanceRequest> {
	const old = await readUserKey(session, keyId);
	const { name: oldName, status, ownerId: userId } = factsOfUserKey(old);
	const role = roleOf(old);
	if (isAcmeUrl(old) || userId === undefined) {
		throw refusal(
			`Key ${keyId} is not an API key of a user`,
			'DigiCert lists ACME directory URLs among the keys; they cannot be rotated here. Choose another key.',
		);
	}
	if (!isLive({ status })) {
		throw refusal(
			`Key ${keyId} is not live, so it has no successor`,
			`Its status is "${status}". Create a new API key instead. Nothing was changed.`,
		);
	}
	const name = newName ?? oldName;
	return {
		itemIndex,
		name,
		subject: { thing: `user ${userId}` },
		request: {
			method: 'POST',
			path: `/key/user/${userId}`,
			body: { name, restricted_to_role_id: role },
		},
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		toOutput: ({ id, api_key }) => ({
			id,
			api_key,
			name,
			user_id: userId,
			restricted_to_role_id: role,
			replaces: { id: keyId, name: oldName, status, last_used_date: old.last_used_date },
		}),
	};
}

export const rotateUserApiKey: OperationDefinition = {
	name: 'Rotate User API Key',
	action: 'Rotate user API key',
	description:
		'Create a successor with the same user and role restriction. The old API key stays live until you revoke it, after the new one is stored and tried.',
	fields: [userKeyField, nameField, optionsField],
	execute: async (context) =>
		await issueKeys(
			context,
			certCentral,
			(_, itemIndex) => ({
				itemIndex,
				keyId: readId(context, userKeyField, itemIndex),
				name: readOptionalName(context, nameField, itemIndex),
			}),
			prepare,
		),
};
