'use strict';

const { isToolCall, modelCanSet } = require('../../dist/nodes/DigiCert/parameters/modelSet');
const { createEngine } = require('../support/engine');

/** What the probe saw of each call. @type {any[]} */
let seen;
const options = { displayName: 'Options', name: 'options', type: 'collection', default: {} };

/** A node that n8n runs as a tool; its type is named as n8n names the tool form of a node. */
const probe = {
	description: {
		...{ displayName: 'Probe', group: [], version: 1, description: 'A probe', defaults: {} },
		...{ name: 'probeTool', inputs: [], outputs: ['ai_tool'] },
		properties: [{ ...options, options: [{ displayName: 'Key', name: 'key', type: 'string' }] }],
	},
	/** @this {any} */
	async execute() {
		const { key } = this.getNodeParameter('options', 0);
		seen.push([isToolCall(this), modelCanSet(this, 'key'), key, this.isToolExecution()]);
		return [[{ json: {} }]];
	},
};

/** Calls its tool as a model does, with these arguments. */
const ARGUMENTS = { word: 'of the model', key: 'of the model' };

/** Stand-ins for both ways in which n8n's AI Agent has a tool executed. */
const agents = {
	/** Up to version 2, and MCP Server Trigger. @this {any} */
	async asks() {
		const [tool] = await this.getInputConnectionData('ai_tool', 0);
		await tool.invoke(ARGUMENTS);
		return [[{ json: {} }]];
	},
	/** From version 3 on. @this {any} */
	async requests(/** @type {any} */ response) {
		if (response.actionResponses.length > 0) return [[{ json: {} }]];
		const action = { actionType: 'ExecutionNodeAction', nodeName: 'Probe', type: 'ai_tool' };
		const metadata = { itemIndex: 0 };
		return { actions: [{ ...action, input: ARGUMENTS, id: 'call', metadata }], metadata: {} };
	},
};

/** @type {Awaited<ReturnType<typeof createEngine>>} */
let engine;
beforeAll(async () => {
	engine = await createEngine();
	const types = engine.nodeTypes.getKnownTypes();
	types['test.probeTool'] = probe;
	types['test.probe'] = {
		...probe,
		description: { ...probe.description, name: 'probe', inputs: ['main'], outputs: ['main'] },
	};
	for (const [way, execute] of Object.entries(agents)) {
		const inputs = ['main', { type: 'ai_tool', displayName: 'Tool' }];
		const description = { ...probe.description, name: way, inputs, outputs: ['main'] };
		types[`test.${way}`] = { description, execute };
	}
});
beforeEach(() => {
	seen = [];
});

const node = (/** @type {string} */ name, /** @type {string} */ type, parameters = {}) => ({
	...{ id: name, name, type, typeVersion: 1, position: [0, 0] },
	parameters,
});

/** Lets an agent call the probe once, with this in its options. */
async function call(/** @type {string} */ way, /** @type {unknown} */ given) {
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Agent', `test.${way}`),
		node('Probe', 'test.probeTool', { options: given }),
	];
	const connections = {
		Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
		Probe: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
	};
	const items = [{ json: { key: 'of the input' } }];
	const { status, error } = await engine.run({ nodes, connections }, { items });
	expect([status, error]).toEqual(['success', undefined]);
	return seen[0];
}

describe.each(Object.keys(agents))('an agent that %s', (way) => {
	test('is recognised, although isToolExecution is not always true', async () => {
		const [toolCall, , , isToolExecution] = await call(way, {});
		expect([toolCall, isToolExecution]).toEqual([true, way === 'asks']);
	});

	test.each([
		["={{ $fromAI('word', '', 'string') }}", 'of the model'],
		["={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('word', ``, 'string') }}", 'of the model'],
		["={{ $fromai('word') }}", 'of the model'],
		["={{ $fromAI('word') + $('Start').item.json.key }}", 'of the modelof the input'],
	])('can set what holds %s', async (key, value) => {
		expect((await call(way, { key })).slice(1, 3)).toEqual([true, value]);
	});

	test.each(['={{ $json.key }}', '={{ $input.item.json.key }}', "={{ $json['key'] }}"])(
		'could set what reads the item: %s',
		async (key) => {
			const value = way === 'requests' ? 'of the model' : 'of the input';
			expect((await call(way, { key })).slice(1, 3)).toEqual([true, value]);
		},
	);

	test.each([
		['a text with $json in it', 'a text with $json in it'],
		["={{ $('Start').item.json.key }}", 'of the input'],
		["={{ 'fixed' }}", 'fixed'],
		['={{ $vars.key }}', undefined],
	])('cannot set what its author gave: %s', async (key, value) => {
		expect((await call(way, { key })).slice(1, 3)).toEqual([false, value]);
	});

	test('cannot set what is not there', async () => {
		expect((await call(way, {}))[1]).toBe(false);
	});
});

test("n8n's word that a tool is called is enough", () => {
	const context = /** @type {any} */ ({
		isToolExecution: () => true,
		getNode: () => ({ type: 'n8n-nodes-digicert.digiCert' }),
	});
	expect(isToolCall(context)).toBe(true);
});

test('a run in a workflow is no tool call', async () => {
	await engine.run({ nodes: [node('Probe', 'test.probe')], connections: {} });
	expect(seen[0][0]).toBe(false);
});
