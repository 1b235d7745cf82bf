'use strict';

const { randomUUID } = require('node:crypto');
const path = require('node:path');

const { startVault } = require('../../../support/standIns/vault');
const { importExample, runExample } = require('../../n8n/examples');
const { startCustodia } = require('../../servers/custodia');

/**
 * What the checks of the examples work with: n8n, the sandbox, and the stores.
 *
 * @typedef {Awaited<ReturnType<typeof openBench>>} Bench
 * @typedef {import('../../lab').Lab} Lab
 * @typedef {import('../../n8n/client').StoredCredential} StoredCredential
 * @typedef {import('../../n8n/client').Execution} Execution
 *
 * @typedef {object} Setup
 * @property {StoredCredential[]} [credentials] besides DigiCert's
 * @property {Record<string, string>} [replace] text of the file, over the addresses of all stores
 */

const HEADER = { name: 'X-Self-Service', value: 'a-token-for-tests-only' };

/** The credential of n8n's public API, whose key has these scopes. @param {Lab} lab @param {string[]} scopes */
async function n8nCredential({ client }, scopes) {
	const key = { label: randomUUID(), scopes, expiresAt: null };
	const { rawApiKey } = await client.rest('POST', '/api-keys', key);
	const data = { apiKey: rawApiKey, baseUrl: `${client.url}/api/v1` };
	return await client.storeCredential('n8nApi', `n8n API: ${scopes.length} scopes`, data);
}

/** @param {import('../../lab').Lab & { userFolder: string }} lab */
async function openBench(lab) {
	const { client, data } = lab;
	const custodia = await startCustodia(path.join(lab.userFolder, 'custodia'));
	const vault = await startVault();
	const store = async (/** @type {string} */ name, /** @type {object} */ fields) =>
		await client.storeCredential('httpHeaderAuth', name, fields);
	const headers = {
		callers: await store('Callers', HEADER),
		vault: await store('Vault stand-in', vault.header),
		custodia: await store('Custodia', custodia.header),
	};
	const addresses = {
		'https://www.digicert.com/services/v2': data.certCentral.baseUrl,
		"region: 'us'": `region: 'custom', baseUrl: '${data.certCentral.baseUrl}'`,
		'https://vault.example.com:8200/v1/secret': vault.mount,
		'https://custodia.example.com:10443/secrets': custodia.address,
		'http://localhost:5678/api/v1': `${client.url}/api/v1`,
	};

	/** @param {string} file @param {Setup} [setup] @param {boolean} [saveExecutions] */
	async function load(file, { credentials = [], replace = {} } = {}, saveExecutions = true) {
		return await importExample(client, file, {
			credentials: [...Object.values(lab.credentials), ...credentials],
			replace: { ...addresses, ...replace },
			saveExecutions,
		});
	}

	return {
		...lab,
		custodia,
		vault,
		header: HEADER,
		headers,
		load,

		/** @param {string[]} scopes */
		n8nCredential: async (...scopes) => await n8nCredential(lab, scopes),

		/** Imports and runs an example by hand. @param {string} file @param {Setup} [setup] @returns {Promise<Execution>} */
		async run(file, setup) {
			const execution = await runExample(client, await load(file, setup));
			if (execution?.status === 'success') return execution;
			throw new Error(`${file}: ${execution?.data.resultData.error?.message ?? 'not kept'}`);
		},

		/** The sandbox and the stand-in as if new. */
		reset() {
			lab.sandbox.reset();
			vault.reset();
		},

		/** The statuses of the keys that were created since. */
		statuses: () => lab.sandbox.keys({ seeded: false }).map(({ status }) => status),

		async close() {
			await custodia.stop();
			await vault.close();
		},
	};
}

/**
 * Which nodes an example's report came from.
 *
 * @param {Execution} execution
 * @param {string} [node] that gets the reports
 * @returns {string[]}
 */
function reports(execution, node = 'Tell somebody') {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.map((/** @type {any} */ { source }) => source[0].previousNode);
}

module.exports = { openBench, reports };
