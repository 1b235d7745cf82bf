import { partner } from '../../digicert/apis';
import { isLive } from '../../digicert/keyFacts';
import { baseNameOf, LONGEST_PARTNER_NAME } from '../../digicert/keyNames';
import { factsOfSubaccountKey, readKey } from '../../digicert/keys';
import { refuseOwnSubaccountKey } from '../../digicert/ownKey';
import { refusal } from '../../errors/failure';
import type { Session } from '../../http/repeating';
import type { KeyOrder } from '../../issuance/creation';
import { rotationHandOverFields } from '../../parameters/handOver';
import { rotationOptionsFields } from '../../parameters/issuance';
import { readRotation, successorNameField } from '../../parameters/keyName';
import type { Rotation } from '../../parameters/keyName';
import { subaccountKeyField } from '../../parameters/id';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';
import { subaccountKeyOrder } from './create.operation';

/** Reads the old key, and makes the request for its successor (digicert-api.md B.2.2, B.2.3). */
async function prepare(
	session: Session,
	{ keyId, name: newName, switchOffOld, allowOwnKey }: Rotation,
): Promise<KeyOrder> {
	const old = await readKey(session, partner, keyId);
	const { name: oldName, status, ownerId: accountId } = factsOfSubaccountKey(old);
	const name = newName ?? baseNameOf(oldName);
	if (accountId === undefined || name === '') {
		throw refusal(
			`DigiCert tells too little of key ${keyId}`,
			'Its account or its name is missing. Create a new API key instead. Nothing was changed.',
		);
	}
	if (!isLive({ status })) {
		throw refusal(
			`Key ${keyId} is not live, so it has no successor`,
			`Its status is "${status}". Create a new API key instead, or activate the old one. Nothing was changed.`,
		);
	}
	if (switchOffOld && !allowOwnKey) refuseOwnSubaccountKey(session, old);
	return subaccountKeyOrder({
		accountId,
		name,
		parameter: subaccountKeyField.displayName,
		replaces: { id: keyId, name: oldName, status, last_used_date: old.last_used_date },
	});
}

export const rotateSubaccountApiKey: OperationDefinition = {
	name: 'Rotate Subaccount API Key',
	action: 'Rotate subaccount API key',
	description:
		'Create a successor for the same subaccount. The old API key stays live until the new one is stored: then you deactivate it, or this node does after a hand-over.',
	hint: 'In the output of this node, the new key comes with the old one still live: store and try it, then switch the old one off by replaces.id. With a sub-workflow, this node does that.',
	fields: [
		subaccountKeyField,
		successorNameField,
		...rotationHandOverFields,
		...rotationOptionsFields,
	],
	execute: async (context) => {
		const { issueKeys } = await loadIssuance();
		return await issueKeys(
			context,
			partner,
			(_, itemIndex) => readRotation(context, itemIndex, subaccountKeyField, LONGEST_PARTNER_NAME),
			prepare,
			rotationHandOverFields,
		);
	},
};
