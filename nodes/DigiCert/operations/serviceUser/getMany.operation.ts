import { listUsersFields, listUsersOf } from '../listUsers';
import type { OperationDefinition } from '../types';

/** `GET /user/api-only` (digicert-api.md A.5.3). */
export const getManyServiceUsers: OperationDefinition = {
	name: 'Get Many Service Users',
	action: 'Get many service users',
	description: 'List CertCentral service users, who have access by API only',
	fields: listUsersFields,
	execute: async (context) => await listUsersOf('/user/api-only', context),
};
