'use strict';

const { ApiError } = require('../errors');

/** @typedef {import('../types').CertCentralInstance} Instance */
/** @typedef {import('../types').KeyRecord} KeyRecord */

const ADMINISTRATOR = 1;
const VIEW_ONLY = 102;
const USER_MANAGEMENT = 103;

/** Access roles of users (A.3). */
const ACCESS_ROLES = new Map([
	[1, 'Administrator'],
	[2, 'Limited user'],
	[3, 'Finance manager'],
	[4, 'Manager'],
	[5, 'Standard user'],
]);

/** Roles a key can be restricted to (A.3). 0 is not among them: it means no restriction (A.4.6). */
const KEY_ROLES = new Map([
	[100, 'Orders'],
	[101, 'Orders, Domains, Organizations'],
	[102, 'View Only'],
	[103, 'User Management'],
]);

/** The recorded refusal of a wrong key (section E). */
function invalidKey() {
	return new ApiError(
		403,
		'access_denied|access_denied_invalid_key',
		'Access denied due to access_denied_invalid_key.',
	);
}

/** The documented refusal of a key that may not do this (A.1). */
function missingPermission() {
	return new ApiError(
		403,
		'access_denied|missing_permission',
		'The API key lacks the permission for this request.',
	);
}

/**
 * Refuses what the role of the key itself rules out (A.3). Two points are not documented: whether
 * a 103 key may work with keys (F.1), and whether a 100 or 101 key may call GET /user/me (section
 * D). Both are taken by the wording of the roles, that is, refused.
 *
 * @param {KeyRecord} key
 * @param {string} method
 * @param {'keys' | 'users'} area
 * @throws {ApiError} 403
 */
function requireKeyRole(key, method, area) {
	const role = key.restricted_to_role_id ?? 0;
	const allowed =
		role === 0 ||
		(role === VIEW_ONLY && method === 'GET') ||
		(role === USER_MANAGEMENT && area === 'users');
	if (!allowed) throw missingPermission();
}

/**
 * @param {Instance} instance
 * @param {KeyRecord} key
 */
function isAdministrator(instance, key) {
	return instance.users.get(key.ownerId)?.accessRoleId === ADMINISTRATOR;
}

/**
 * Refuses a key of a user who is not an administrator.
 *
 * @param {Instance} instance
 * @param {KeyRecord} key
 * @throws {ApiError} 403
 */
function requireAdministrator(instance, key) {
	if (!isAdministrator(instance, key)) throw missingPermission();
}

/**
 * Refuses a key that reaches for another user without being an administrator's. That others may
 * work with what is their own is a guess (F.1): only the console's rule is documented (A.4.3).
 *
 * @param {Instance} instance
 * @param {KeyRecord} key
 * @param {number} ownerId
 * @throws {ApiError} 403
 */
function requireOwnOrAdministrator(instance, key, ownerId) {
	if (key.ownerId !== ownerId) requireAdministrator(instance, key);
}

module.exports = {
	ACCESS_ROLES,
	KEY_ROLES,
	invalidKey,
	isAdministrator,
	requireAdministrator,
	requireKeyRole,
	requireOwnOrAdministrator,
};
