import { readIdOrMe, userOrMeField } from '../../parameters/id';
import { optionsField } from '../../parameters/options';
import { readSimplify, simplifyField } from '../../parameters/paging';
import { readUser, toUserOutput } from '../../digicert/users';
import { certCentral } from '../../digicert/apis';
import { forEachItem } from '../../items';
import type { OperationDefinition } from '../describe';

/** `GET /user/{user_id}` (digicert-api.md A.5.1). */
export const getUser: OperationDefinition = {
	name: 'Get User',
	action: 'Get user',
	description: 'Get a CertCentral user, or the user of the credential, with the access role',
	fields: [userOrMeField, simplifyField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			certCentral,
			(_, itemIndex) => ({
				id: readIdOrMe(context, userOrMeField, itemIndex),
				simplify: readSimplify(context, itemIndex),
			}),
			async (session, { id, simplify }) => [toUserOutput(await readUser(session, id), simplify)],
		),
};
