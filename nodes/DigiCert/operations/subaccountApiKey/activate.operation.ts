import { partner } from '../../digicert/apis';
import { switchKey } from '../../digicert/keys';
import { forEachItem } from '../../items';
import { readId, subaccountKeyField } from '../../parameters/id';
import { optionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `PUT /api-key/{apiKeyId}/status` with `active` (digicert-api.md B.2.4). */
export const activateSubaccountApiKey: OperationDefinition = {
	name: 'Activate Subaccount API Key',
	action: 'Activate subaccount API key',
	description: 'Switch an inactive API key on again',
	fields: [subaccountKeyField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			partner,
			(_, itemIndex) => readId(context, subaccountKeyField, itemIndex),
			async (session, id) => [await switchKey(session, partner, id, 'on')],
			String,
		),
};
