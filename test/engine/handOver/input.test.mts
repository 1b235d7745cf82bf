import { agentWays, useAgents } from '../../support/agents.mts';
import {
	CHILD,
	child,
	CONTINUE,
	CREATE,
	failWith,
	handOver,
	useHandOver,
} from '../../support/handOver.mts';
import { byId, credentialFor, nodeOf, useLab, workflowOf } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { dataObject } from '../../support/read.mts';
import { errorOf, itemError, itemErrors, jsonsOf, only } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const { calls, create, expectNoValue, perform, rotate } = hand;

describe('a hand-over to the workflow itself', () => {
	/** Creates a key in a workflow that begins with a call from others as well. */
	async function createWhereCalled() {
		const { type, fields } = credentialFor('userApiKey', lab.sandbox);
		const credential = await lab.engine.credentials.store(type, fields);
		const given = { resource: 'userApiKey', operation: 'create', options: {}, ...CREATE };
		const itself = handOver({ handOverWorkflow: byId('={{ $workflow.id }}') });
		const workflow = workflowOf({ [type]: credential }, { ...given, ...itself });
		const called = nodeOf('Called', 'n8n-nodes-base.executeWorkflowTrigger');
		return await lab.run(
			{
				...workflow,
				nodes: [...workflow.nodes, called],
				connections: {
					...workflow.connections,
					Called: { main: [[{ node: 'DigiCert', type: 'main', index: 0 }]] },
				},
			},
			{ items: [{ json: dataObject(lab.item('A')) }] },
		);
	}

	const refused = "'Workflow' is this workflow itself [item 0]";

	test('that its call leads to is refused: it would make keys without end', async () => {
		const { message, description } = errorOf(await createWhereCalled());
		expect(message).toBe(refused);
		expect(description).toContain('Choose a workflow that only stores the API key.');
		expect(lab.sandbox.requests()).toEqual([]);
	});

	// n8n begins a workflow that has no trigger for calls at its Manual Trigger.
	test('that begins elsewhere is refused as well', async () => {
		const itself = { handOverWorkflow: byId('={{ $workflow.id }}') };
		expect(errorOf(await create(['A'], { parameters: itself })).message).toBe(refused);
		expect(lab.sandbox.requests()).toEqual([]);
	});
});

describe('bad input', () => {
	test.each([
		[{ handOverWorkflow: byId('={{ $json.none }}') }, "'Workflow' is empty [item 0]"],
		[{ handOverWorkflow: byId('  ') }, "'Workflow' is empty [item 0]"],
		[{ handOverWorkflow: byId('={{ [1] }}') }, "'Workflow' is not the ID of a workflow [item 0]"],
		[{ handOverWorkflow: byId('={{ true }}') }, "'Workflow' is not the ID of a workflow [item 0]"],
		[{ deliverTo: '={{ $json.none }}' }, "'Deliver To' is none of its values [item 0]"],
		[{ deliverTo: 'vault' }, "'Deliver To' is none of its values [item 0]"],
		[{ handOverFailed: 'keepBoth' }, "'If Hand-Over Fails' is none of its values [item 0]"],
		[{ handOverFailed: '={{ 1 }}' }, "'If Hand-Over Fails' is none of its values [item 0]"],
	])('create with %j: %s, and nothing is sent', async (parameters, message) => {
		const refused = itemError(await create(['A'], { parameters, ...CONTINUE }));
		expect(refused.message).toBe(message);
		const advice = message.includes('values') ? /^An expression has to give \w+ or \w+\./ : /./;
		expect(refused.description).toMatch(advice);
		expect(lab.sandbox.requests()).toEqual([]);
		expect(calls()).toEqual([]);
	});

	test.each([
		[{ handOverFailed: 'keepNew' }, "'If Hand-Over Fails' is none of its values [item 0]"],
		[{ afterHandOver: 'later' }, "'After Hand-Over' is none of its values [item 0]"],
		[{ handOverWorkflow: byId('={{ undefined }}') }, "'Workflow' is empty [item 0]"],
	])('rotate with %j: %s, and nothing is sent', async (parameters, message) => {
		expect(errorOf(await rotate([1], { parameters })).message).toBe(message);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('one bad item among good ones: stop sends nothing, continue the others', async () => {
		const items = ['child-1', ''].map((to, i) => ({ ...lab.item(`key ${i}`), to }));
		const setup = { parameters: { ...CREATE, handOverWorkflow: byId('={{ $json.to }}') } };
		const create2 = ['userApiKey', 'create'] as const;
		expect(errorOf(await perform(create2, items, setup)).message).toContain('[item 1]');
		expect(lab.sandbox.requests()).toEqual([]);
		const execution = await perform(create2, items, { ...setup, ...CONTINUE });
		expect(jsonsOf(execution)).toMatchObject([{ name: 'key 0', handed_over: true }]);
		expect(itemErrors(execution)).toHaveLength(1);
	});

	test.each(['', { __rl: true, mode: 'list', value: '' }])(
		'with an empty workflow (%j), n8n does not even start',
		async (handOverWorkflow) => {
			const run = create(['A'], { parameters: { handOverWorkflow } });
			await expect(run).rejects.toThrow('Parameter "Workflow" is required');
			expect(lab.sandbox.requests()).toEqual([]);
		},
	);

	test.each([byId('={{ 12 }}'), byId(' 12 '), '12'])(
		'an ID may be %j',
		async (handOverWorkflow) => {
			lab.engine.subWorkflows.add('12', child());
			const parameters = { handOverWorkflow };
			expect(only(await create(['A'], { parameters }))).toMatchObject({ handed_over: true });
		},
	);
});

const agent = useAgents(lab, {
	...{ name: 'By a model', to: 'workflow', child: CHILD, deliver: 'output' },
});

describe.each(agentWays)('an agent that %s', (way) => {
	async function call(parameters: Record<string, unknown>): Promise<string> {
		const { answer, execution } = await agent(way, {
			...{ userId: byId(lab.sandbox.certCentral.us.users.person), restrictedToRoleId: 0 },
			name: "={{ $fromAI('name', '', 'string') }}",
			...handOver(),
			...parameters,
		});
		expectNoValue(execution);
		return answer;
	}

	test("hands over to the author's workflow, and the model sees no key", async () => {
		hand.store = (json) => json;
		const answer = await call({});
		expect(answer).toContain('"handed_over":true');
		expect(answer).toContain('[API key]');
		expect(lab.statuses()).toEqual(['active']);
		expect(calls()).toHaveLength(1);
	});

	test('a hand-over that fails reads as one', async () => {
		hand.store = failWith('sealed');
		expect(await call({})).toContain('did not take the API key over');
		expect(lab.statuses()).toEqual(['revoked']);
	});

	// The expressions are judged alike, whoever calls.
	if (way === 'asks') return;
	test.each([
		{ handOverWorkflow: byId("={{ $fromAI('child', '', 'string') }}") },
		{ handOverWorkflow: byId('={{ $json.child }}') },
		{ deliverTo: "={{ $fromAI('to', '', 'string') }}" },
		{ deliverTo: '={{ $json.to }}' },
		{ deliverTo: "={{ $fromAI('deliver', '', 'string') }}" },
		{ deliverTo: 'output' },
	])('creates nothing with %j', async (parameters) => {
		expect(await call(parameters)).toContain('Nothing was created');
		expect(lab.sandbox.requests()).toEqual([]);
		expect(calls()).toEqual([]);
	});
});
