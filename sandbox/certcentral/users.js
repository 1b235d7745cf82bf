'use strict';

const { ApiError } = require('../errors');
const access = require('./access');
const { pageOfUsers } = require('./userSearch');
const schemas = require('./schemas');
const { makeServiceUser } = require('./serviceUser');
const { userInfoView } = require('./views');

/** @typedef {import('../types').CertCentralInstance} Instance */
/**
 * @typedef {{ email: string, api_name: string, restricted_to_role_id?: number,
 *   container_id_assignments?: number[] }} ServiceUserBody
 */

/**
 * The user endpoints of CertCentral (A.5).
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ instance: Instance }} options
 */
async function userRoutes(app, { instance }) {
	app.addHook('preValidation', async ({ callerKey, method }) => {
		access.requireKeyRole(callerKey, method, 'users');
	});

	// A.5.1.
	app.get('/user/me', async ({ callerKey }) =>
		userInfoView(instance, requireUser(instance, callerKey.ownerId)),
	);

	app.get('/user/:user_id', { schema: { params: schemas.userPath } }, async (request) => {
		const { user_id: id } = /** @type {{ user_id: string }} */ (request.params);
		access.requireOwnOrAdministrator(instance, request.callerKey, Number(id));
		return userInfoView(instance, requireUser(instance, id));
	});

	// A.5.2 and A.5.3. That the lists are for administrators, and that the first one leaves out
	// service users (F.11), are guesses.
	for (const { url, isApiOnly } of [
		{ url: '/user', isApiOnly: false },
		{ url: '/user/api-only', isApiOnly: true },
	]) {
		app.get(url, { schema: { querystring: schemas.listUsersQuery } }, async (request) => {
			access.requireAdministrator(instance, request.callerKey);
			const users = [...instance.users.values()].filter((user) => user.isApiOnly === isApiOnly);
			const query = /** @type {import('./userSearch').UserQuery} */ (request.query);
			return pageOfUsers(instance, users, query);
		});
	}

	// A.5.4. Only administrators may. The `id` of the reply is the user's, not the key's.
	app.post('/user', { schema: { body: schemas.serviceUserBody } }, async (request, reply) => {
		access.requireAdministrator(instance, request.callerKey);
		const body = /** @type {ServiceUserBody} */ (request.body);
		const user = addServiceUser(instance, body);
		const { record, value } = instance.keys.issue({
			name: body.api_name,
			ownerId: user.id,
			restricted_to_role_id: body.restricted_to_role_id ?? 0,
		});
		request.entry.createdKeyId = record.id;
		return reply.code(201).send({ id: user.id, api_key: value });
	});
}

/**
 * @param {Instance} instance
 * @param {ServiceUserBody} body
 */
function addServiceUser(instance, { email, container_id_assignments: containerAssignments }) {
	const containerId = instance.containers[0].id;
	const user = makeServiceUser({
		id: instance.nextUserId,
		email,
		containerId,
		containerAssignments,
	});
	instance.nextUserId += 1;
	instance.users.set(user.id, user);
	return user;
}

/**
 * The user of this id.
 *
 * @param {Instance} instance
 * @param {string | number} id
 * @throws {ApiError} 404, by the documented pattern not_found|order (A.1); the code itself is a
 *   guess (F.4)
 */
function requireUser(instance, id) {
	const user = instance.users.get(Number(id));
	if (!user) throw new ApiError(404, 'not_found|user', `There is no user ${id}.`);
	return user;
}

module.exports = { userRoutes, requireUser };
