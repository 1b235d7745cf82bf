import { certCentral } from '../../digicert/apis';
import { listUserKeys } from '../../digicert/keys';
import { listUsers } from '../../digicert/users';
import { userKeyFiltersField } from '../../parameters/filters';
import { userFilter } from '../../parameters/id';
import { keyListOptionsField } from '../../parameters/options';
import { limitField, returnAllField } from '../../parameters/paging';
import type { OperationDefinition } from '../describe';
import { listKeysOf } from '../lists';

/** `GET /key` (digicert-api.md A.4.1), which can filter by user only. */
export const getManyUserApiKeys: OperationDefinition = {
	name: 'Get Many User API Keys',
	action: 'Get many user API keys',
	description:
		'List API keys of CertCentral users. DigiCert filters by user only; the node looks through the list for the other filters.',
	fields: [returnAllField, limitField, userKeyFiltersField, keyListOptionsField],
	execute: async (context) =>
		await listKeysOf(
			{
				api: certCentral,
				ownerFilter: userFilter,
				read: listUserKeys,
				readServiceUsers: async (session) =>
					await listUsers(session, '/user/api-only', {}, Infinity),
			},
			context,
		),
};
