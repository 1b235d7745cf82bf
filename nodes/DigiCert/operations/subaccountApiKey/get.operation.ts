import { partner } from '../../digicert/apis';
import { readKey } from '../../digicert/keys';
import { forEachItem } from '../../items';
import { readId, subaccountKeyField } from '../../parameters/id';
import { optionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `GET /api-key/{apiKeyId}` (digicert-api.md B.2.2). */
export const getSubaccountApiKey: OperationDefinition = {
	name: 'Get Subaccount API Key',
	action: 'Get subaccount API key',
	description:
		"Get an API key's name, account, status, last use and last 4 characters. Its value cannot be read again.",
	fields: [subaccountKeyField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			partner,
			(_, itemIndex) => readId(context, subaccountKeyField, itemIndex),
			async (session, id) => [await readKey(session, partner, id)],
		),
};
