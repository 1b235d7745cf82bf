'use strict';

/**
 * n8n's own engine, in this process: real workflows run in n8n-core with the built package, its
 * credentials encrypted and decrypted by n8n, its requests sent by n8n's HTTP helper.
 *
 * The folder and the key have to be set before n8n-core is loaded, because it writes and checks
 * a settings file at once (n8n-conventions.md, section 6).
 */
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const userFolder = mkdtempSync(path.join(tmpdir(), 'digicert-engine-'));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'a key for tests only';
process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));

const {
	Cipher,
	EncryptionKeyProxy,
	ErrorReporter,
	ExecutionLifecycleHooks,
	PackageDirectoryLoader,
	WorkflowExecute,
} = require('n8n-core');
const { createRunExecutionData, LoggerProxy, NodeHelpers, Workflow } = require('n8n-workflow');
const fromCore = (/** @type {string} */ name) =>
	require(require.resolve(name, { paths: [require.resolve('n8n-core')] }));
const { Container } = fromCore('@n8n/di');
const { Logger } = fromCore('@n8n/backend-common');

const { EngineCredentials } = require('./engineCredentials');
const { standInCredentials, standInNodes } = require('./standInNodes');

const PACKAGE_ROOT = path.join(__dirname, '..', '..');
const PACKAGE_NAME = 'n8n-nodes-digicert';

/** n8n encrypts credentials with a data key that the instance key protects. */
function provideEncryptionKey() {
	const key = {
		id: 'test',
		value: Container.get(Cipher).encryptDEKWithInstanceKey('ab'.repeat(32)),
		algorithm: 'aes-256-gcm',
		format: 'prefixed',
	};
	Container.get(EncryptionKeyProxy).setProvider({
		getActiveKey: async () => key,
		getKeyById: async () => key,
		getLegacyKey: async () => key,
	});
}

/** @returns {any} what n8n-core wants to know of the world around an execution */
function createAdditionalData(/** @type {any} */ credentialsHelper, /** @type {any} */ workflow) {
	const url = 'http://127.0.0.1:1/';
	return {
		credentialsHelper,
		hooks: new ExecutionLifecycleHooks('manual', 'test', workflow),
		currentNodeParameters: undefined,
		executionId: 'test',
		restApiUrl: url,
		instanceBaseUrl: url,
		formWaitingBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		variables: {},
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
	};
}

/**
 * Loads the built package the way n8n does.
 *
 * @param {(...entry: unknown[]) => void} [log] gets everything that n8n or a node logs
 * @param {string} [packageRoot] folder of another build of the package
 * @returns {Promise<Engine>}
 *
 * @typedef {{ nodes: any[], connections: any, settings?: any }} WorkflowJson
 * @typedef {{ run: any, saved: any, status: string, error: any, items(node: string, output?: number): any[] }} Execution
 * @typedef {{
 *   loader: any,
 *   nodeTypes: any,
 *   credentials: EngineCredentials,
 *   run(workflow: WorkflowJson, options?: { items?: any[], mode?: any, onStart?: (stop: () => void) => void }): Promise<Execution>,
 * }} Engine
 */
async function createEngine(log = () => {}, packageRoot = PACKAGE_ROOT) {
	// n8n-core reports every error of a node; in tests they are expected, and looked at.
	Container.set(ErrorReporter, { error() {}, warn() {}, info() {} });
	const logger = { error: log, warn: log, info: log, debug: log, scoped: () => logger };
	LoggerProxy.init(logger);
	Container.set(Logger, logger);
	provideEncryptionKey();

	const loader = new PackageDirectoryLoader(packageRoot);
	await loader.loadAll();
	const ownNodes = Object.fromEntries(
		Object.entries(loader.nodeTypes).map(([name, { type }]) => [`${PACKAGE_NAME}.${name}`, type]),
	);
	/** @type {Record<string, any>} */
	const types = { ...standInNodes, ...ownNodes };
	const nodeTypes = {
		getByName: (/** @type {string} */ name) => types[name],
		getByNameAndVersion: (/** @type {string} */ name, /** @type {number | undefined} */ version) =>
			NodeHelpers.getVersionedNodeType(types[name], version),
		getKnownTypes: () => types,
	};
	const ownCredentials = Object.fromEntries(
		Object.entries(loader.credentialTypes).map(([name, { type }]) => [name, type]),
	);
	const credentialTypes = { ...standInCredentials, ...ownCredentials };
	const credentials = new EngineCredentials(credentialTypes);

	return {
		loader,
		nodeTypes,
		credentials,
		async run(json, { items = [{ json: {} }], mode = 'manual', onStart } = {}) {
			const workflow = new Workflow({
				id: 'test',
				name: 'test',
				active: false,
				nodeTypes: /** @type {any} */ (nodeTypes),
				settings: { executionOrder: 'v1' },
				...structuredClone(json),
			});
			const start = workflow.getStartNode();
			if (start === undefined) throw new Error('The workflow has no node to start at');
			const data = createRunExecutionData({
				executionData: {
					nodeExecutionStack: [
						{ node: start, data: { main: [structuredClone(items)] }, source: null },
					],
				},
			});
			const additionalData = createAdditionalData(credentials, workflow);
			const execution = new WorkflowExecute(additionalData, mode, data);
			/** @type {any} */
			let saved;
			additionalData.hooks.addHandler('workflowExecuteAfter', (/** @type {any} */ ended) => {
				saved ??= structuredClone(ended.data.resultData.runData);
			});
			const promise = execution.processRunExecutionData(workflow);
			onStart?.(() => promise.cancel());
			const run = await promise;
			return {
				run,
				saved,
				status: run.status,
				error: run.data.resultData.error,
				items: (node, output = 0) =>
					(run.data.resultData.runData[node] ?? []).flatMap(
						(/** @type {any} */ each) => each.data?.main[output] ?? [],
					),
			};
		},
	};
}

module.exports = { createEngine, PACKAGE_NAME, PACKAGE_ROOT };
