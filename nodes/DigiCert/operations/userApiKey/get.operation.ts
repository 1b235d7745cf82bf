import { certCentral } from '../../digicert/apis';
import { readKey, toUserKeyOutput } from '../../digicert/keys';
import { forEachItem } from '../../items';
import { readId, userKeyField } from '../../parameters/id';
import { optionsField } from '../../parameters/options';
import type { OperationDefinition } from '../describe';

/** `GET /key/{key_id}` (digicert-api.md A.4.2). */
export const getUserApiKey: OperationDefinition = {
	name: 'Get User API Key',
	action: 'Get user API key',
	description: "Get an API key's name, owner, status and last use. Its value cannot be read again.",
	fields: [userKeyField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			certCentral,
			(_, itemIndex) => readId(context, userKeyField, itemIndex),
			async (session, id) => [toUserKeyOutput(await readKey(session, certCentral, id))],
		),
};
