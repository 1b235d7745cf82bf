import { parse as unflatten } from 'flatted';

import { isRecord, record, text } from '../../support/read.mts';
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

/** All that n8n stored of an execution, as it is; undefined when it kept nothing. */
export async function storedText(client: Client, id: string): Promise<string | undefined> {
	const { body } = await client.call('GET', `/rest/executions/${id}`);
	return isRecord(body) && isRecord(body.data) ? JSON.stringify(body.data) : undefined;
}

/** The status of an execution, and its data. It may wait. */
export async function storedExecution(client: Client, id: string) {
	const { data } = record((await client.call('GET', `/rest/executions/${id}`)).body);
	const { status, data: flat } = record(data);
	const run: unknown = unflatten(text(flat));
	return { status: text(status), run: record(run) };
}
