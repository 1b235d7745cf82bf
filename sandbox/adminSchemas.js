'use strict';

const { object } = require('./schema');

/** JSON schemas of the sandbox's own endpoints. */

const times = { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] };
const match = object({
	method: { type: 'string' },
	path: { type: 'string' },
	name: { type: 'string' },
});
const reply = object(
	{
		status: { type: 'integer', minimum: 200, maximum: 599 },
		headers: { type: 'object', additionalProperties: { type: 'string' } },
		body: {},
	},
	['status'],
);

/** Either a preset by name, with its arguments, or a fault spelt out as for `addFault`. */
const faultBody = {
	type: 'object',
	oneOf: [
		object({ preset: { type: 'string' }, args: { type: 'array' }, match, times }, ['preset']),
		object(
			{
				when: { type: 'string', enum: ['before', 'after'] },
				action: { type: 'string', enum: ['pass', 'drop', 'half', 'reply'] },
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

const holdsBody = object({ api_key: { type: 'string' } }, ['api_key']);

module.exports = { faultBody, holdsBody };
