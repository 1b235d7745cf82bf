'use strict';

const { faultBody, holdsBody } = require('./adminSchemas');
const { ApiError, answerErrors } = require('./errors');
const { presetNamed } = require('./faults');

/** @typedef {import('./types').Fault} Fault */
/**
 * @typedef {Omit<Fault, 'times'> & { times?: number | 'always', args?: unknown[] }} FaultBody
 */

/**
 * The sandbox's own endpoints, for processes that cannot call the handle.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ context: import('./types').Context }} options
 */
async function adminApi(app, { context }) {
	answerErrors(app, ({ code, message }) => ({ error: code, message }));

	app.post('/faults', { schema: { body: faultBody } }, async (request, reply) => {
		const id = addFault(context, /** @type {FaultBody} */ (request.body));
		return reply.code(201).send({ id });
	});
	app.delete('/faults', async (request, reply) => {
		context.faultBook.clear();
		return reply.code(204).send();
	});
	app.get('/requests', async () => ({ requests: context.journal.list() }));
	app.get('/keys', async () => ({ keys: context.keys() }));
	app.post('/holds', { schema: { body: holdsBody } }, async (request) => {
		const { api_key: value } = /** @type {{ api_key: string }} */ (request.body);
		return { key: context.holds(value) ?? null };
	});
	app.post('/reset', async (request, reply) => {
		context.reset();
		return reply.code(204).send();
	});
}

/**
 * @param {import('./types').Context} context
 * @param {FaultBody} body checked by its schema
 * @throws {ApiError} 400 when there is no such preset or its arguments make no sense
 */
function addFault({ faultBook }, { preset, args, times: howOften = 1, ...raw }) {
	const base = preset === undefined ? raw : { ...presetNamed(preset, args), ...raw };
	try {
		// JSON has no Infinity.
		return faultBook.add({ ...base, times: howOften === 'always' ? Infinity : howOften });
	} catch (error) {
		if (error instanceof TypeError) throw new ApiError(400, 'bad_request', error.message);
		throw error;
	}
}

module.exports = { adminApi };
