import type { Client, StoredWorkflow } from './client.mts';
import { workflow, type Workflow, type WorkflowNode } from './workflows.mts';

/** n8n keeps nothing of such a workflow's executions, as the documentation wants it of a sub-workflow. */
export const KEEPS_NOTHING = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
	saveManualExecutions: false,
	saveExecutionProgress: false,
};

const KEEPS_ALL = {
	saveDataSuccessExecution: 'all',
	saveDataErrorExecution: 'all',
	saveManualExecutions: true,
};

/** A sub-workflow that takes keys over: its nodes come behind its trigger. */
export function subWorkflow(
	name: string,
	nodes: WorkflowNode[],
	settings: Record<string, unknown> = KEEPS_NOTHING,
): Workflow {
	const trigger = {
		...{ name: 'Key', type: 'n8n-nodes-base.executeWorkflowTrigger', typeVersion: 1.1 },
		parameters: { inputSource: 'passthrough' },
	};
	return workflow(name, [trigger, ...nodes], { settings });
}

/** A workflow whose executions n8n keeps, so that they can be read. */
export function keptWorkflow(name: string, nodes: WorkflowNode[]): Workflow {
	return workflow(name, nodes, { settings: KEEPS_ALL });
}

/** The form of a hand-over, with a sub-workflow chosen by its ID. */
export function handOverTo({ id }: { id: string }, more: Record<string, unknown> = {}) {
	return {
		deliverTo: 'workflow',
		handOverWorkflow: { __rl: true, mode: 'id', value: id },
		...more,
	};
}

export function stopAndError(errorMessage: string): WorkflowNode {
	const type = 'n8n-nodes-base.stopAndError';
	return { name: 'Refuse', type, typeVersion: 1, parameters: { errorMessage } };
}

/** Waits until its address is called. */
export function waitForCall(): WorkflowNode {
	const type = 'n8n-nodes-base.wait';
	const parameters = { resume: 'webhook', options: {} };
	return { ...{ name: 'Wait', type, typeVersion: 1.1, webhookId: 'wait-for-call' }, parameters };
}

/** Removes a workflow for good. */
export async function deleteWorkflow(client: Client, { id }: StoredWorkflow): Promise<void> {
	await client.rest('POST', `/workflows/${id}/archive`, {});
	await client.rest('DELETE', `/workflows/${id}`);
}
