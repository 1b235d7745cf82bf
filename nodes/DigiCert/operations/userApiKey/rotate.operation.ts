import { certCentral } from '../../digicert/apis';
import { isLive } from '../../digicert/keyFacts';
import { baseNameOf } from '../../digicert/keyNames';
import { factsOfUserKey, nameOf, readUserKey, roleOf } from '../../digicert/keys';
import { createOwnKeyGuard } from '../../digicert/ownKey';
import type { OwnKeyGuard } from '../../digicert/ownKey';
import { refusal } from '../../errors/failure';
import type { Session } from '../../http/repeating';
import type { KeyOrder } from '../../issuance/creation';
import { rotationHandOverFields } from '../../parameters/handOver';
import { rotationOptionsFields } from '../../parameters/issuance';
import { readRotation, successorNameField } from '../../parameters/keyName';
import type { Rotation } from '../../parameters/keyName';
import { userKeyField } from '../../parameters/id';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';
import { userKeyOrder } from './create.operation';

/** Reads the old key, and makes the request for its successor (digicert-api.md A.4.2, A.4.3). */
async function prepare(
	session: Session,
	{ keyId, name: newName, switchOffOld, allowOwnKey }: Rotation,
	guard: OwnKeyGuard,
): Promise<KeyOrder> {
	const old = await readUserKey(session, keyId);
	const { name: oldName, status, ownerId: userId } = factsOfUserKey(old);
	if (userId === undefined) {
		throw refusal(
			`Key ${keyId} is not an API key of a user`,
			'DigiCert does not tell whose key it is, so it has no successor. Choose another key. Nothing was changed.',
		);
	}
	if (!isLive({ status })) {
		throw refusal(
			`Key ${keyId} is not live, so it has no successor`,
			`Its status is "${status}". Create a new API key instead, or reactivate the old one. Nothing was changed.`,
		);
	}
	if (switchOffOld && !allowOwnKey) await guard.check(session, keyId, userId);
	return userKeyOrder({
		userId,
		name: newName ?? baseNameOf(nameOf(old)),
		parameter: userKeyField.displayName,
		role: roleOf(old),
		replaces: { id: keyId, name: oldName, status, last_used_date: old.last_used_date },
	});
}

export const rotateUserApiKey: OperationDefinition = {
	name: 'Rotate User API Key',
	action: 'Rotate user API key',
	description:
		'Create a successor with the same user and role restriction. The old API key stays live until the new one is stored: then you revoke it, or this node does after a hand-over.',
	hint: 'In the output of this node, the new key comes with the old one still live: store and try it, then switch the old one off by replaces.id. With a sub-workflow, this node does that.',
	fields: [userKeyField, successorNameField, ...rotationHandOverFields, ...rotationOptionsFields],
	execute: async (context) => {
		const { issueKeys } = await loadIssuance();
		const guard = createOwnKeyGuard();
		return await issueKeys(
			context,
			certCentral,
			(_, itemIndex) => {
				const rotation = readRotation(context, itemIndex, userKeyField);
				if (rotation.switchOffOld && rotation.allowOwnKey) guard.allow(rotation.keyId);
				return rotation;
			},
			async (session, plan) => await prepare(session, plan, guard),
			rotationHandOverFields,
		);
	},
};
