import type { FastifyInstance } from 'fastify';
import { answerErrors, within } from '../errors.mts';
import { checkKeys } from '../keyCheck.mts';
import type { Context } from '../server.mts';
import { invalidKey, limitExceeded } from './access.mts';
import { keyRoutes } from './keys.mts';
import type { CertCentralInstance } from './seed.mts';
import { userRoutes } from './users.mts';

/** One instance of the CertCentral Services API v2 (digicert-api.md part A). */
export function certCentralApi(
	app: FastifyInstance,
	instance: CertCentralInstance,
	{ now, limiter, retryAfter }: Context,
): void {
	// The error body of digicert-api.md A.1.
	answerErrors(app, ({ code, message }) => ({ errors: [{ code, message }] }));
	checkKeys(app, {
		header: 'x-dc-devkey',
		keys: instance.keys,
		now,
		invalidKey,
		admit(key) {
			const waitMs = limiter.admit(key.digest);
			if (waitMs > 0) throw limitExceeded(retryAfter ? waitMs : undefined);
		},
	});
	within(app, '', (scope) => {
		keyRoutes(scope, instance);
	});
	within(app, '', (scope) => {
		userRoutes(scope, instance);
	});
}
