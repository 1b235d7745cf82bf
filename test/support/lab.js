'use strict';

const { LoggerProxy } = require('n8n-workflow');

const { startSandbox } = require('../../sandbox');
const { createEngine } = require('./engine');
const { expectSecretsKept } = require('./secrets');

/**
 * What a test of an operation says about the node; the rest is filled in.
 *
 * @typedef {object} NodeSetup
 * @property {Record<string, unknown>} [parameters] over the operation's usual ones
 * @property {Record<string, unknown>} [credential] fields over the usual ones of the credential
 * @property {Record<string, unknown>} [settings] the node's settings, such as onError
 * @property {(stop: () => void) => void} [onStart] gets a function that cancels the execution
 */

/**
 * @typedef {import('../../sandbox/types').Sandbox} Sandbox
 * @typedef {import('../../sandbox/types').SandboxOptions} SandboxOptions
 * @typedef {import('./engine').Execution} Execution
 *
 * @typedef {object} Lab
 * @property {Sandbox} sandbox
 * @property {import('./engine').Engine} engine
 * @property {(workflow: any, options?: any) => Promise<Execution>} run runs a workflow, and
 *   remembers the execution for the secrets check
 * @property {(items: any[], setup?: NodeSetup) => Promise<Execution>} createUserKeys
 *   Create User API Key for `{ user, name }` items
 * @property {(items: any[], setup?: NodeSetup) => Promise<Execution>} createSubaccountKeys
 *   Create Subaccount API Key for `{ account, name }` items
 * @property {(filter?: object) => ReturnType<Sandbox['requests']>} creations the creation requests that reached
 *   the sandbox
 * @property {() => ReturnType<Sandbox['keys']>} created the keys that were created since the
 *   sandbox started anew
 */

/** @param {any} credentials @param {any} parameters @param {any} [settings] */
function workflowOf(credentials, parameters, settings = {}) {
	const place = { position: [0, 0], typeVersion: 1 };
	const link = (/** @type {string} */ node) => [{ node, type: 'main', index: 0 }];
	return {
		nodes: [
			{ ...place, id: '1', name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
			{
				...place,
				id: '2',
				name: 'DigiCert',
				type: 'n8n-nodes-digicert.digiCert',
				credentials,
				parameters,
				...settings,
			},
			{ ...place, id: '3', name: 'Next', type: 'n8n-nodes-base.noOp', parameters: {} },
			{ ...place, id: '4', name: 'Failed', type: 'n8n-nodes-base.noOp', parameters: {} },
		],
		connections: {
			Start: { main: [link('DigiCert')] },
			DigiCert: { main: [link('Next'), link('Failed')] },
		},
	};
}

/**
 * A sandbox, n8n's engine and both credentials, for the tests of one file. After each test the
 * secrets check runs over everything that was executed and logged, and the sandbox starts anew.
 *
 * @param {SandboxOptions} [sandboxOptions]
 * @returns {Lab} usable inside tests; its sandbox and engine are there once they start
 */
function useLab(sandboxOptions = {}) {
	/** @type {string[]} */
	const createdKeys = [];
	/** @type {any[]} */
	const runs = [];
	/** @type {unknown[]} */
	const log = [];
	const lab = /** @type {Lab} */ ({
		async run(workflow, options) {
			const execution = await lab.engine.run(workflow, options);
			runs.push(execution.run);
			return execution;
		},

		async createUserKeys(items, setup = {}) {
			const { us } = lab.sandbox.certCentral;
			const credentials = {
				digiCertCertCentralApi: await lab.engine.credentials.store('digiCertCertCentralApi', {
					apiKey: us.keys.administrator,
					region: 'custom',
					baseUrl: us.baseUrl,
					...setup.credential,
				}),
			};
			const parameters = {
				resource: 'userApiKey',
				operation: 'create',
				userId: { __rl: true, mode: 'id', value: '={{ $json.user }}' },
				name: '={{ $json.name }}',
				restrictedToRoleId: 0,
				options: {},
				...setup.parameters,
			};
			const workflow = workflowOf(credentials, parameters, setup.settings);
			return await lab.run(workflow, { items: items.map((json) => ({ json })), ...setup });
		},

		async createSubaccountKeys(items, setup = {}) {
			const { partner } = lab.sandbox;
			const credentials = {
				digiCertPartnerApi: await lab.engine.credentials.store('digiCertPartnerApi', {
					apiKey: partner.keys.parent,
					baseUrl: partner.baseUrl,
					...setup.credential,
				}),
			};
			const parameters = {
				resource: 'subaccountApiKey',
				operation: 'create',
				accountId: { __rl: true, mode: 'id', value: '={{ $json.account }}' },
				name: '={{ $json.name }}',
				options: {},
				...setup.parameters,
			};
			const workflow = workflowOf(credentials, parameters, setup.settings);
			return await lab.run(workflow, { items: items.map((json) => ({ json })), ...setup });
		},

		creations: (filter) => lab.sandbox.requests({ method: 'POST', ...filter }),
		created: () => lab.sandbox.keys({ seeded: false }),
	});

	beforeAll(async () => {
		const remember = (/** @type {unknown[]} */ ...entry) => void log.push(entry);
		LoggerProxy.init({
			error: remember,
			warn: remember,
			info: remember,
			debug: remember,
		});
		lab.sandbox = await startSandbox({
			...sandboxOptions,
			onIssue: (value) => void createdKeys.push(value),
		});
		lab.engine = await createEngine();
	});

	afterEach(() => {
		const { us, eu } = lab.sandbox.certCentral;
		const adminKeys = [us, eu, lab.sandbox.partner].flatMap(({ keys }) => Object.values(keys));
		lab.sandbox.reset();
		expectSecretsKept({
			runs: runs.splice(0),
			log: log.splice(0),
			adminKeys,
			createdKeys: createdKeys.splice(0),
		});
	});

	afterAll(async () => {
		await lab.sandbox.close();
	});

	return lab;
}

module.exports = { useLab, workflowOf };
