import type { StoredCredential } from './client.mts';

export const NODE_TYPE = 'n8n-nodes-digicert.digiCert';

/** A node as it stands in a workflow; `workflow()` gives it an id and a place. */
export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, object>;
	[setting: string]: unknown;
}

export interface Workflow {
	name: string;
	nodes: WorkflowNode[];
	connections: object;
	settings: Record<string, unknown>;
}

/** A resource locator by ID. */
export function byId(value: unknown) {
	return { __rl: true, mode: 'id', value };
}

/** Credentials as a node names them. */
export function bound(credentials: readonly StoredCredential[]): Record<string, object> {
	return Object.fromEntries(credentials.map(({ id, name, type }) => [type, { id, name }]));
}

/** @param operation such as `userApiKey.create` */
export function digiCert(
	name: string,
	credential: StoredCredential,
	operation: string,
	parameters: Record<string, unknown> = {},
	settings: { onError?: string; retryOnFail?: boolean; maxTries?: number } = {},
): WorkflowNode {
	const [resource, each] = operation.split('.');
	return {
		...{ name, type: NODE_TYPE, typeVersion: 1, credentials: bound([credential]) },
		parameters: { resource, operation: each, options: {}, ...parameters },
		...settings,
	};
}

/** Create User API Key, for what the body of a webhook asks for unless the form says otherwise. */
export function createUserKey(
	credential: StoredCredential,
	form: Record<string, unknown> = {},
	settings?: Parameters<typeof digiCert>[4],
): WorkflowNode {
	const asked = { userId: byId('={{ $json.body.user }}'), name: '={{ $json.body.name }}' };
	const parameters = { ...asked, restrictedToRoleId: 0, ...form };
	return digiCert('Create', credential, 'userApiKey.create', parameters, settings);
}

export function webhook(path: string, responseData = 'firstEntryJson'): WorkflowNode {
	const parameters = { httpMethod: 'POST', path, responseMode: 'lastNode', responseData };
	return {
		...{ name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2, webhookId: path },
		parameters: { ...parameters, options: {} },
	};
}

export function manualTrigger(): WorkflowNode {
	const type = 'n8n-nodes-base.manualTrigger';
	return { name: 'Start', type, typeVersion: 1, parameters: {} };
}

/** @param seconds between two runs */
export function schedule(seconds: number): WorkflowNode {
	const interval = [{ field: 'seconds', secondsInterval: seconds }];
	return {
		...{ name: 'Schedule', type: 'n8n-nodes-base.scheduleTrigger', typeVersion: 1.2 },
		parameters: { rule: { interval } },
	};
}

export function httpRequest(name: string, parameters: Record<string, unknown>): WorkflowNode {
	const type = 'n8n-nodes-base.httpRequest';
	return { name, type, typeVersion: 4.2, parameters: { options: {}, ...parameters } };
}

/** A GET that uses the key that its item brings. */
export function useKey(name: string, url: string, header: string): WorkflowNode {
	const headers = [{ name: header, value: '={{ $json.api_key }}' }];
	const headerParameters = { parameters: headers };
	return httpRequest(name, { url, sendHeaders: true, headerParameters });
}

/** Puts one value of the error output or of anything else into a field. */
export function setField(name: string, type: 'array' | 'string', value: string): WorkflowNode {
	const assignments = [{ id: '1', name, type, value }];
	return {
		...{ name: `Set ${name}`, type: 'n8n-nodes-base.set', typeVersion: 3.4 },
		parameters: { assignments: { assignments }, options: {} },
	};
}

/**
 * A workflow of nodes one behind the other.
 *
 * @param more `onError` takes the error output of the nodes that have one
 */
export function workflow(
	name: string,
	nodes: WorkflowNode[],
	{ onError, settings }: { onError?: WorkflowNode; settings?: Record<string, unknown> } = {},
): Workflow {
	const link = (node: WorkflowNode | undefined) =>
		node === undefined ? [] : [{ node: node.name, type: 'main', index: 0 }];
	const connections: Record<string, object> = {};
	for (const [i, node] of nodes.entries()) {
		const errors = node.onError === 'continueErrorOutput' ? [link(onError)] : [];
		connections[node.name] = { main: [link(nodes[i + 1]), ...errors] };
	}
	return {
		name,
		nodes: [...nodes, ...(onError === undefined ? [] : [onError])].map((node, i) => ({
			...{ id: String(i + 1), position: [220 * i, 0] },
			...node,
		})),
		connections,
		settings: { executionOrder: 'v1', ...settings },
	};
}
