'use strict';

const { startSandbox } = require('../../sandbox/index.mts');
const { createEngine } = require('./engine');
const { expectSecretsKept } = require('./secrets');

/**
 * What a test of an operation says about the node; the rest is filled in.
 *
 * @typedef {object} NodeSetup
 * @property {Record<string, unknown>} [parameters] over the operation's usual ones
 * @property {Record<string, unknown>} [credential] fields over the usual ones of the credential
 * @property {Record<string, unknown>} [settings] the node's settings, such as onError
 * @property {Record<string, unknown>} [workflowSettings] the workflow's, such as timezone
 * @property {string} [mode] how n8n started the execution; 'manual' unless given
 * @property {(stop: () => void) => void} [onStart] gets a function that cancels the execution
 */

/**
 * @typedef {import('../../sandbox/index.mts').Sandbox} Sandbox
 * @typedef {import('../../sandbox/index.mts').SandboxOptions} SandboxOptions
 * @typedef {import('./engine').Execution} Execution
 *
 * @typedef {object} Lab
 * @property {Sandbox} sandbox
 * @property {import('./engine').Engine} engine
 * @property {unknown[]} log everything that n8n or the node logged in this test
 * @property {(workflow: any, options?: any) => Promise<Execution>} run runs a workflow, and
 *   remembers the execution for the secrets check
 * @property {(resource: string, operation: string, items: any[], setup?: NodeSetup) =>
 *   Promise<Execution>} perform runs one operation for items with these fields
 * @property {(items: any[], setup?: NodeSetup) => Promise<Execution>} createUserKeys
 *   Create User API Key for `{ user, name }` items
 * @property {(items: any[], setup?: NodeSetup) => Promise<Execution>} createSubaccountKeys
 *   Create Subaccount API Key for `{ account, name }` items
 * @property {(filter?: object) => ReturnType<Sandbox['requests']>} creations the creation requests that reached
 *   the sandbox
 * @property {() => ReturnType<Sandbox['keys']>} created the keys that were created since the
 *   sandbox started anew
 */

/** A resource locator by ID. @param {unknown} value */
function byId(value) {
	return { __rl: true, mode: 'id', value };
}

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

		async perform(resource, operation, items, setup = {}) {
			const { us } = lab.sandbox.certCentral;
			const { partner } = lab.sandbox;
			const ofPartner = resource.startsWith('subaccount');
			const type = ofPartner ? 'digiCertPartnerApi' : 'digiCertCertCentralApi';
			const usual = ofPartner
				? { apiKey: partner.keys.parent, baseUrl: partner.baseUrl }
				: { apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl };
			const credential = await lab.engine.credentials.store(type, {
				...usual,
				...setup.credential,
			});
			const parameters = { resource, operation, options: {}, ...setup.parameters };
			const workflow = {
				...workflowOf({ [type]: credential }, parameters, setup.settings),
				settings: { executionOrder: 'v1', ...setup.workflowSettings },
			};
			return await lab.run(workflow, { items: items.map((json) => ({ json })), ...setup });
		},

		async createUserKeys(items, setup = {}) {
			const parameters = {
				userId: byId('={{ $json.user }}'),
				name: '={{ $json.name }}',
				restrictedToRoleId: 0,
				...setup.parameters,
			};
			return await lab.perform('userApiKey', 'create', items, { ...setup, parameters });
		},

		async createSubaccountKeys(items, setup = {}) {
			const parameters = {
				accountId: byId('={{ $json.account }}'),
				name: '={{ $json.name }}',
				...setup.parameters,
			};
			return await lab.perform('subaccountApiKey', 'create', items, { ...setup, parameters });
		},

		log,
		creations: (filter) => lab.sandbox.requests({ method: 'POST', ...filter }),
		created: () => lab.sandbox.keys({ seeded: false }),
	});

	beforeAll(async () => {
		lab.sandbox = await startSandbox({
			...sandboxOptions,
			onIssue: (value) => void createdKeys.push(value),
		});
		lab.engine = await createEngine((...entry) => void log.push(entry));
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

/**
 * For `onStart`: cancels the execution once something is so.
 *
 * @param {() => boolean} isSo
 */
function cancelWhen(isSo) {
	return (/** @type {() => void} */ cancel) => {
		const timer = setInterval(() => {
			if (!isSo()) return;
			clearInterval(timer);
			cancel();
		}, 5);
	};
}

module.exports = { byId, cancelWhen, useLab, workflowOf };
