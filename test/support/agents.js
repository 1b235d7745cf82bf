'use strict';

/**
 * Stand-ins for both ways in which n8n's AI Agent has a tool executed (read and measured in n8n
 * 2.41.1). Each calls the tool "Tool" once, with arguments as a model would send them, and puts
 * out what n8n gives the model as the answer.
 */

const DESCRIPTION = {
	displayName: 'Agent',
	group: [],
	version: 1,
	description: 'Calls its tool once',
	defaults: {},
	inputs: ['main', { type: 'ai_tool', displayName: 'Tool' }],
	outputs: ['main'],
	properties: [],
};

/** @typedef {Record<string, unknown>} Arguments */

/** @type {Record<string, (given: Arguments) => any>} */
const ways = {
	/** Up to version 2, and MCP Server Trigger: the tool is asked for, and called. */
	asks: (given) =>
		/** @this {any} */
		async function execute() {
			const [tool] = await this.getInputConnectionData('ai_tool', 0);
			/** @type {unknown} */
			let answer;
			try {
				answer = await tool.invoke(given);
			} catch (error) {
				answer = String(error);
			}
			return [[{ json: { answer } }]];
		},

	/** From version 3 on: the engine runs the tool like any other node. */
	requests: (given) =>
		/** @this {any} */
		async function execute(/** @type {any} */ response) {
			const [answered] = response.actionResponses;
			if (answered !== undefined) {
				const items = answered.data?.data?.ai_tool?.[0] ?? [];
				const jsons = items.map((/** @type {any} */ { json, error }) => error?.message ?? json);
				return [[{ json: { answer: JSON.stringify(jsons) } }]];
			}
			const action = { actionType: 'ExecutionNodeAction', nodeName: 'Tool', type: 'ai_tool' };
			const metadata = { itemIndex: 0 };
			return { actions: [{ ...action, input: given, id: 'call', metadata }], metadata: {} };
		},
};

/**
 * The node type of an agent.
 *
 * @param {string} way
 * @param {Arguments} given what the model sends
 */
function agentType(way, given) {
	return { description: { ...DESCRIPTION, name: way }, execute: ways[way]?.(given) };
}

/**
 * The tool form of a node type, as n8n makes it (`createAiTools` in package n8n, which tests do
 * not install).
 *
 * @param {any} type
 */
function toolType(type) {
	const { description } = type;
	return Object.create(type, {
		description: {
			value: {
				...description,
				name: `${description.name}Tool`,
				inputs: [],
				outputs: ['ai_tool'],
			},
		},
	});
}

/**
 * A workflow in which an agent calls a tool.
 *
 * @param {string} agent its node type
 * @param {object} tool the tool's node, without a name
 */
function agentWorkflow(agent, tool) {
	const node = (/** @type {string} */ name, /** @type {any} */ more) => ({
		...{ id: name, name, typeVersion: 1, position: [0, 0], parameters: {} },
		...more,
	});
	return {
		nodes: [
			node('Start', { type: 'n8n-nodes-base.manualTrigger' }),
			node('Agent', { type: agent }),
			node('Tool', tool),
		],
		connections: {
			Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
	};
}

module.exports = { agentType, agentWays: Object.keys(ways), agentWorkflow, toolType };
