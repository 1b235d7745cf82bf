'use strict';

const { isoWithZ } = require('../clock');

/** @typedef {import('../types').KeyRecord} KeyRecord */

/**
 * A key as List and Retrieve show it (B.2.1). Never the value.
 *
 * @param {KeyRecord} key
 * @param {'absent' | 'null'} neverUsed how a key that was never used is shown: unknown (B.2.1)
 */
function keyView(key, neverUsed) {
	const unused = neverUsed === 'null' ? null : undefined;
	return {
		id: key.id,
		name: key.name,
		account_id: key.ownerId,
		status: key.status,
		created_at: isoWithZ(key.createdAt),
		last_used_date: key.lastUsedAt ? isoWithZ(key.lastUsedAt) : unused,
		api_key_last4: key.last4,
	};
}

/**
 * The reply of Create API key for subaccount (B.2.3): the one that has the value.
 *
 * @param {KeyRecord} key
 * @param {string} value
 */
function createdKeyView(key, value) {
	return {
		id: key.id,
		name: key.name,
		api_key: value,
		status: key.status,
		account_id: key.ownerId,
	};
}

/**
 * The reply of Create subaccount. A GUESS, and the only place of it: all that is documented is that
 * the reply contains the subaccount's key (B.3.1, F.17).
 *
 * @param {import('../types').PartnerAccount} account
 * @param {KeyRecord} key
 * @param {string} value
 */
function createdSubaccountView(account, key, value) {
	return { account_id: account.id, name: account.name, api_key: createdKeyView(key, value) };
}

module.exports = { createdKeyView, createdSubaccountView, keyView };
