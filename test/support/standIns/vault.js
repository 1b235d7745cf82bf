'use strict';

const { startStandIn } = require('./server');

const TOKEN = 'a token for tests only';
const MISMATCH = 'check-and-set parameter did not match the current version';

/**
 * A STAND-IN for HashiCorp Vault and OpenBao, which cannot be installed here: of the KV version 2
 * secrets engine, mounted at `secret`, only reading and writing of secrets, from its documentation
 * (developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2). Whoever has a real one: the example
 * workflows need nothing else of it.
 *
 * @typedef {object} VaultStandIn
 * @property {string} mount what the examples call the address of the KV mount
 * @property {{ name: string, value: string }} header what a client authenticates with
 * @property {Map<string, Array<Record<string, unknown>>>} secrets versions by path, the oldest first
 *
 * @returns {Promise<import('./server').StandInServer & VaultStandIn>}
 */
async function startVault() {
	/** @type {VaultStandIn['secrets']} */
	const secrets = new Map();
	const server = await startStandIn((app) => {
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-vault-token'] === TOKEN) return;
			return await reply.code(403).send({ errors: ['permission denied'] });
		});
		const metadata = (/** @type {number} */ version) => ({
			created_time: new Date().toISOString(),
			custom_metadata: null,
			deletion_time: '',
			destroyed: false,
			version,
		});
		app.get('/v1/secret/data/*', async (request, reply) => {
			const { '*': path } = /** @type {{ '*': string }} */ (request.params);
			const versions = secrets.get(path) ?? [];
			if (versions.length === 0) return await reply.code(404).send({ errors: [] });
			return { data: { data: versions.at(-1), metadata: metadata(versions.length) } };
		});
		app.route({
			method: ['POST', 'PUT'],
			url: '/v1/secret/data/*',
			handler: async (request, reply) => {
				const { '*': path } = /** @type {{ '*': string }} */ (request.params);
				const body = /** @type {{ data: Record<string, unknown>, options?: { cas?: number } }} */ (
					request.body
				);
				const versions = secrets.get(path) ?? [];
				const { cas } = body.options ?? {};
				if (cas !== undefined && cas !== versions.length) {
					return await reply.code(400).send({ errors: [MISMATCH] });
				}
				secrets.set(path, [...versions, body.data]);
				return { data: metadata(versions.length + 1) };
			},
		});
	});
	return {
		...server,
		mount: `${server.url}/v1/secret`,
		header: { name: 'X-Vault-Token', value: TOKEN },
		secrets,
		reset() {
			server.reset();
			secrets.clear();
		},
	};
}

module.exports = { startVault };
