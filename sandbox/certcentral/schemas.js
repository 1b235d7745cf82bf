'use strict';

const { digits, name, object } = require('../schema');
const { KEY_ROLES } = require('./access');

/** JSON schemas of CertCentral requests. */

const restrictedToRoleId = { type: 'integer', enum: [0, ...KEY_ROLES.keys()] };

/** A.4.1. Whether there are further parameters is not known (F.9). */
const listKeysQuery = object({ user_id: digits });

/** A.4.2. */
const keyPath = object({ key_id: digits }, ['key_id']);

/** A.4.3; `me` is not documented here (F.2), so only a number will do. */
const userPath = object({ user_id: digits }, ['user_id']);

/** A.4.3 and A.4.4. */
const keyBody = object({ name, restricted_to_role_id: restrictedToRoleId }, ['name']);

/** A.4.5. */
const statusBody = object({ status: { type: 'string', enum: ['active', 'revoked'] } }, ['status']);

/** A.5.2 and A.5.3, without `sort`, whose properties are not known. */
const listUsersQuery = object({
	container_id: digits,
	access_role_id: digits,
	without_container: { type: 'string', enum: ['true', 'false'] },
	'filters[status]': { type: 'string' },
	'filters[search]': { type: 'string' },
	offset: digits,
	limit: digits,
});

/** A.5.4. Without `is_api_only` the real call makes an ordinary user, which is not offered here. */
const serviceUserBody = object(
	{
		is_api_only: { type: 'boolean', const: true },
		email: { type: 'string', format: 'email', maxLength: 255 },
		api_name: name,
		restricted_to_role_id: restrictedToRoleId,
		container_id_assignments: { type: 'array', items: { type: 'integer' } },
	},
	['is_api_only', 'email', 'api_name'],
);

module.exports = {
	keyBody,
	keyPath,
	listKeysQuery,
	listUsersQuery,
	serviceUserBody,
	statusBody,
	userPath,
};
