'use strict';

const { userListView } = require('./views');

/** @typedef {import('../types').User} User */
/**
 * @typedef {{ container_id?: string, access_role_id?: string, without_container?: string,
 *   'filters[status]'?: string, 'filters[search]'?: string, offset?: string, limit?: string
 * }} UserQuery
 */

/** The real default is not known (F.9); this one is the sample value of other lists (A.1). */
const DEFAULT_LIMIT = 1000;

/**
 * One page of users, as List users answers (A.5.2).
 *
 * @param {import('../types').CertCentralInstance} instance
 * @param {User[]} users all that could be listed
 * @param {UserQuery} query checked by its schema
 */
function pageOfUsers(instance, users, query) {
	const offset = Number(query.offset ?? 0);
	const limit = Number(query.limit ?? DEFAULT_LIMIT);
	const withContainer = query.without_container !== 'true';
	const found = users.filter((user) => fits(user, query));
	return {
		users: found
			.slice(offset, offset + limit)
			.map((user) => userListView(instance, user, { withContainer })),
		page: { total: found.length, limit, offset },
	};
}

/**
 * @param {User} user
 * @param {UserQuery} query
 */
function fits(user, query) {
	const { container_id: containerId, access_role_id: accessRoleId } = query;
	const status = query['filters[status]'];
	const search = query['filters[search]'];
	return (
		(containerId === undefined || user.containerId === Number(containerId)) &&
		(accessRoleId === undefined || user.accessRoleId === Number(accessRoleId)) &&
		(status === undefined || user.status === status) &&
		(search === undefined || matchesSearch(user, search))
	);
}

/**
 * The search looks at four fields (A.5.2). A leading % asks for "contains", else the whole field
 * must be equal (A.1). That case does not matter is a guess.
 *
 * @param {User} user
 * @param {string} search
 */
function matchesSearch(user, search) {
	const contains = search.startsWith('%');
	const text = search.slice(contains ? 1 : 0).toLowerCase();
	return [user.username, user.first_name, user.last_name, user.email]
		.map((field) => field.toLowerCase())
		.some((field) => (contains ? field.includes(text) : field === text));
}

module.exports = { pageOfUsers };
