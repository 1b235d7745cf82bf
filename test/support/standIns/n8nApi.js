'use strict';

const { startStandIn } = require('./server');

const API_KEY = 'an API key for tests only';

/**
 * A stand-in for the credentials part of n8n's public API, as n8n 2.41.1 has it. `npm run e2e` runs
 * the same workflow against the real one.
 *
 * @returns {Promise<import('./server').StandInServer & { api: string, apiKey: string,
 *   stored: Map<string, { id: string, name: string, type: string, data: any }> }>}
 */
async function startN8nApi() {
	/** @type {Map<string, { id: string, name: string, type: string, data: any }>} */
	const stored = new Map();
	const server = await startStandIn((app) => {
		/** @param {{ id: string, name: string, type: string }} credential the data are never shown */
		const shown = ({ id, name, type }) => ({ id, name, type });
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-n8n-api-key'] === API_KEY) return;
			return await reply.code(401).send({ message: 'unauthorized' });
		});
		app.post('/api/v1/credentials', async (request) => {
			const { name, type, data } = /** @type {any} */ (request.body);
			const credential = { id: String(stored.size + 1), name, type, data };
			stored.set(credential.id, credential);
			return shown(credential);
		});
		app.get('/api/v1/credentials/:id', async (request, reply) => {
			const credential = stored.get(/** @type {{ id: string }} */ (request.params).id);
			if (credential === undefined) return await reply.code(404).send({ message: 'Not found' });
			return shown(credential);
		});
		app.patch('/api/v1/credentials/:id', async (request, reply) => {
			const credential = stored.get(/** @type {{ id: string }} */ (request.params).id);
			if (credential === undefined) return await reply.code(404).send({ message: 'Not found' });
			return shown(Object.assign(credential, request.body));
		});
	});
	return {
		...server,
		api: `${server.url}/api/v1`,
		apiKey: API_KEY,
		stored,
		reset() {
			server.reset();
			stored.clear();
		},
	};
}

module.exports = { startN8nApi };
