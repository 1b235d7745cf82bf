'use strict';

const { makeServiceUser } = require('./serviceUser');

const FIRST_NAMES = [
	'Ada',
	'Ben',
	'Chloe',
	'Dev',
	'Elena',
	'Farid',
	'Grace',
	'Hugo',
	'Ines',
	'Jon',
];
const LAST_NAMES = ['Archer', 'Brook', 'Castle', 'Dale', 'Ember', 'Field', 'Grove'];

/** Access roles (A.3): Administrator, Manager and Standard user come first, as the guide needs. */
const ROLES = [1, 4, 5, 2, 3];

/**
 * The seeded people. The first three are the administrator, a manager and a standard user; the
 * sixth is inactive, and some lack the fields that are optional (A.5.2).
 *
 * @param {number} count
 * @param {number} firstId
 * @param {number} rootContainerId every fourth person is in the division below it
 * @returns {import('../types').User[]}
 */
function seedPeople(count, firstId, rootContainerId) {
	return Array.from({ length: count }, (_, index) => {
		const firstName = FIRST_NAMES[index % FIRST_NAMES.length];
		const lastName = LAST_NAMES[index % LAST_NAMES.length];
		// The two lists of names together repeat after 70 people.
		const round = Math.floor(index / (FIRST_NAMES.length * LAST_NAMES.length));
		const suffix = round === 0 ? '' : String(round + 1);
		const email = `${firstName}.${lastName}${suffix}@example.com`.toLowerCase();
		return {
			id: firstId + index,
			username: email,
			first_name: firstName,
			last_name: lastName,
			email,
			...(index % 2 === 0 && { job_title: 'Engineer', telephone: '801-555-0100' }),
			status: index === 5 ? 'inactive' : 'active',
			...(index % 3 !== 2 && { lastLoginAt: '2024-06-21T13:37:00.000Z' }),
			containerId: rootContainerId + (index % 4 === 3 ? 1 : 0),
			containerAssignments: [],
			accessRoleId: ROLES[index % ROLES.length],
			isApiOnly: false,
		};
	});
}

/**
 * The seeded service users.
 *
 * @param {number} firstId
 * @param {number} containerId
 * @returns {import('../types').User[]}
 */
function seedServiceUsers(firstId, containerId) {
	return ['deploy', 'monitoring', 'inventory'].map((name, index) =>
		makeServiceUser({ id: firstId + index, email: `${name}@example.com`, containerId }),
	);
}

module.exports = { seedPeople, seedServiceUsers };
