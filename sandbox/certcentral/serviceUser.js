'use strict';

/**
 * A service user. Its names and generated user name look like those of the sample (A.5.3). It may
 * do whatever the administrator who made it may do (A.5.4), so it has the Administrator role.
 *
 * @param {{ id: number, email: string, containerId: number, containerAssignments?: number[] }} from
 * @returns {import('../types').User}
 */
function makeServiceUser({ id, email, containerId, containerAssignments = [] }) {
	return {
		id,
		username: `${id}bfc56b3e1`.padStart(20, '1708859662'),
		first_name: 'Service',
		last_name: 'User',
		email,
		status: 'active',
		containerId,
		containerAssignments,
		accessRoleId: 1,
		isApiOnly: true,
	};
}

module.exports = { makeServiceUser };
