/** *Execute step* in the editor: n8n's partial execution, with pinned data in the node before. */
import type { INodeExecutionData, IRunData } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import { ALWAYS, byId, credentialFor, nodeOf, useLab } from '../../support/lab.mts';
import { Workflow, WorkflowExecute } from '../../support/n8n.mts';
import { dataObject, parameters } from '../../support/read.mts';

const lab = useLab({ rateLimits: [] });

const items = (names: string[]): INodeExecutionData[] =>
	names.map((name) => ({ json: dataObject(lab.item(name)), pairedItem: { item: 0 } }));

/**
 * @param ran the items of the last run of the node before, by its runs
 * @param output the output of that node which leads here; the pin is that of its first one
 */
async function executeStep(ran: string[][], settings: object, output = 0) {
	lab.fault(faults.errorsAsObject(), { match: { name: 'C' }, ...ALWAYS });
	const { type, fields } = credentialFor('userApiKey', lab.sandbox);
	const credential = await lab.engine.credentials.store(type, fields);
	const link = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	const workflow = {
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.manualTrigger'),
			nodeOf('Source', 'n8n-nodes-base.noOp'),
			nodeOf('DigiCert', 'n8n-nodes-digicert.digiCert', {
				credentials: { [type]: credential },
				parameters: parameters({
					...{ resource: 'userApiKey', operation: 'create', restrictedToRoleId: 0 },
					...{ userId: byId('={{ $json.user }}'), name: '={{ $json.name }}' },
					options: { concurrency: 1 },
				}),
				onError: 'continueErrorOutput' as const,
				...settings,
			}),
		],
		connections: {
			Start: { main: [link('Source')] },
			Source: { main: output === 0 ? [link('DigiCert')] : [[], link('DigiCert')] },
		},
	};
	const pinData = { Source: items(['A', 'B', 'C']) };
	const task = (main: INodeExecutionData[], previousNode?: string) => ({
		...{ startTime: 1, executionTime: 1, executionIndex: 0, executionStatus: 'success' as const },
		source: previousNode === undefined ? [] : [{ previousNode }],
		data: { main: [main] },
	});
	const runData: IRunData = {
		Start: [task([{ json: {} }])],
		...(ran.length > 0 && { Source: ran.map((names) => task(items(names), 'Start')) }),
	};
	const run = await new WorkflowExecute(
		lab.engine.additionalData(workflow),
		'manual',
	).runPartialWorkflow2(
		new Workflow({
			...{ id: 'test', name: 'test', active: false, nodeTypes: lab.engine.nodeTypes },
			...structuredClone(workflow),
			pinData,
		}),
		runData,
		pinData,
		['DigiCert'],
		{ nodeName: 'DigiCert', mode: 'inclusive' },
	);
	const [done = [], failed = []] = run.data.resultData.runData.DigiCert?.[0]?.data?.main ?? [];
	return { done: done ?? [], failed: failed ?? [] };
}

test.each<[string, string[][], object, number]>([
	['as it did when it ran', [['A', 'B', 'C']], {}, 0],
	['and has never run', [], {}, 0],
	['with more items than when it ran', [['A']], {}, 0],
	['with more items than in the first of its runs', [['A'], ['A', 'B', 'C']], {}, 0],
	['at another output', [], {}, 1],
	['with Retry On Fail', [['A']], { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }, 0],
])(
	'the node before is pinned, %s: each key goes out, and the failed item as one',
	async (_, ran, settings, output) => {
		const { done, failed } = await executeStep(ran, settings, output);
		expect(done.map(({ json }) => [json.name, typeof json.api_key])).toEqual([
			['A', 'string'],
			['B', 'string'],
		]);
		expect(failed).toHaveLength(1);
		expect(failed[0]?.json.error).toContain('[item 2]');
		expect(lab.creations().map(({ name }) => name)).toEqual(['A', 'B', 'C']);
	},
);
