'use strict';

/** A refusal with the status, code and message that the client is to see. */
class ApiError extends Error {
	/**
	 * @param {number} status
	 * @param {string} code
	 * @param {string} message
	 * @param {Record<string, string>} [headers]
	 */
	constructor(status, code, message, headers = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.headers = headers;
	}
}

/**
 * Turns whatever was thrown while a request was handled into a refusal.
 *
 * @param {unknown} error an ApiError, an error of Fastify (unreadable body, schema violated), or a
 *   fault of the sandbox itself, which becomes a 500 that says so
 * @returns {ApiError}
 */
function toApiError(error) {
	if (error instanceof ApiError) return error;
	const { message, statusCode, validation } =
		/** @type {{ message: string, statusCode?: number, validation?: unknown }} */ (error);
	// The code for a well-formed body with wrong content is not documented (F.4).
	if (validation !== undefined) return new ApiError(400, 'bad_request', message);
	// Unreadable bodies (A.1). Fastify says 415 for other content types; XML is documented for
	// CertCentral, but the sandbox speaks JSON only.
	if (statusCode !== undefined && statusCode < 500) {
		return new ApiError(400, 'bad_request_format', message);
	}
	return new ApiError(500, 'sandbox_error', `The sandbox failed: ${message}`);
}

/**
 * Makes one API answer its errors in its own form.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {(error: ApiError) => object} toBody
 */
function answerErrors(app, toBody) {
	app.setErrorHandler((error, request, reply) => {
		const refusal = toApiError(error);
		return reply.code(refusal.status).headers(refusal.headers).send(toBody(refusal));
	});
	app.setNotFoundHandler((request, reply) => {
		const refusal = new ApiError(
			404,
			'not_found|route',
			`No route ${request.method} ${request.url}`,
		);
		return reply.code(refusal.status).send(toBody(refusal));
	});
}

module.exports = { ApiError, answerErrors };
