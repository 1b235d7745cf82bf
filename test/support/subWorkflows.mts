/**
 * What n8n's server does when a node calls another workflow, for the engine in this process: it
 * finds the workflow, checks whether the caller may call it, runs it in n8n-core as an execution of
 * its own, and gives its last node's output back (n8n.md 3; read in n8n 2.41.1).
 */
import type {
	ExecuteWorkflowData,
	ExecuteWorkflowOptions,
	IExecuteData,
	IExecuteWorkflowInfo,
	INodeExecutionData,
	INodeTypes,
	IRun,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import type { WorkflowJson } from './engine.mts';
import { createRunExecutionData, Workflow, WorkflowExecute } from './n8n.mts';
import { isRecord, present } from './read.mts';

export interface SubWorkflow extends WorkflowJson {
	/** Whether it has a published version, which any mode but a manual one asks for. Yes unless given. */
	published?: boolean;
	/** Longest that it may run, in ms: the time is looked at before each of its nodes. */
	timeoutMs?: number;
}

/** One call, as the sub-workflow saw it. */
export interface Call {
	workflowId: string;
	executionId: string;
	items: INodeExecutionData[];
	options: ExecuteWorkflowOptions;
	/** n8n's record of it, once it has ended. */
	run?: IRun;
}

/** Where n8n lets a sub-workflow begin. */
const START_TYPES = ['n8n-nodes-base.executeWorkflowTrigger', 'n8n-nodes-base.manualTrigger'];

/** An error as n8n gives one from a sub-workflow to its caller: with the execution. */
function errorOf(error: unknown, workflowId: string, executionId: string): Error {
	const fields = isRecord(error) || error instanceof Error ? error : {};
	const { message }: { message?: unknown } = pick(fields, 'message');
	const words = typeof message === 'string' ? message : 'An error occurred';
	return Object.assign(new Error(words), pick(fields, 'description'), {
		executionId,
		workflowId,
	});
}

function pick(from: object, field: string): object {
	const value: unknown = Reflect.get(from, field);
	return value === undefined || value === null ? {} : { [field]: value };
}

/** Throws before an execution of it begins. */
function requireStartable(
	workflow: SubWorkflow | undefined,
	mode: WorkflowExecuteMode | undefined,
): SubWorkflow {
	if (workflow === undefined) throw new Error('Workflow does not exist.');
	const takesDraft = mode === 'manual' || mode === 'chat';
	if (!takesDraft && workflow.published === false) {
		throw new Error('Workflow is not active and cannot be executed.');
	}
	return workflow;
}

/** Whether the workflow's own settings let this caller in; by default, all are of one project. */
function requireCallable({ settings }: SubWorkflow, parentId: string | undefined): void {
	const policy = settings?.callerPolicy ?? 'workflowsFromSameOwner';
	const listed = (settings?.callerIds ?? '').split(',').map((id) => id.trim());
	if (policy === 'any' || policy === 'workflowsFromSameOwner') return;
	if (policy === 'workflowsFromAList' && listed.includes(parentId ?? '')) return;
	throw Object.assign(new Error('The sub-workflow cannot be called by this workflow'), {
		description: 'Its settings allow other callers only.',
	});
}

export class SubWorkflows {
	/** All calls since the last `clear`, in their order. */
	readonly calls: Call[] = [];
	readonly #workflows = new Map<string, SubWorkflow>();
	readonly #nodeTypes: INodeTypes;
	readonly #createAdditionalData: (workflow: WorkflowJson) => IWorkflowExecuteAdditionalData;

	constructor(
		nodeTypes: INodeTypes,
		createAdditionalData: (workflow: WorkflowJson) => IWorkflowExecuteAdditionalData,
	) {
		this.#nodeTypes = nodeTypes;
		this.#createAdditionalData = createAdditionalData;
	}

	add(id: string, workflow: SubWorkflow): void {
		this.#workflows.set(id, workflow);
	}

	clear(): void {
		this.calls.length = 0;
		this.#workflows.clear();
	}

	/** For `additionalData.executeWorkflow`. */
	readonly execute = async (
		{ id = '' }: IExecuteWorkflowInfo,
		_: IWorkflowExecuteAdditionalData,
		options: ExecuteWorkflowOptions,
	): Promise<ExecuteWorkflowData> => {
		const json = requireStartable(this.#workflows.get(id), options.executionMode);
		const start = present(
			json.nodes.find(({ type }) => START_TYPES.includes(type)),
			'Missing node to start execution',
		);
		const items = options.inputData ?? [{ json: {} }];
		const executionId = `sub ${this.calls.length + 1}`;
		const call: Call = { workflowId: id, executionId, items: structuredClone(items), options };
		this.calls.push(call);
		try {
			requireCallable(json, options.parentWorkflowId);
			call.run = await this.#run(id, executionId, json, {
				node: start,
				data: { main: [items] },
				source: null,
			});
		} catch (error) {
			throw errorOf(error, id, executionId);
		}
		const { status, waitTill, data } = call.run;
		if (status !== 'success' && status !== 'waiting') {
			throw errorOf(data.resultData.error, id, executionId);
		}
		const { lastNodeExecuted = '', runData } = data.resultData;
		const last = runData[lastNodeExecuted]?.at(-1)?.data?.main;
		// From its database, n8n gives null.
		return { executionId, data: last ?? [null], waitTill: waitTill ?? null };
	};

	async #run(
		id: string,
		executionId: string,
		json: SubWorkflow,
		first: IExecuteData,
	): Promise<IRun> {
		const workflow = new Workflow({
			...{ id, name: id, active: true, nodeTypes: this.#nodeTypes },
			settings: { executionOrder: 'v1' },
			...structuredClone(json),
		});
		const additionalData = {
			...this.#createAdditionalData(json),
			executionId,
			...(json.timeoutMs === undefined
				? {}
				: { executionTimeoutTimestamp: Date.now() + json.timeoutMs }),
		};
		const data = createRunExecutionData({ executionData: { nodeExecutionStack: [first] } });
		return await new WorkflowExecute(additionalData, 'integrated', data).processRunExecutionData(
			workflow,
		);
	}
}
