import { certCentral } from '../../digicert/apis';
import { readUserKey, switchKey } from '../../digicert/keys';
import { forEachItem } from '../../items';
import { readId, userKeyField } from '../../parameters/id';
import { optionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `PUT /key/{key_id}/status` with `active` (digicert-api.md A.4.5). */
export const reactivateUserApiKey: OperationDefinition = {
	name: 'Reactivate User API Key',
	action: 'Reactivate user API key',
	description: 'Set a revoked API key back to active',
	hint: 'Try the key before you rely on it.',
	fields: [userKeyField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			certCentral,
			(_, itemIndex) => readId(context, userKeyField, itemIndex),
			async (session, id) => {
				await readUserKey(session, id);
				return [await switchKey(session, certCentral, id, 'on')];
			},
			String,
		),
};
