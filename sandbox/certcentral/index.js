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
			const waitMs = context.limiter.admit(key.digest);
			if (waitMs > 0) throw limitExceeded(context.retryAfter ? waitMs : undefined);
		},
	});
	app.register(keyRoutes, { instance });
	app.register(userRoutes, { instance });
}

/**
 * The documented 429 (A.2).
 *
 * @param {number | undefined} waitMs for a Retry-After header, which is not documented (F.14)
 */
function limitExceeded(waitMs) {
	return new ApiError(
		429,
		'request_limit_exceeded',
		'Service unavailable, please limit request volume',
		waitMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / 1000)) },
	);
}

module.exports = { certCentralApi };
