import type { FastifyInstance, FastifyPluginCallback } from 'fastify';

/** A refusal with the status, code and message that the client is to see. */
export class ApiError extends Error {
	readonly status: number;
	readonly code: string;
	readonly headers: Record<string, string>;

	constructor(status: number, code: string, message: string, headers = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.headers = headers;
	}
}

/**
 * Turns whatever was thrown while a request was handled into a refusal: an ApiError, an error of
 * Fastify (unreadable body, schema violated), or a fault of the sandbox itself, which becomes a 500
 * that says so.
 */
function toApiError(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	const message = error instanceof Error ? error.message : String(error);
	if (typeof error === 'object' && error !== null) {
		// The code for a well-formed body with wrong content is not documented (digicert-api.md F.4).
		if ('validation' in error) return new ApiError(400, 'bad_request', message);
		// Unreadable bodies (digicert-api.md A.1). Fastify says 415 for other content types; XML is
		// documented for CertCentral, but the sandbox speaks JSON only.
		if ('statusCode' in error && Number(error.statusCode) < 500) {
			return new ApiError(400, 'bad_request_format', message);
		}
	}
	return new ApiError(500, 'sandbox_error', `The sandbox failed: ${message}`);
}

/** Makes one API answer its errors in its own form. */
export function answerErrors(app: FastifyInstance, toBody: (error: ApiError) => object): void {
	app.setErrorHandler((error, _request, reply) => {
		const refusal = toApiError(error);
		reply.code(refusal.status).headers(refusal.headers).send(toBody(refusal));
	});
	app.setNotFoundHandler((request, reply) => {
		const message = `No route ${request.method} ${request.url}`;
		reply.code(404).send(toBody(new ApiError(404, 'not_found|route', message)));
	});
}

/** Partner errors and those of the sandbox's own endpoints. A guess (digicert-api.md F.16), and on purpose not CertCentral's. */
export function plainError({ code, message }: ApiError): object {
	return { error: code, message };
}

/** Installs something with hooks and a prefix of its own. */
export function within(
	app: FastifyInstance,
	prefix: string,
	install: (scope: FastifyInstance) => void,
): void {
	const plugin: FastifyPluginCallback = (scope, _options, done) => {
		install(scope);
		done();
	};
	// Without a name, Fastify looks for one in all modules that are loaded, which are many in tests.
	app.register(Object.assign(plugin, { [Symbol.for('fastify.display-name')]: prefix }), { prefix });
}
