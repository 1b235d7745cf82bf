import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { plainType } from '../support/agents.mts';
import type { Engine } from '../support/engine.mts';
import { nodeOf } from '../support/lab.mts';
import { isRecord } from '../support/read.mts';
import type { HandOver, Store } from './plan.mts';
import { currentSeat } from './seat.mts';

/** Longest that n8n lets a sub-workflow run which hangs, and how long that one would, in ms. */
const TIME_LIMIT = 40;
const HANGS = 60;

/** Sub-workflows by their IDs; `isMissing` is none of them. */
const STORES: readonly Store[] = ['takes', 'fails', 'storesAndFails', 'hangs', 'storesAndHangs'];

/** What the two nodes of a sub-workflow do with a key. The time limit is looked at between them. */
async function store(workflow: string, node: string, json: IDataObject): Promise<IDataObject> {
	const seat = currentSeat();
	const isLast = node === 'End';
	if (isLast === (workflow === 'hangs')) {
		if (workflow !== 'fails') seat?.stored.push({ json: structuredClone(json), at: seat.now() });
	}
	// A store that tells in its error, and in its answer, what it was given.
	if (/fails$/i.test(workflow)) throw new Error(`The store is sealed for ${JSON.stringify(json)}`);
	if (/hangs$/i.test(workflow) && !isLast) await sleep(HANGS);
	return isLast ? { stored: true, given: json } : json;
}

/** Adds a sub-workflow for each thing that one may do. */
export function addStores({ nodeTypes, subWorkflows }: Engine): void {
	const { description } = plainType(nodeTypes.getByName('n8n-nodes-base.noOp'));
	nodeTypes.add('test.store', {
		description: { ...description, name: 'store' },
		async execute(this: IExecuteFunctions) {
			const items = this.getInputData().map(async ({ json }) => ({
				json: await store(String(this.getWorkflow().id), this.getNode().name, json),
			}));
			return [await Promise.all(items)];
		},
	});
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	for (const id of STORES) {
		subWorkflows.add(id, {
			nodes: [
				nodeOf('Start', 'n8n-nodes-base.executeWorkflowTrigger'),
				nodeOf('Store', 'test.store'),
				nodeOf('End', 'test.store'),
			],
			connections: { Start: to('Store'), Store: to('End') },
			...(/hangs$/i.test(id) ? { timeoutMs: TIME_LIMIT } : {}),
		});
	}
}

/** Whether n8n logged this of a sub-workflow: that one's own settings say what is kept of it. */
export const isOfStore = (entry: readonly unknown[]): boolean =>
	entry.some((part) => isRecord(part) && STORES.some((id) => id === part.workflowId));

/** The form of a hand-over, for items that name their sub-workflow. */
export function formOf({ keepsNew, switchesOffOld }: HandOver, isRotation: boolean) {
	const keep = isRotation ? 'keepBoth' : 'keepNew';
	return {
		deliverTo: 'workflow',
		handOverWorkflow: { __rl: true, mode: 'id', value: '={{ $json.store }}' },
		handOverFailed: keepsNew ? keep : 'switchOffNew',
		...(isRotation ? { afterHandOver: switchesOffOld ? 'switchOffOld' : 'keepOld' } : {}),
	};
}
