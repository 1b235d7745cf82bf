import type { OperationDefinition } from '../describe';
import { listUsersFields, listUsersOf } from '../lists';

/** `GET /user` (digicert-api.md A.5.2). */
export const getManyUsers: OperationDefinition = {
	name: 'Get Many Users',
	action: 'Get many users',
	description: 'List CertCentral users. Service users have an operation of their own.',
	fields: listUsersFields,
	execute: async (context) => await listUsersOf('/user', context),
};
