'use strict';

const { ApiError, answerErrors } = require('../errors');
const { checkKeys } = require('../keyCheck');
const { invalidKey } = require('./access');
const { keyRoutes } = require('./keys');
const { userRoutes } = require('./users');

/**
 * One instance of the CertCentral Services API v2 (part A).
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ instance: import('../types').CertCentralInstance, context: import('../types').Context }} options
 */
function certCentralApi(app, { instance, context }) {
	// The error body of A.1.
	answerErrors(app, ({ code, message }) => ({ errors: [{ code, message }] }));
	checkKeys(app, {
		header: 'x-dc-devkey',
		keys: instance.keys,
		clock: context.clock,
		invalidKey,
		admit(key) {
			if (!context.limiter.admit(key.digest)) throw limitExceeded();
		},
	});
	app.register(keyRoutes, { instance });
	app.register(userRoutes, { instance });
}

/** The documented 429, without Retry-After (A.2). */
function limitExceeded() {
	return new ApiError(
		429,
		'request_limit_exceeded',
		'Service unavailable, please limit request volume',
	);
}

module.exports = { certCentralApi };
