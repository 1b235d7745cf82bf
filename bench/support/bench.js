'use strict';

/**
 * n8n's engine as the tests use it, with a sandbox in another process and the nodes that are
 * compared. Every workflow is a trigger and one node.
 */
const { createEngine } = require('../../test/support/engine');
const { loadHttpRequestNode } = require('./httpRequestNode');
const { minimalNode } = require('./minimalNode');
const { openSandbox } = require('./sandboxClient');

const OWN_NODE = 'n8n-nodes-digicert.digiCert';
const MINIMAL_NODE = 'bench.minimal';
const HTTP_NODE = 'n8n-nodes-base.httpRequest';
const HTTP_NODE_VERSION = 4.5;

/**
 * @typedef {{ user: number, name: string }} Item
 * @typedef {import('../../test/support/engine').Execution} Execution
 * @typedef {(items: Item[], node?: { options?: Record<string, unknown>,
 *   settings?: Record<string, unknown> }) => Promise<Execution>} Run
 *
 * @typedef {object} Bench
 * @property {import('./sandboxClient').RemoteSandbox} sandbox
 * @property {(count: number) => Item[]} items for keys of one user, each with its own name, in
 *   which no number stands alone that could be taken for an ID
 * @property {Run} create this package's node: Create User API Key
 * @property {Run} minimal the minimal node, one request at a time unless told otherwise
 * @property {Run} http n8n's HTTP Request node
 */

/**
 * @template T
 * @param {import('../../sandbox/index.mts').SandboxOptions} options the sandbox's
 * @param {(bench: Bench) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withBench(options, use) {
	const engine = await createEngine();
	const sandbox = await openSandbox(options);
	const { us } = sandbox;
	const credential = await engine.credentials.store('digiCertCertCentralApi', {
		apiKey: us.keys.administrator,
		region: 'custom',
		baseUrl: us.baseUrl,
	});

	/** @param {string} type @param {number} typeVersion @param {any} parameters @param {any} settings @param {Item[]} items */
	async function run(type, typeVersion, parameters, settings, items) {
		const place = { position: [0, 0], parameters: {} };
		const nodes = [
			{ ...place, id: '1', name: 'Start', typeVersion: 1, type: 'n8n-nodes-base.manualTrigger' },
			{
				...place,
				id: '2',
				name: 'Node',
				type,
				typeVersion,
				parameters,
				credentials: { digiCertCertCentralApi: credential },
				...settings,
			},
		];
		const connections = { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } };
		return await engine.run({ nodes, connections }, { items: items.map((json) => ({ json })) });
	}

	try {
		return await use({
			sandbox,
			items: (count) =>
				Array.from({ length: count }, (_, i) => ({ user: us.users.person, name: `key-n${i}n` })),
			create: async (items, { options: nodeOptions = {}, settings } = {}) =>
				await run(
					OWN_NODE,
					1,
					{
						resource: 'userApiKey',
						operation: 'create',
						userId: { __rl: true, mode: 'id', value: '={{ $json.user }}' },
						name: '={{ $json.name }}',
						restrictedToRoleId: 0,
						options: nodeOptions,
					},
					settings,
					items,
				),
			minimal: async (items, { options: { concurrency = 1 } = {}, settings } = {}) => {
				engine.nodeTypes.getKnownTypes()[MINIMAL_NODE] = minimalNode;
				const parameters = {
					userId: '={{ $json.user }}',
					name: '={{ $json.name }}',
					concurrency,
				};
				return await run(MINIMAL_NODE, 1, parameters, settings, items);
			},
			http: async (items, { options: nodeOptions = {}, settings } = {}) => {
				// In the place of the stand-in that the tests use.
				engine.nodeTypes.getKnownTypes()[HTTP_NODE] = httpRequestNode();
				const parameters = {
					method: 'POST',
					url: `=${us.baseUrl}/key/user/{{ $json.user }}`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'digiCertCertCentralApi',
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ { name: $json.name } }}',
					options: nodeOptions,
				};
				return await run(HTTP_NODE, HTTP_NODE_VERSION, parameters, settings, items);
			},
		});
	} finally {
		await sandbox.close();
	}
}

/** @type {any} */
let loaded;
function httpRequestNode() {
	loaded ??= loadHttpRequestNode();
	return loaded;
}

/**
 * Gives an execution back when it made what was asked for; a figure of a run that did not would
 * say nothing.
 *
 * @param {Execution} execution
 * @param {number} count
 */
function mustHaveMade(execution, count) {
	const made = execution.items('Node').filter(({ json }) => typeof json.api_key === 'string');
	if (made.length === count) return execution;
	throw new Error(`${made.length} keys of ${count} came out. ${execution.error?.message ?? ''}`);
}

module.exports = { mustHaveMade, withBench };
