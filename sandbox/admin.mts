import type { FastifyInstance } from 'fastify';
import { ApiError, answerErrors, plainError } from './errors.mts';
import type { FaultBook } from './faultBook.mts';
import { presetNamed } from './faults.mts';
import type { Fault } from './faults.mts';
import { object } from './schema.mts';
import type { Context } from './server.mts';

/** A fault in JSON, which has no Infinity: spelt out, or a preset by name with its arguments. */
type FaultBody = Omit<Fault, 'times'> & { times?: number | 'always'; args?: unknown[] };

const times = { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] };
const text = { type: 'string' };
const match = object({ method: text, path: text, name: text });
const reply = object(
	{
		status: { type: 'integer', minimum: 200, maximum: 599 },
		headers: { type: 'object', additionalProperties: text },
		body: {},
	},
	['status'],
);

const faultBody = {
	type: 'object',
	oneOf: [
		object({ preset: text, args: { type: 'array' }, match, times }, ['preset']),
		object(
			{
				when: { ...text, enum: ['before', 'after'] },
				action: { ...text, enum: ['pass', 'drop', 'half', 'reply'] },
				delayMs: { type: 'number', minimum: 0 },
				outlast: { type: 'boolean' },
				reply,
				match,
				times,
			},
			['when', 'action'],
		),
	],
};
const holdsBody = object({ api_key: text }, ['api_key']);

/** The sandbox's own endpoints, for processes that cannot call the handle. */
export function adminApi(app: FastifyInstance, context: Context): void {
	answerErrors(app, plainError);

	app.post<{ Body: FaultBody }>('/faults', { schema: { body: faultBody } }, (request, reply) => {
		reply.code(201).send({ id: addFault(context.faultBook, request.body) });
	});
	app.delete('/faults', (_request, reply) => {
		context.faultBook.clear();
		reply.code(204).send();
	});
	app.get('/requests', () => ({ requests: context.journal.list() }));
	app.get('/keys', () => ({ keys: context.keys() }));
	app.post<{ Body: { api_key: string } }>(
		'/holds',
		{ schema: { body: holdsBody } },
		({ body }) => ({ key: context.holds(body.api_key) ?? null }),
	);
	app.post('/reset', (_request, reply) => {
		context.reset();
		reply.code(204).send();
	});
}

/** @throws ApiError 400 when there is no such preset or its arguments make no sense */
function addFault(faultBook: FaultBook, body: FaultBody): number {
	const { preset, args, times: howOften = 1, ...raw } = body;
	const base = preset === undefined ? raw : { ...presetNamed(preset, args), ...raw };
	try {
		return faultBook.add({ ...base, times: howOften === 'always' ? Infinity : howOften });
	} catch (error) {
		if (error instanceof TypeError) throw new ApiError(400, 'bad_request', error.message);
		throw error;
	}
}
