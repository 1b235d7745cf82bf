import { certCentral } from '../../digicert/apis';
import { factsOfUserKey, readUserKey, switchKey } from '../../digicert/keys';
import { createOwnKeyGuard } from '../../digicert/ownKey';
import { forEachItem } from '../../items';
import { readId, userKeyField } from '../../parameters/id';
import { readAllowOwnKey, switchOffOptionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `PUT /key/{key_id}/status` with `revoked` (digicert-api.md A.4.5). */
export const revokeUserApiKey: OperationDefinition = {
	name: 'Revoke User API Key',
	action: 'Revoke user API key',
	description: 'Switch an API key off. It is refused from then on.',
	hint: "The key's status becomes revoked.",
	fields: [
		userKeyField,
		switchOffOptionsField(
			"DigiCert does not tell which key a credential holds, so without this the node refuses only the last live key of the credential's user.",
		),
	],
	execute: async (context) => {
		const guard = createOwnKeyGuard();
		return await forEachItem(
			context,
			certCentral,
			(_, itemIndex) => {
				const id = readId(context, userKeyField, itemIndex);
				const allowOwnKey = readAllowOwnKey(context, itemIndex);
				if (allowOwnKey) guard.allow(id);
				return { id, allowOwnKey };
			},
			async (session, { id, allowOwnKey }) => {
				const { ownerId } = factsOfUserKey(await readUserKey(session, id));
				if (!allowOwnKey) await guard.check(session, id, ownerId);
				return [await switchKey(session, certCentral, id, 'off')];
			},
			({ id }) => String(id),
		);
	},
};
