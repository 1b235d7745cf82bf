/**
 * n8n's own engine, in this process: real workflows run in n8n-core with the built package, its
 * credentials encrypted and decrypted by n8n, its requests sent by n8n's HTTP helper.
 */
import type { PackageDirectoryLoader as Loader } from 'n8n-core';
import type {
	ExecutionError,
	ExecutionStatus,
	IConnections,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	IRunData,
	IVersionedNodeType,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { EngineCredentials } from './engineCredentials.mts';
import {
	Cipher,
	Container,
	createRunExecutionData,
	EncryptionKeyProxy,
	ErrorReporter,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	Logger,
	LoggerProxy,
	NodeHelpers,
	PackageDirectoryLoader,
	Workflow,
	WorkflowExecute,
} from './n8n.mts';
import { present } from './read.mts';
import { PACKAGE_ROOT } from './root.mts';
import { standInCredentials, standInNodes } from './standInNodes.mts';
import { SubWorkflows } from './subWorkflows.mts';

export { PACKAGE_ROOT };
export const PACKAGE_NAME = 'n8n-nodes-digicert';

export interface WorkflowJson {
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface RunOptions {
	/** What the first node puts out; one empty item unless given. */
	items?: INodeExecutionData[];
	/** How n8n started the execution; 'manual' unless given. */
	mode?: WorkflowExecuteMode;
	/** Gets a function that cancels the execution. */
	onStart?: (stop: () => void) => void;
}

export interface Execution {
	/** n8n's record of the execution. */
	run: IRun;
	/** What n8n saves of it at its end, which for a cancelled one is before its nodes have ended. */
	saved: IRunData | undefined;
	status: ExecutionStatus;
	error: ExecutionError | undefined;
	/** The items that a node put out at one of its outputs. */
	items(node: string, output?: number): INodeExecutionData[];
}

export interface Engine {
	loader: Loader;
	nodeTypes: NodeTypes;
	credentials: EngineCredentials;
	/** What nodes can call. */
	subWorkflows: SubWorkflows;
	run(workflow: WorkflowJson, options?: RunOptions): Promise<Execution>;
	/** What n8n-core wants to know of the world around an execution of this workflow. */
	additionalData(workflow: WorkflowJson): IWorkflowExecuteAdditionalData;
}

/** The node types that workflows may use, as n8n-core asks for them. */
class NodeTypes {
	readonly #types: Map<string, INodeType | IVersionedNodeType>;

	constructor(types: Record<string, INodeType | IVersionedNodeType>) {
		this.#types = new Map(Object.entries(types));
	}

	add(name: string, type: INodeType): void {
		this.#types.set(name, type);
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		return present(this.#types.get(name), `The node type ${name}`);
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(name), version);
	}

	getKnownTypes(): Record<string, never> {
		return {};
	}
}

/** n8n encrypts credentials with a data key that the instance key protects. */
function provideEncryptionKey(): void {
	const key = {
		id: 'test',
		value: Container.get(Cipher).encryptDEKWithInstanceKey('ab'.repeat(32)),
		algorithm: 'aes-256-gcm',
		format: 'prefixed',
	} as const;
	const give = () => Promise.resolve(key);
	Container.get(EncryptionKeyProxy).setProvider({
		getActiveKey: give,
		getKeyById: give,
		getLegacyKey: give,
	});
}

/** The parts of n8n around its engine that no workflow here may reach. */
function notHere(): Promise<never> {
	return Promise.reject(new Error('This part of n8n is not in the tests'));
}

function createAdditionalData(
	credentialsHelper: EngineCredentials,
	{ nodes, connections }: WorkflowJson,
	executeWorkflow: IWorkflowExecuteAdditionalData['executeWorkflow'],
): IWorkflowExecuteAdditionalData {
	const url = 'http://127.0.0.1:1/';
	const now = new Date();
	return {
		credentialsHelper,
		hooks: new ExecutionLifecycleHooks('manual', 'test', {
			...{ id: 'test', name: 'test', active: false, isArchived: false, activeVersionId: null },
			...{ createdAt: now, updatedAt: now, nodes, connections },
		}),
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		executionId: 'test',
		currentNodeExecutionIndex: 0,
		restApiUrl: url,
		instanceBaseUrl: url,
		formBaseUrl: url,
		formWaitingBaseUrl: url,
		formTestBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		mcpBaseUrl: url,
		mcpTestBaseUrl: url,
		variables: {},
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
		logAiEvent: () => undefined,
		executeWorkflow,
		getRunExecutionData: notHere,
		getRuntimeCredential: notHere,
		startRunnerTask: notHere,
	};
}

/** What nodes put out at one output, over all their runs. */
function itemsOf({ data }: IRun, node: string, output: number): INodeExecutionData[] {
	const tasks = data.resultData.runData[node] ?? [];
	return tasks.flatMap((task) => task.data?.main?.[output] ?? []);
}

/**
 * Loads the built package the way n8n does.
 *
 * @param log gets everything that n8n or a node logs
 * @param packageRoot folder of another build of the package
 */
export async function createEngine(
	log: (...entry: unknown[]) => void = () => undefined,
	packageRoot = PACKAGE_ROOT,
): Promise<Engine> {
	// n8n-core reports every error of a node; in tests they are expected, and looked at.
	const ignore = () => undefined;
	Container.set<object>(ErrorReporter, { error: ignore, warn: ignore, info: ignore });
	const logger = { error: log, warn: log, info: log, debug: log };
	LoggerProxy.init(logger);
	Container.set<object>(Logger, { ...logger, scoped: () => logger });
	provideEncryptionKey();

	const loader = new PackageDirectoryLoader(packageRoot);
	await loader.loadAll();
	const ownNodes = Object.fromEntries(
		Object.entries(loader.nodeTypes).map(([name, { type }]) => [`${PACKAGE_NAME}.${name}`, type]),
	);
	const ownCredentials = Object.fromEntries(
		Object.entries(loader.credentialTypes).map(([name, { type }]) => [name, type]),
	);
	const nodeTypes = new NodeTypes({ ...standInNodes, ...ownNodes });
	const credentials = new EngineCredentials({ ...standInCredentials, ...ownCredentials });
	const additionalDataOf = (json: WorkflowJson): IWorkflowExecuteAdditionalData =>
		createAdditionalData(credentials, json, subWorkflows.execute);
	const subWorkflows: SubWorkflows = new SubWorkflows(nodeTypes, additionalDataOf);

	return {
		loader,
		nodeTypes,
		credentials,
		subWorkflows,
		additionalData: additionalDataOf,
		async run(json, { items = [{ json: {} }], mode = 'manual', onStart } = {}) {
			const workflow = new Workflow({
				id: 'test',
				name: 'test',
				active: false,
				nodeTypes,
				settings: { executionOrder: 'v1' },
				...structuredClone(json),
			});
			const node = present(workflow.getStartNode(), 'A node to start at');
			const data = createRunExecutionData({
				executionData: {
					nodeExecutionStack: [{ node, data: { main: [structuredClone(items)] }, source: null }],
				},
			});
			const additionalData = additionalDataOf(json);
			let saved: IRunData | undefined;
			additionalData.hooks?.addHandler('workflowExecuteAfter', (ended) => {
				saved ??= structuredClone(ended.data.resultData.runData);
			});
			const promise = new WorkflowExecute(additionalData, mode, data).processRunExecutionData(
				workflow,
			);
			onStart?.(() => {
				promise.cancel();
			});
			const run = await promise;
			return {
				run,
				saved,
				status: run.status,
				error: run.data.resultData.error,
				items: (name, output = 0) => itemsOf(run, name, output),
			};
		},
	};
}
