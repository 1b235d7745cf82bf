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

import type { Execution, WorkflowJson } from './engine.mts';
import { credentialFor, nodeOf } from './lab.mts';
import type { Lab } from './lab.mts';
import { isRecord, list, parameters, text } from './read.mts';

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
function agentType(way: AgentWay, given: IDataObject): INodeType {
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
function toolType(type: INodeType): INodeType {
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
function agentWorkflow(agent: string, tool: Partial<INode> & { type: string }): WorkflowJson {
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

/**
 * For the tests of one file: agents of both ways, with our node as their tool.
 *
 * @param given what the model sends, which is also what the agents' own item holds
 * @returns lets an agent call our node once, and gives what the model gets to read
 */
export function useAgents(lab: Lab, given: IDataObject) {
	const toolName = 'n8n-nodes-digicert.digiCertTool';
	beforeAll(() => {
		const { nodeTypes } = lab.engine;
		const own = plainType(nodeTypes.getByName('n8n-nodes-digicert.digiCert'));
		nodeTypes.add(toolName, toolType(own));
		for (const way of agentWays) nodeTypes.add(`test.${way}`, agentType(way, given));
	});
	return async (
		way: AgentWay,
		fields: Record<string, unknown>,
		settings: Partial<INode> = {},
	): Promise<{ answer: string; execution: Execution }> => {
		const { type, fields: data } = credentialFor('userApiKey', lab.sandbox);
		const tool = {
			type: toolName,
			credentials: { [type]: await lab.engine.credentials.store(type, data) },
			parameters: parameters({
				...{ resource: 'userApiKey', operation: 'create', options: {}, ...fields },
			}),
			...settings,
		};
		const workflow = agentWorkflow(`test.${way}`, tool);
		const execution = await lab.run(workflow, { items: [{ json: given }] });
		// With Stop Workflow, the newer agents do not get to answer.
		const [answered] = execution.items('Agent');
		return { answer: text(answered?.json.answer ?? execution.error?.message), execution };
	};
}
