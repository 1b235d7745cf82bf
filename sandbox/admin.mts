import type { FastifyInstance } from 'fastify';
import { ApiError, answerErrors, plainError } from './errors.mts';
import type { FaultBook } from './faultBook.mts';
import { presetNamed } from './faults.mts';
import type { FaultMatch } from './faults.mts';
import { object } from './schema.mts';
import type { Context } from './server.mts';

/** A preset by name with its arguments. JSON has no Infinity. */
interface FaultBody {
	preset: string;
	args?: unknown[];
	match?: FaultMatch;
	times?: number | 'always';
}

const text = { type: 'string' };
const faultBody = object(
	{
		preset: text,
		args: { type: 'array' },
		match: object({ method: text, path: text, name: text }),
		times: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] },
	},
	['preset'],
);

/** The sandbox's own endpoints, for a person who tries it by hand. */
export function adminApi(app: FastifyInstance, context: Context): void {
	answerErrors(app, plainError);

	app.post<{ Body: FaultBody }>('/faults', { schema: { body: faultBody } }, (request, reply) => {
		addFault(context.faultBook, request.body);
		reply.code(204).send();
	});
	app.delete('/faults', (_request, reply) => {
		context.faultBook.clear();
		reply.code(204).send();
	});
	app.get('/requests', () => ({ requests: context.journal.list() }));
	app.get('/keys', () => ({ keys: context.keys() }));
	app.post('/reset', (_request, reply) => {
		context.reset();
		reply.code(204).send();
	});
}

/** @throws ApiError 400 when there is no such preset or its arguments make no sense */
function addFault(faultBook: FaultBook, { preset, args, times = 1, match }: FaultBody): void {
	try {
		const fault = presetNamed(preset, args);
		if (!fault) throw new TypeError(`No fault is named ${preset}`);
		faultBook.add({ ...fault, match, times: times === 'always' ? Infinity : times });
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new ApiError(400, 'bad_request', error.message);
	}
}
