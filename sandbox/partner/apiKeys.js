'use strict';

const access = require('./access');
const schemas = require('./schemas');
const { createdKeyView, keyView } = require('./views');

/**
 * API key management of the partner API (B.2).
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ partner: import('../types').PartnerState, lastUsed: 'absent' | 'null' }} options
 */
async function apiKeyRoutes(app, { partner, lastUsed }) {
	/** The key that a path names, if the caller reaches it. @param {unknown} params */
	function reach(params, /** @type {import('../types').KeyRecord} */ callerKey) {
		const { id } = /** @type {{ id: string }} */ (params);
		return access.requireReachableKey(partner, callerKey, Number(id));
	}

	// B.2.1.
	app.get('/api-key', { schema: { querystring: schemas.noQuery } }, async ({ callerKey }) => {
		const keys = partner.keys.list();
		const visible = keys.filter((key) => access.reaches(partner, callerKey, key.ownerId));
		return { api_keys: visible.map((key) => keyView(key, lastUsed)) };
	});

	// B.2.2.
	app.get('/api-key/:id', { schema: { params: schemas.keyPath } }, async (request) =>
		keyView(reach(request.params, request.callerKey), lastUsed),
	);

	// B.2.3.
	const createSchema = { params: schemas.accountPath, body: schemas.keyBody };
	app.post('/api-key/account/:accountId', { schema: createSchema }, async (request, reply) => {
		const { accountId } = /** @type {{ accountId: string }} */ (request.params);
		const { name } = /** @type {{ name: string }} */ (request.body);
		const ownerId = Number(accountId);
		access.requireOwnSubaccount(partner, request.callerKey, ownerId);
		const { record, value } = partner.keys.issue({ name, ownerId });
		request.entry.createdKeyId = record.id;
		return reply.code(201).send(createdKeyView(record, value));
	});

	// B.2.4. A key may deactivate itself: nothing forbids it.
	const statusSchema = { params: schemas.keyPath, body: schemas.statusBody };
	app.put('/api-key/:id/status', { schema: statusSchema }, async (request, reply) => {
		const key = reach(request.params, request.callerKey);
		key.status = /** @type {{ status: 'active' | 'inactive' }} */ (request.body).status;
		return reply.code(204).send();
	});
}

module.exports = { apiKeyRoutes };
