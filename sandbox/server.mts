import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { adminApi } from './admin.mts';
import { certCentralApi } from './certcentral/index.mts';
import type { CertCentralInstance } from './certcentral/seed.mts';
import { answerErrors, plainError, within } from './errors.mts';
import type { FaultBook } from './faultBook.mts';
import { applyFaults } from './faultHooks.mts';
import type { Fault } from './faults.mts';
import type { Sandbox } from './index.mts';
import { recordReplies, recordRequests } from './journal.mts';
import type { Journal, JournalEntry, Mounted } from './journal.mts';
import type { KeyRecord } from './keyring.mts';
import { partnerApi } from './partner/index.mts';
import type { PartnerState } from './partner/seed.mts';
import type { RateLimiter } from './rateLimit.mts';

declare module 'fastify' {
	interface FastifyRequest {
		/** This request's line in the journal. */
		entry: JournalEntry;
		/** The fault that applies to this request, if any. */
		fault: Fault | undefined;
		/** The record of the key that was presented, if the sandbox knows it. */
		presentedKey: KeyRecord | undefined;
		/** The same, once the key was let in. Handlers use this one. */
		callerKey: KeyRecord;
	}
}

/** What the modules of the server share. */
export interface Context extends Pick<Sandbox, 'keys' | 'holds' | 'reset'> {
	us: CertCentralInstance;
	eu: CertCentralInstance;
	partner: PartnerState;
	/** Milliseconds since 1970. */
	now: () => number;
	journal: Journal;
	faultBook: FaultBook;
	limiter: RateLimiter;
	retryAfter: boolean;
}

/**
 * The paths of DigiCert's own hosts (digicert-api.md A.1, B.1), with the CertCentral instance put
 * in front.
 */
export const BASE_PATHS = {
	us: '/us/services/v2',
	eu: '/eu/services/v2',
	partner: '/partner-subscription/api/v1',
};

/** Puts the HTTP server together, without starting it. */
export function createServer(context: Context): FastifyInstance {
	const app = fastify({
		exposeHeadRoutes: false,
		// Also those in flight, which may hang on purpose.
		forceCloseConnections: true,
		// As strict as the wire: a number in quotes is no number, nothing is dropped or filled in.
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
	});
	for (const property of ['entry', 'fault', 'presentedKey', 'callerKey']) {
		app.decorateRequest(property);
	}
	for (const name of ['us', 'eu'] as const) {
		mount(
			app,
			context,
			{ prefix: BASE_PATHS[name], api: 'certcentral', instance: name },
			(scope) => {
				certCentralApi(scope, context[name], context);
			},
		);
	}
	mount(app, context, { prefix: BASE_PATHS.partner, api: 'partner' }, (scope) => {
		partnerApi(scope, context);
	});
	// Anything else is answered 404 and journalled: it may be a redirect that was followed.
	mount(app, context, { prefix: '' }, (scope) => {
		answerErrors(scope, plainError);
	});
	within(app, '/sandbox', (scope) => {
		adminApi(scope, context);
	});
	return app;
}

/**
 * Installs one API behind the journal and the faults. The order of the hooks matters: a reply gets
 * its headers, then a fault may change it, then the journal notes its status.
 */
function mount(
	app: FastifyInstance,
	{ journal, faultBook, now }: Context,
	mounted: Mounted,
	install: (scope: FastifyInstance) => void,
): void {
	within(app, mounted.prefix, (scope) => {
		recordRequests(scope, journal, mounted);
		sendRecordedHeaders(scope, now);
		applyFaults(scope, faultBook);
		recordReplies(scope);
		install(scope);
	});
}

/**
 * Sends the headers of the recorded replies (digicert-api.md E). The content type has no charset,
 * which Fastify would add by itself.
 */
function sendRecordedHeaders(scope: FastifyInstance, now: () => number): void {
	scope.addHook('onSend', (_request, reply, payload, done) => {
		reply.header('date', new Date(now()).toUTCString());
		reply.header('cache-control', 'private,no-cache');
		if (reply.hasHeader('content-type')) reply.header('content-type', 'application/json');
		done(null, payload);
	});
}
