import { isToolCall, modelCanSet } from '../../dist/nodes/DigiCert/parameters/modelSet.js';
import { agentType, agentWays, agentWorkflow } from '../support/agents.mts';
import { createEngine } from '../support/engine.mts';

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

/** What a model sends. */
const ARGUMENTS = { word: 'of the model', key: 'of the model' };

let engine: Awaited<ReturnType<typeof createEngine>>;
beforeAll(async () => {
	engine = await createEngine();
	const types = engine.nodeTypes.getKnownTypes();
	types['test.probeTool'] = probe;
	types['test.probe'] = {
		...probe,
		description: { ...probe.description, name: 'probe', inputs: ['main'], outputs: ['main'] },
	};
	for (const way of agentWays) types[`test.${way}`] = agentType(way, ARGUMENTS);
});
beforeEach(() => {
	seen = [];
});

/** Lets an agent call the probe once, with this in its options. */
async function call(way: string, given: unknown) {
	const tool = { type: 'test.probeTool', parameters: { options: given } };
	const items = [{ json: { key: 'of the input' } }];
	const { status, error } = await engine.run(agentWorkflow(`test.${way}`, tool), { items });
	expect([status, error]).toEqual(['success', undefined]);
	return seen[0];
}

describe.each(agentWays)('an agent that %s', (way) => {
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
	const context = /** @type {any} */ {
		isToolExecution: () => true,
		getNode: () => ({ type: 'n8n-nodes-digicert.digiCert' }),
	};
	expect(isToolCall(context)).toBe(true);
});

test('a run in a workflow is no tool call', async () => {
	const place = { id: 'Probe', name: 'Probe', typeVersion: 1, position: [0, 0] };
	await engine.run({
		nodes: [{ ...place, type: 'test.probe', parameters: {} }],
		connections: {},
	});
	expect(seen[0][0]).toBe(false);
});
