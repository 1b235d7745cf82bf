'use strict';

const { fastify } = require('fastify');
const { adminApi } = require('./admin');
const { certCentralApi } = require('./certcentral');
const { answerErrors } = require('./errors');
const { applyFaults } = require('./faultHooks');
const { recordReplies, recordRequests } = require('./journal');
const { partnerApi } = require('./partner');

/** @typedef {import('fastify').FastifyInstance} App */
/** @typedef {import('./types').Context} Context */
/**
 * @typedef {{ prefix: string, api?: import('./types').KeyRecord['api'],
 *   instance?: import('./types').InstanceName, install: (scope: App) => void }} Api
 */

/** The paths of DigiCert's own hosts (A.1, B.1), with the CertCentral instance put in front. */
const BASE_PATHS = {
	us: '/us/services/v2',
	eu: '/eu/services/v2',
	partner: '/partner-subscription/api/v1',
};

/**
 * Puts the HTTP server together, without starting it.
 *
 * @param {Context} context
 * @returns {App}
 */
function createServer(context) {
	const { us, eu } = context.state.certCentral;
	const app = fastify({
		exposeHeadRoutes: false,
		// As strict as the wire: a number in quotes is no number, nothing is dropped or filled in.
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
	});
	for (const property of ['entry', 'fault', 'presentedKey', 'callerKey']) {
		app.decorateRequest(property);
	}
	mount(app, context, {
		prefix: BASE_PATHS.us,
		api: 'certcentral',
		instance: 'us',
		install: (scope) => certCentralApi(scope, { instance: us, context }),
	});
	mount(app, context, {
		prefix: BASE_PATHS.eu,
		api: 'certcentral',
		instance: 'eu',
		install: (scope) => certCentralApi(scope, { instance: eu, context }),
	});
	mount(app, context, {
		prefix: BASE_PATHS.partner,
		api: 'partner',
		install: (scope) => partnerApi(scope, { context }),
	});
	// Anything else is answered 404 and journalled: it may be a redirect that was followed.
	mount(app, context, {
		prefix: '',
		install: (scope) => answerErrors(scope, ({ code, message }) => ({ error: code, message })),
	});
	app.register(adminApi, { prefix: '/sandbox', context });
	return app;
}

/**
 * Installs one API behind the journal and the faults. The order of the hooks matters: a reply gets
 * its headers, then a fault may change it, then the journal notes its status.
 *
 * @param {App} app
 * @param {Context} context
 * @param {Api} options
 */
function mount(app, { journal, faultBook, clock }, { prefix, api, instance, install }) {
	app.register(
		async (scope) => {
			recordRequests(scope, { journal, basePath: prefix, api, instance });
			sendRecordedHeaders(scope, clock);
			applyFaults(scope, faultBook);
			recordReplies(scope);
			install(scope);
		},
		{ prefix },
	);
}

/**
 * Sends the headers of the recorded replies (section E). The content type has no charset, which
 * Fastify would add by itself.
 *
 * @param {App} scope
 * @param {import('./types').Clock} clock
 */
function sendRecordedHeaders(scope, clock) {
	scope.addHook('onSend', async (request, reply) => {
		reply.header('date', new Date(clock.serverNow()).toUTCString());
		reply.header('cache-control', 'private,no-cache');
		if (reply.hasHeader('content-type')) reply.header('content-type', 'application/json');
	});
}

module.exports = { BASE_PATHS, createServer };
