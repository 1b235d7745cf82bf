export interface User {
	id: number;
	username: string;
	first_name: string;
	last_name: string;
	email: string;
	job_title?: string;
	telephone?: string;
	status: 'active' | 'inactive';
	/** ISO 8601; absent until the first login. */
	lastLoginAt?: string;
	containerId: number;
	/** Divisions the user was assigned to by hand (digicert-api.md A.5.4). */
	containerAssignments: number[];
	accessRoleId: number;
	/** True for service users. */
	isApiOnly: boolean;
}

const FIRST_NAMES = 'Ada,Ben,Chloe,Dev,Elena,Farid,Grace,Hugo,Ines,Jon'.split(',');
const LAST_NAMES = 'Archer,Brook,Castle,Dale,Ember,Field,Grove'.split(',');

/** Access roles (digicert-api.md A.3): Administrator, Manager and Standard user come first, as the guide needs. */
const ROLES = [1, 4, 5, 2, 3];

/** One after the other, from the start again after the last. */
function nth<T>(values: readonly T[], index: number, otherwise: T): T {
	return values[index % values.length] ?? otherwise;
}

/**
 * The seeded people. The first three are the administrator, a manager and a standard user; the
 * sixth is inactive, and some lack the fields that are optional (digicert-api.md A.5.2).
 *
 * @param rootContainerId every fourth person is in the division below it
 */
export function seedPeople(count: number, firstId: number, rootContainerId: number): User[] {
	return Array.from({ length: count }, (_, index) => {
		const firstName = nth(FIRST_NAMES, index, '');
		const lastName = nth(LAST_NAMES, index, '');
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
			accessRoleId: nth(ROLES, index, 1),
			isApiOnly: false,
		};
	});
}

export function seedServiceUsers(firstId: number, containerId: number): User[] {
	return ['deploy', 'monitoring', 'inventory'].map((name, index) =>
		makeServiceUser(firstId + index, `${name}@example.com`, containerId),
	);
}

/**
 * A service user. Its names and generated user name look like those of the sample
 * (digicert-api.md A.5.3). It may do whatever the administrator who made it may do (A.5.4), so it
 * has the Administrator role.
 */
export function makeServiceUser(
	id: number,
	email: string,
	containerId: number,
	containerAssignments: number[] = [],
): User {
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
