import { digits, name, object } from '../schema.mts';
import { KEY_ROLES } from './access.mts';

/** JSON schemas of CertCentral requests. */

const restrictedToRoleId = { type: 'integer', enum: [0, ...KEY_ROLES] };

/** digicert-api.md A.4.1. Whether there are further parameters is not known (F.9). */
export const listKeysQuery = object({ user_id: digits });

/** digicert-api.md A.4.2. */
export const keyPath = object({ key_id: digits }, ['key_id']);

/** digicert-api.md A.4.3; `me` is not documented here (F.2), so only a number will do. */
export const userPath = object({ user_id: digits }, ['user_id']);

/** digicert-api.md A.4.3, A.4.4. */
export const keyBody = object({ name, restricted_to_role_id: restrictedToRoleId }, ['name']);

/** digicert-api.md A.4.5. */
export const statusBody = object({ status: { type: 'string', enum: ['active', 'revoked'] } }, [
	'status',
]);

/** digicert-api.md A.5.2, A.5.3, without `sort`, whose properties are not known. */
export const listUsersQuery = object({
	container_id: digits,
	access_role_id: digits,
	'filters[status]': { type: 'string' },
	'filters[search]': { type: 'string' },
	offset: digits,
	limit: digits,
});

/**
 * digicert-api.md A.5.4. Without `is_api_only` the real call makes an ordinary user, which is not
 * offered here.
 */
export const serviceUserBody = object(
	{
		is_api_only: { type: 'boolean', const: true },
		email: { type: 'string', format: 'email', maxLength: 255 },
		api_name: name,
		restricted_to_role_id: restrictedToRoleId,
		container_id_assignments: { type: 'array', items: { type: 'integer' } },
	},
	['is_api_only', 'email', 'api_name'],
);
