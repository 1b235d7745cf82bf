'use strict';

const { createKeyring, randomKeyValue } = require('../keyring');
const { seedPeople, seedServiceUsers } = require('./seedUsers');

/** Length of the documented sample key (A.4.3). */
const KEY_LENGTH = 47;
const SEEDED_AT = '2024-03-01T09:00:00.000Z';

/** Ids of the two instances do not overlap, so that a mix-up of instances shows. */
const FIRST_IDS = {
	us: { account: 123654, container: 5, user: 125039, serviceUser: 1538858, key: 182 },
	eu: { account: 823654, container: 8005, user: 825039, serviceUser: 8538858, key: 80182 },
};

/** The further fields of an ACME directory URL among the keys (A.4.2), types as in the sample. */
const ACME_FIELDS = {
	acme_directory_url: '******nnAA',
	product_name_id: 'ssl_plus',
	product_name: 'Standard SSL',
	organization_id: 112233,
	organization_name: 'Example Corporation',
	validity_days: '365',
	validity_years: '1',
};

/**
 * Makes one instance, still without users and keys.
 *
 * @param {import('../types').InstanceName} name
 * @param {import('../types').Clock} clock
 * @param {(value: string) => void} onIssue gets each created key's value
 * @returns {import('../types').CertCentralInstance}
 */
function createInstance(name, clock, onIssue) {
	const ids = FIRST_IDS[name];
	return {
		name,
		accountId: ids.account,
		containers: [
			container(ids.container, 'My Account', 0),
			container(ids.container + 1, 'Engineering', ids.container),
		],
		users: new Map(),
		keys: createKeyring({
			api: 'certcentral',
			instance: name,
			firstId: ids.key,
			valueLength: KEY_LENGTH,
			clock,
			onIssue,
		}),
		nextUserId: 0,
	};
}

/**
 * @param {number} id
 * @param {string} name
 * @param {number} parentId 0 for the top-level container (A.8)
 * @returns {import('../types').Container}
 */
function container(id, name, parentId) {
	return {
		id,
		public_id: `PUB${id}`,
		name,
		parent_id: parentId,
		template_id: parentId === 0 ? 5 : 6,
		has_logo: false,
		is_active: true,
	};
}

/**
 * Decides what an instance is seeded with. Key values are chosen here, once, so that they outlive a
 * reset.
 *
 * @param {import('../types').InstanceName} name
 * @param {number} people
 * @returns {import('../types').CertCentralSeed}
 */
function planSeed(name, people) {
	const ids = FIRST_IDS[name];
	const guide = {
		users: {
			administrator: ids.user,
			person: ids.user + 1,
			standard: ids.user + 2,
			serviceUser: ids.serviceUser,
		},
		keys: {
			administrator: randomKeyValue(KEY_LENGTH),
			viewOnly: randomKeyValue(KEY_LENGTH),
			orders: randomKeyValue(KEY_LENGTH),
			userManagement: randomKeyValue(KEY_LENGTH),
			standardUser: randomKeyValue(KEY_LENGTH),
		},
	};
	const serviceUsers = seedServiceUsers(ids.serviceUser, ids.container);
	return {
		guide,
		users: [...seedPeople(people, ids.user, ids.container), ...serviceUsers],
		nextUserId: ids.serviceUser + serviceUsers.length,
		keys: seedKeys(guide),
	};
}

/**
 * The keys of the guide, a revoked one, and an ACME directory URL among them (A.4.2).
 *
 * @param {import('../types').CertCentralGuide} guide
 * @returns {import('../types').KeyRequest[]}
 */
function seedKeys({ keys, users }) {
	/** @param {string} name @param {number} ownerId @param {string} [value] @param {number} [role] */
	const key = (name, ownerId, value = randomKeyValue(KEY_LENGTH), role = 0) => ({
		name,
		ownerId,
		value,
		restricted_to_role_id: role,
		createdAt: SEEDED_AT,
	});
	return [
		key('Administrator', users.administrator, keys.administrator),
		key('View only', users.administrator, keys.viewOnly, 102),
		key('Orders', users.administrator, keys.orders, 100),
		key('User management', users.administrator, keys.userManagement, 103),
		key('Standard user', users.standard, keys.standardUser),
		{ ...key('Former integration', users.person), status: 'revoked' },
		{ ...key('ACME directory', users.administrator), acme: ACME_FIELDS },
	];
}

/**
 * Puts an instance into its seeded state, whatever it held before.
 *
 * @param {import('../types').CertCentralInstance} instance
 * @param {import('../types').CertCentralSeed} seed
 */
function fill(instance, seed) {
	instance.users.clear();
	instance.keys.clear();
	instance.nextUserId = seed.nextUserId;
	for (const user of seed.users) instance.users.set(user.id, user);
	for (const key of seed.keys) instance.keys.issue(key);
}

module.exports = { createInstance, fill, planSeed };
