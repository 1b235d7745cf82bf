import { partner } from '../../digicert/apis';
import { readKey, switchKey } from '../../digicert/keys';
import { refuseOwnSubaccountKey } from '../../digicert/ownKey';
import { forEachItem } from '../../items';
import { readId, subaccountKeyField } from '../../parameters/id';
import { readAllowOwnKey, switchOffOptionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `PUT /api-key/{apiKeyId}/status` with `inactive` (digicert-api.md B.2.4). */
export const deactivateSubaccountApiKey: OperationDefinition = {
	name: 'Deactivate Subaccount API Key',
	action: 'Deactivate subaccount API key',
	description: 'Switch an API key off. It can be activated again.',
	hint: "The key's status becomes inactive.",
	fields: [
		subaccountKeyField,
		switchOffOptionsField(
			'Without this, the node refuses a key that ends with the same 4 characters.',
		),
	],
	execute: async (context) =>
		await forEachItem(
			context,
			partner,
			(_, itemIndex) => ({
				id: readId(context, subaccountKeyField, itemIndex),
				allowOwnKey: readAllowOwnKey(context, itemIndex),
			}),
			async (session, { id, allowOwnKey }) => {
				if (!allowOwnKey) refuseOwnSubaccountKey(session, await readKey(session, partner, id));
				return [await switchKey(session, partner, id, 'off')];
			},
		),
};
