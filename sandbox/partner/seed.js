'use strict';

const { createKeyring, randomKeyValue } = require('../keyring');

/** Length of the documented sample key (B.2.3). */
const KEY_LENGTH = 50;
const SEEDED_AT = '2025-01-15T10:30:00.000Z';
const ACCOUNTS = { parent: 67890, subaccount: 67891, otherSubaccount: 67892, unrelated: 55555 };
const FIRST_NEW_ACCOUNT = 67893;

/**
 * Makes the state of the partner API, still without accounts and keys.
 *
 * @param {import('../types').Clock} clock
 * @param {(value: string) => void} onIssue gets each created key's value
 * @returns {import('../types').PartnerState}
 */
function createPartner(clock, onIssue) {
	return {
		accounts: new Map(),
		keys: createKeyring({
			api: 'partner',
			firstId: 12345,
			valueLength: KEY_LENGTH,
			clock,
			onIssue,
		}),
		nextAccountId: FIRST_NEW_ACCOUNT,
	};
}

/**
 * Decides what the partner API is seeded with: a parent account with two subaccounts, and a parent
 * account that has nothing to do with them. Key values are chosen here, once, so that they outlive
 * a reset.
 *
 * @returns {import('../types').PartnerSeed}
 */
function planSeed() {
	const { parent, subaccount, otherSubaccount, unrelated } = ACCOUNTS;
	const keys = {
		parent: randomKeyValue(KEY_LENGTH),
		subaccount: randomKeyValue(KEY_LENGTH),
		unrelated: randomKeyValue(KEY_LENGTH),
	};
	/** @param {string} name @param {number} ownerId @param {string} [value] */
	const key = (name, ownerId, value = randomKeyValue(KEY_LENGTH)) => ({
		name,
		ownerId,
		value,
		createdAt: SEEDED_AT,
	});
	return {
		guide: { accounts: ACCOUNTS, keys },
		accounts: [
			{ id: parent, name: 'Parent Partner', parentId: undefined },
			{ id: subaccount, name: 'First Customer', parentId: parent },
			{ id: otherSubaccount, name: 'Second Customer', parentId: parent },
			{ id: unrelated, name: 'Another Partner', parentId: undefined },
		],
		keys: [
			key('Parent key', parent, keys.parent),
			key('First customer key', subaccount, keys.subaccount),
			key('Unrelated key', unrelated, keys.unrelated),
			key('Second customer key', otherSubaccount),
			{ ...key('Retired key', subaccount), status: 'inactive' },
		],
	};
}

/**
 * Puts the partner API into its seeded state, whatever it held before.
 *
 * @param {import('../types').PartnerState} partner
 * @param {import('../types').PartnerSeed} seed
 */
function fill(partner, seed) {
	partner.accounts.clear();
	partner.keys.clear();
	partner.nextAccountId = FIRST_NEW_ACCOUNT;
	for (const account of seed.accounts) partner.accounts.set(account.id, account);
	for (const request of seed.keys) partner.keys.issue(request);
}

module.exports = { createPartner, fill, planSeed };
