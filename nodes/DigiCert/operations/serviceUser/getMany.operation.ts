import type { OperationDefinition } from '../describe';
import { listUsersFields, listUsersOf } from '../lists';

/** `GET /user/api-only` (digicert-api.md A.5.3). */
export const getManyServiceUsers: OperationDefinition = {
	name: 'Get Many Service Users',
	action: 'Get many service users',
	description: 'List CertCentral service users, who have access by API only',
	fields: listUsersFields,
	execute: async (context) => await listUsersOf('/user/api-only', context),
};
