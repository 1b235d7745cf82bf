'use strict';

const { ApiError } = require('../errors');
const access = require('./access');
const schemas = require('./schemas');
const { requireUser } = require('./users');
const { keyView } = require('./views');

/** @typedef {{ name: string, restricted_to_role_id?: number }} KeyBody */

/**
 * The API key endpoints of CertCentral (A.4).
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ instance: import('../types').CertCentralInstance }} options
 */
async function keyRoutes(app, { instance }) {
	app.addHook('preValidation', async ({ callerKey, method }) => {
		access.requireKeyRole(callerKey, method, 'keys');
	});

	/** The key that a path names, if the caller may reach it. @param {unknown} params */
	function reach(params, /** @type {import('../types').KeyRecord} */ callerKey) {
		const { key_id: id } = /** @type {{ key_id: string }} */ (params);
		const key = instance.keys.get(Number(id));
		// By the documented pattern not_found|order (A.1); the code itself is a guess (F.4).
		if (!key) throw new ApiError(404, 'not_found|key', `There is no key ${id}.`);
		access.requireOwnOrAdministrator(instance, callerKey, key.ownerId);
		return key;
	}

	// A.4.1. Without user_id an administrator sees all keys. That others see only their own is a
	// guess (F.1), as is the empty list for a user who does not exist (F.4).
	app.get('/key', { schema: { querystring: schemas.listKeysQuery } }, async (request) => {
		const { callerKey } = request;
		const { user_id: userId } = /** @type {{ user_id?: string }} */ (request.query);
		if (userId) access.requireOwnOrAdministrator(instance, callerKey, Number(userId));
		const seesAll = !userId && access.isAdministrator(instance, callerKey);
		const ownerId = Number(userId ?? callerKey.ownerId);
		const keys = instance.keys.list().filter((key) => seesAll || key.ownerId === ownerId);
		return { api_keys: keys.map((key) => keyView(instance, key)) };
	});

	// A.4.6.
	app.get('/key/api-roles', async () => ({
		access_roles: Array.from(access.KEY_ROLES, ([id, name]) => ({ id, name })),
	}));

	// A.4.2.
	app.get('/key/:key_id', { schema: { params: schemas.keyPath } }, async (request) =>
		keyView(instance, reach(request.params, request.callerKey)),
	);

	// A.4.3. A key for an inactive user is let through: nothing is documented (F.4).
	const createSchema = { params: schemas.userPath, body: schemas.keyBody };
	app.post('/key/user/:user_id', { schema: createSchema }, async (request, reply) => {
		const { user_id: id } = /** @type {{ user_id: string }} */ (request.params);
		const { name, restricted_to_role_id = 0 } = /** @type {KeyBody} */ (request.body);
		access.requireOwnOrAdministrator(instance, request.callerKey, Number(id));
		const { id: ownerId } = requireUser(instance, id);
		const { record, value } = instance.keys.issue({ name, ownerId, restricted_to_role_id });
		request.entry.createdKeyId = record.id;
		return reply.code(201).send({ id: record.id, api_key: value });
	});

	// A.4.4. A restriction that is not sent stays as it is: a guess (F.7).
	const editSchema = { params: schemas.keyPath, body: schemas.keyBody };
	app.put('/key/:key_id', { schema: editSchema }, async (request, reply) => {
		const key = reach(request.params, request.callerKey);
		Object.assign(key, /** @type {KeyBody} */ (request.body));
		return reply.code(204).send();
	});

	// A.4.5. Revoked keys can be made active again, as the allowed values suggest (F.6), and a key
	// may revoke itself (F.8).
	const statusSchema = { params: schemas.keyPath, body: schemas.statusBody };
	app.put('/key/:key_id/status', { schema: statusSchema }, async (request, reply) => {
		const key = reach(request.params, request.callerKey);
		key.status = /** @type {{ status: 'active' | 'revoked' }} */ (request.body).status;
		return reply.code(204).send();
	});
}

module.exports = { keyRoutes };
