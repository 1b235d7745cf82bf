import type { KeyRecord } from '../keyring.mts';
import { ACCESS_ROLES } from './access.mts';
import type { User } from './people.mts';
import type { CertCentralInstance } from './seed.mts';

/**
 * A time as key records and lists have it (digicert-api.md A.4.1, E): whole seconds with an offset,
 * `2018-08-07T23:27:58+00:00`.
 */
const isoWithOffset = (iso: string) => `${iso.slice(0, 19)}+00:00`;

/** The access key object (digicert-api.md A.4.2). Never the value. */
export function keyView(instance: CertCentralInstance, key: KeyRecord) {
	const owner = instance.users.get(key.ownerId);
	return {
		id: key.id,
		user: { id: key.ownerId, first_name: owner?.first_name, last_name: owner?.last_name },
		status: key.status,
		create_date: isoWithOffset(key.createdAt),
		last_used_date: key.lastUsedAt && isoWithOffset(key.lastUsedAt),
		name: key.name,
		is_legacy: false,
		restricted_to_role_id: key.restricted_to_role_id ?? 0,
		...key.acme,
	};
}

/**
 * A user in a list (digicert-api.md A.5.2). Its last login is in the recorded form, which differs
 * from the one that User info documents (E).
 */
export function userListView(instance: CertCentralInstance, user: User) {
	return {
		...commonUserFields(instance, user),
		last_login_date: user.lastLoginAt && isoWithOffset(user.lastLoginAt),
		container: containerOf(instance, user),
		container_assignments: user.containerAssignments.length
			? instance.containers.filter(({ id }) => user.containerAssignments.includes(id))
			: undefined,
	};
}

/** A user as User info shows it, its last login as `2019-06-21 13:37:00` (digicert-api.md A.5.1). */
export function userInfoView(instance: CertCentralInstance, user: User) {
	return {
		...commonUserFields(instance, user),
		last_login_date: user.lastLoginAt?.slice(0, 19).replace('T', ' '),
		container: containerOf(instance, user),
		is_cert_central: true,
		is_enterprise: false,
		is_saml_sso_only: false,
		container_visibility: [],
		language_id: 1,
		account_language_id: 1,
	};
}

/**
 * Optional fields that are empty are undefined, and so not sent (digicert-api.md E). `type` is the
 * same for people and service users (A.5.3).
 */
function commonUserFields(instance: CertCentralInstance, user: User) {
	const { id, username, first_name, last_name, email, job_title, telephone, status } = user;
	const accessRole = { id: user.accessRoleId, name: ACCESS_ROLES.get(user.accessRoleId) };
	return {
		id,
		username,
		account_id: instance.accountId,
		first_name,
		last_name,
		email,
		job_title,
		telephone,
		status,
		access_roles: [accessRole],
		type: 'standard',
		has_container_assignments: user.containerAssignments.length > 0,
	};
}

function containerOf(instance: CertCentralInstance, user: User) {
	return instance.containers.find(({ id }) => id === user.containerId);
}
