import { ApiError } from '../errors.mts';
import type { KeyRecord } from '../keyring.mts';
import type { CertCentralInstance } from './seed.mts';

const ADMINISTRATOR = 1;
const VIEW_ONLY = 102;
const USER_MANAGEMENT = 103;

/** Access roles of users (digicert-api.md A.3). */
export const ACCESS_ROLES: ReadonlyMap<number, string> = new Map([
	[1, 'Administrator'],
	[2, 'Limited user'],
	[3, 'Finance manager'],
	[4, 'Manager'],
	[5, 'Standard user'],
]);

/** JSON schema of the role a key is restricted to (digicert-api.md A.3). 0 means no restriction (A.4.6). */
export const restrictedToRoleId = {
	type: 'integer',
	enum: [0, 100, 101, VIEW_ONLY, USER_MANAGEMENT],
};

/** The recorded refusal of a wrong key (digicert-api.md E). */
export function invalidKey(): ApiError {
	return new ApiError(
		403,
		'access_denied|access_denied_invalid_key',
		'Access denied due to access_denied_invalid_key.',
	);
}

/**
 * The documented 429 (digicert-api.md A.2).
 *
 * @param waitMs for a Retry-After header, which is not documented (digicert-api.md F.14)
 */
export function limitExceeded(waitMs?: number): ApiError {
	return new ApiError(
		429,
		'request_limit_exceeded',
		'Service unavailable, please limit request volume',
		waitMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / 1000)) },
	);
}

/** The documented refusal of a key that may not do this (digicert-api.md A.1). */
function missingPermission(): ApiError {
	return new ApiError(
		403,
		'access_denied|missing_permission',
		'The API key lacks the permission for this request.',
	);
}

/**
 * Refuses what the role of the key itself rules out (digicert-api.md A.3). Two points are not
 * documented: whether a 103 key may work with keys (F.1), and whether a 100 or 101 key may call
 * GET /user/me (D). Both are taken by the wording of the roles, that is, refused.
 *
 * @throws ApiError 403
 */
export function requireKeyRole(key: KeyRecord, method: string, area: 'keys' | 'users'): void {
	const role = key.restricted_to_role_id ?? 0;
	const allowed =
		role === 0 ||
		(role === VIEW_ONLY && method === 'GET') ||
		(role === USER_MANAGEMENT && area === 'users');
	if (!allowed) throw missingPermission();
}

export function isAdministrator(instance: CertCentralInstance, key: KeyRecord): boolean {
	return instance.users.get(key.ownerId)?.accessRoleId === ADMINISTRATOR;
}

/**
 * Refuses a key of a user who is not an administrator.
 *
 * @throws ApiError 403
 */
export function requireAdministrator(instance: CertCentralInstance, key: KeyRecord): void {
	if (!isAdministrator(instance, key)) throw missingPermission();
}

/**
 * Refuses a key that reaches for another user without being an administrator's. That others may
 * work with what is their own is a guess (digicert-api.md F.1): only the console's rule is
 * documented (A.4.3).
 *
 * @throws ApiError 403
 */
export function requireOwnOrAdministrator(
	instance: CertCentralInstance,
	key: KeyRecord,
	ownerId: number,
): void {
	if (key.ownerId !== ownerId) requireAdministrator(instance, key);
}
