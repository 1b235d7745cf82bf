'use strict';

const { ApiError } = require('../errors');

/** @typedef {import('../types').PartnerState} Partner */
/** @typedef {import('../types').KeyRecord} KeyRecord */

/**
 * The refusal of a wrong key. Its status and body are guesses (F.16); 403 is the only error that
 * the partner pages name at all (B.1).
 */
function invalidKey() {
	return forbidden('The API key is not valid.');
}

/** @param {string} message */
function forbidden(message) {
	return new ApiError(403, 'forbidden', message);
}

/**
 * Refuses a subaccount's key where only a parent's will do (B.1).
 *
 * @param {Partner} partner
 * @param {KeyRecord} key
 * @throws {ApiError} 403
 */
function requireParent(partner, key) {
	if (partner.accounts.get(key.ownerId)?.parentId !== undefined) {
		throw forbidden('Only a parent account may do this.');
	}
}

/**
 * Whether a key reaches an account: a parent's reaches its own and its subaccounts, a subaccount's
 * only its own (B.1).
 *
 * @param {Partner} partner
 * @param {KeyRecord} key
 * @param {number} accountId
 */
function reaches(partner, key, accountId) {
	return key.ownerId === accountId || isSubaccountOf(partner, accountId, key.ownerId);
}

/**
 * @param {Partner} partner
 * @param {number} accountId
 * @param {number} parentId
 */
function isSubaccountOf(partner, accountId, parentId) {
	return partner.accounts.get(accountId)?.parentId === parentId;
}

/**
 * Refuses to make a key for anything but a subaccount of the caller (B.2.3). That the parent's own
 * account is refused (F.18), that an unrelated one gives 403, and that an unknown one gives 404
 * (F.20), are guesses.
 *
 * @param {Partner} partner
 * @param {KeyRecord} key
 * @param {number} accountId
 * @throws {ApiError} 403 or 404
 */
function requireOwnSubaccount(partner, key, accountId) {
	requireParent(partner, key);
	if (!partner.accounts.has(accountId)) {
		throw new ApiError(404, 'not_found', `There is no account ${accountId}.`);
	}
	if (!isSubaccountOf(partner, accountId, key.ownerId)) {
		throw forbidden('The account is not a subaccount of yours.');
	}
}

/**
 * The key of this id, if the caller reaches it.
 *
 * @param {Partner} partner
 * @param {KeyRecord} caller
 * @param {number} id
 * @returns {KeyRecord}
 * @throws {ApiError} 403 for a key of an unrelated account (B.2.2, B.2.4); 404 for an unknown one,
 *   which is a guess (F.16)
 */
function requireReachableKey(partner, caller, id) {
	const key = partner.keys.get(id);
	if (!key) throw new ApiError(404, 'not_found', `There is no API key ${id}.`);
	if (!reaches(partner, caller, key.ownerId)) {
		throw forbidden('The API key belongs to another account.');
	}
	return key;
}

module.exports = {
	invalidKey,
	reaches,
	requireOwnSubaccount,
	requireParent,
	requireReachableKey,
};
