import type { FastifyInstance } from 'fastify';
import type { Console } from './console.mts';
import { ApiError, answerErrors, plainError } from './errors.mts';
import type { FaultBook } from './faultBook.mts';
import { presetNamed } from './faults.mts';
import type { Fault } from './faults.mts';
import type { Settings } from './keyring.mts';
import { object } from './schema.mts';
import type { Context } from './server.mts';

/** A fault in JSON, which has no Infinity: spelt out, or a preset by name with its arguments. */
type FaultBody = Omit<Fault, 'times'> & { times?: number | 'always'; args?: unknown[] };

const howOften = { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] };
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
		object({ preset: text, args: { type: 'array' }, match, times: howOften }, ['preset']),
		object(
			{
				when: { ...text, enum: ['before', 'after'] },
				action: { ...text, enum: ['pass', 'drop', 'headers', 'half', 'reply'] },
				delayMs: { type: 'number', minimum: 0 },
				outlast: { type: 'boolean' },
				reply,
				match,
				times: howOften,
			},
			['when', 'action'],
		),
	],
};
const count = { type: 'integer', minimum: 0 };
const settingsBody = object({
	keyFormat: { ...text, enum: ['sample', 'uuid'] },
	listLag: object({ ms: count, requests: count }),
});
const consolePath = object({
	place: { ...text, enum: ['us', 'eu', 'partner'] },
	deed: { ...text, enum: ['makeKey', 'changeKey', 'removeKey', 'changeUser'] },
});
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
	app.put<{ Body: Partial<Settings> }>(
		'/settings',
		{ schema: { body: settingsBody } },
		({ body }, reply) => {
			context.set(body);
			reply.code(204).send();
		},
	);
	// What people do beside the API: a function of `console.mts` with its arguments as an array.
	app.post<{ Params: { place: keyof Context['console']; deed: keyof Console }; Body: unknown[] }>(
		'/console/:place/:deed',
		{ schema: { params: consolePath, body: { type: 'array' } } },
		({ params: { place, deed }, body }) => {
			const result = orRefuse((): unknown =>
				Reflect.apply(context.console[place][deed], undefined, body),
			);
			return { result };
		},
	);
	app.get('/counts', () => context.journal.counts());
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

/** Turns what the caller got wrong into a refusal. */
function orRefuse<T>(act: () => T): T {
	try {
		return act();
	} catch (error) {
		if (error instanceof TypeError || error instanceof RangeError) {
			throw new ApiError(400, 'bad_request', error.message);
		}
		throw error;
	}
}

/** @throws ApiError 400 when there is no such preset or its arguments make no sense */
function addFault(faultBook: FaultBook, body: FaultBody): number {
	const { preset, args, times: howOften = 1, ...raw } = body;
	const times = howOften === 'always' ? Infinity : howOften;
	return orRefuse(() => {
		const base = preset === undefined ? raw : { ...presetNamed(preset, args), ...raw };
		return faultBook.add({ ...base, times });
	});
}
