'use strict';

const { answerErrors } = require('../errors');
const { checkKeys } = require('../keyCheck');
const { invalidKey } = require('./access');
const { accountRoutes } = require('./accounts');
const { apiKeyRoutes } = require('./apiKeys');

/**
 * The Partner Subscriptions API v1 (part B). No rate limit is documented for it (F.16), so there
 * is none.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ context: import('../types').Context }} options
 */
function partnerApi(app, { context }) {
	const { partner } = context.state;
	// A guess (F.16), and on purpose not the shape of CertCentral: clients must not rely on it.
	answerErrors(app, ({ code, message }) => ({ error: code, message }));
	checkKeys(app, {
		header: 'x-partner-apikey',
		keys: partner.keys,
		clock: context.clock,
		invalidKey,
	});
	app.register(apiKeyRoutes, { partner, lastUsed: context.partnerLastUsed });
	app.register(accountRoutes, { partner });
}

module.exports = { partnerApi };
