'use strict';

const { select } = require('./filter');

/**
 * Makes the journal: one line for every request to either API, aborted ones included. It holds
 * header names but no header values, and no reply bodies, so it never holds a key.
 *
 * @param {import('./types').Clock} clock
 * @returns {import('./types').Journal} `open` starts a line, which the server then completes;
 *   `list` gives copies, oldest first
 */
function createJournal(clock) {
	/** @type {import('./types').JournalEntry[]} */
	const entries = [];
	let seq = 0;

	return {
		open(line) {
			seq += 1;
			/** @type {import('./types').JournalEntry} */
			const entry = {
				seq,
				at: new Date(clock.now()).toISOString(),
				...line,
				name: undefined,
				body: undefined,
				keyLast4: undefined,
				status: undefined,
				createdKeyId: undefined,
				fault: undefined,
			};
			entries.push(entry);
			return entry;
		},
		list: (filter) => select(entries, filter).map((entry) => ({ ...entry })),
		clear() {
			entries.length = 0;
			seq = 0;
		},
	};
}

/**
 * Writes the requests of one API into the journal, and the end of those that break off.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ journal: import('./types').Journal, basePath: string,
 *   api?: import('./types').KeyRecord['api'], instance?: import('./types').InstanceName }} options
 */
function recordRequests(app, { journal, basePath, api, instance }) {
	app.addHook('onRequest', async (request, reply) => {
		const entry = journal.open({
			api,
			instance,
			method: request.method,
			path: request.url.split('?')[0].slice(basePath.length),
			query: { .../** @type {Record<string, unknown>} */ (request.query) },
			headerNames: Object.keys(request.headers),
		});
		request.entry = entry;
		reply.raw.once('close', () => {
			if (!reply.raw.writableFinished) entry.status = 'dropped';
		});
	});
	app.addHook('preValidation', async (request) => {
		request.entry.body = request.body ?? undefined;
		request.entry.name = nameIn(request.body);
	});
}

/**
 * Writes the status of replies into the journal. It is noted before the reply goes out, so that a
 * client that has its reply finds it there.
 *
 * @param {import('fastify').FastifyInstance} app
 */
function recordReplies(app) {
	app.addHook('onSend', async (request, reply) => {
		if (!reply.raw.destroyed) request.entry.status = reply.statusCode;
	});
}

/**
 * The key name in a request body: `name`, or `api_name` where a service user is made (A.5.4).
 *
 * @param {any} body
 * @returns {string | undefined}
 */
function nameIn(body) {
	const name = body?.name ?? body?.api_name;
	return typeof name === 'string' ? name : undefined;
}

module.exports = { createJournal, recordReplies, recordRequests };
