'use strict';

const { startStandIn } = require('./server');

const TOKEN = 'a token for tests only';

/**
 * A stand-in for Custodia, with the answers that Debian's custodia 0.6.0 gave. `npm run e2e` runs
 * the same workflow against the real one.
 *
 * @returns {Promise<import('./server').StandInServer & {
 *   address: string, header: { name: string, value: string }, secrets: Map<string, unknown> }>}
 */
async function startCustodia() {
	/** @type {Map<string, unknown>} */
	const secrets = new Map();
	/** @type {Set<string>} */
	const folders = new Set();
	const server = await startStandIn((app) => {
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-custodia-token'] !== TOKEN) return await reply.code(403).send({});
		});
		app.post('/secrets/:folder/', async (request, reply) => {
			const { folder } = /** @type {{ folder: string }} */ (request.params);
			const status = folders.has(folder) ? 200 : 201;
			folders.add(folder);
			return await reply.code(status).send({});
		});
		app.put('/secrets/:folder/:name', async (request, reply) => {
			const { folder, name } = /** @type {{ folder: string, name: string }} */ (request.params);
			const { value } = /** @type {{ value: unknown }} */ (request.body);
			const path = `${folder}/${name}`;
			const status = !folders.has(folder) ? 404 : secrets.has(path) ? 409 : 201;
			if (status === 201) secrets.set(path, value);
			return await reply.code(status).send({});
		});
		app.get('/secrets/:folder/:name', async (request, reply) => {
			const { folder, name } = /** @type {{ folder: string, name: string }} */ (request.params);
			const value = secrets.get(`${folder}/${name}`);
			if (value === undefined) return await reply.code(404).send({});
			return { type: 'simple', value };
		});
	});
	return {
		...server,
		address: `${server.url}/secrets`,
		header: { name: 'X-Custodia-Token', value: TOKEN },
		secrets,
		reset() {
			server.reset();
			secrets.clear();
			folders.clear();
		},
	};
}

module.exports = { startCustodia };
