/**
 * Stand-ins for both ways in which n8n's AI Agent has a tool executed (read and measured in n8n
 * 2.41.1). Each calls the tool "Tool" once, with arguments as a model would send them, and puts
 * out what n8n gives the model as the answer.
 */
import type {
	EngineResponse,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeType,
	INodeTypeDescription,
	IVersionedNodeType,
	NodeOutput,
} from 'n8n-workflow';

import type { WorkflowJson } from './engine.mts';
import { nodeOf } from './lab.mts';
import { isRecord, list } from './read.mts';

const DESCRIPTION = {
	displayName: 'Agent',
	group: [],
	version: 1,
	description: 'Calls its tool once',
	defaults: {},
	inputs: ['main', { type: 'ai_tool', displayName: 'Tool' }],
	outputs: ['main'],
	properties: [],
} satisfies Omit<INodeTypeDescription, 'name'>;

/** What n8n gives an agent to call a tool with, up to version 2. */
interface Tool {
	invoke(given: IDataObject): Promise<unknown>;
}

function isTool(value: unknown): value is Tool {
	return isRecord(value) && typeof value.invoke === 'function';
}

/** What a model gets to read of each item that a tool put out. */
function answerOf({ actionResponses: [answered] }: EngineResponse): string {
	const items = answered?.data.data?.ai_tool?.[0] ?? [];
	return JSON.stringify(items.map(({ json, error }) => error?.message ?? json));
}

/** How an agent has its tool executed: itself, or by asking n8n's engine for it. */
export type AgentWay = 'asks' | 'requests';
export const agentWays: readonly AgentWay[] = ['asks', 'requests'];

/** Up to version 2, and MCP Server Trigger: the tool is asked for, and called. */
async function ask(context: IExecuteFunctions, given: IDataObject): Promise<NodeOutput> {
	const [tool] = list(await context.getInputConnectionData('ai_tool', 0));
	if (!isTool(tool)) throw new Error('n8n gave no tool');
	try {
		const answer = await tool.invoke(given);
		return [[{ json: { answer: typeof answer === 'string' ? answer : JSON.stringify(answer) } }]];
	} catch (error) {
		return [[{ json: { answer: String(error) } }]];
	}
}

/** From version 3 on: the engine runs the tool like any other node. */
function request(response: EngineResponse | undefined, given: IDataObject): NodeOutput {
	if (response !== undefined && response.actionResponses.length > 0) {
		return [[{ json: { answer: answerOf(response) } }]];
	}
	const metadata = { itemIndex: 0 };
	const action = { nodeName: 'Tool', type: 'ai_tool', input: given, id: 'call', metadata } as const;
	return { actions: [{ actionType: 'ExecutionNodeAction', ...action }], metadata: {} };
}

/** The node type of an agent. @param given what the model sends */
export function agentType(way: AgentWay, given: IDataObject): INodeType {
	return {
		description: { ...DESCRIPTION, name: way },
		async execute(response) {
			return way === 'asks' ? await ask(this, given) : request(response, given);
		},
	};
}

/** A node type of one version. @throws {Error} when it has several */
export function plainType(type: INodeType | IVersionedNodeType): INodeType {
	if ('nodeVersions' in type) throw new Error('This node type has versions');
	return type;
}

/**
 * The tool form of a node type, as n8n makes it (`createAiTools` in package n8n, which tests do
 * not install).
 */
export function toolType(type: INodeType): INodeType {
	const name = `${type.description.name}Tool`;
	return {
		...type,
		description: { ...type.description, name, inputs: [], outputs: ['ai_tool'] },
		async execute(response) {
			return (await type.execute?.call(this, response)) ?? null;
		},
	};
}

/**
 * A workflow in which an agent calls a tool.
 *
 * @param agent its node type
 * @param tool what the tool's node has over its name
 */
export function agentWorkflow(
	agent: string,
	tool: Partial<INode> & { type: string },
): WorkflowJson {
	return {
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.manualTrigger'),
			nodeOf('Agent', agent),
			nodeOf('Tool', tool.type, tool),
		],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
	};
}
