/** What the tests of hand-over share: a sub-workflow that stores, and the operations that call it. */
import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { plainType } from './agents.mts';
import type { Execution } from './engine.mts';
import { keyPairs, pemOf } from './keyPairs.mts';
import { byId, nodeOf } from './lab.mts';
import type { Lab, NodeSetup } from './lab.mts';
import { at, isRecord, list, present } from './read.mts';
import { secretsIn, textOf } from './secrets.mts';
import type { SubWorkflow } from './subWorkflows.mts';
import { jsonsOf } from './told.mts';

/** The sub-workflow that is there in each test. */
export const CHILD = 'child-1';
export const publicKey = pemOf(keyPairs['P-256'].publicKey);
export const CONTINUE = { settings: { onError: 'continueErrorOutput' } } as const;

/** The forms of creating and of rotating, for the lab's items and for `{ key }`. */
export const CREATE = {
	userId: byId('={{ $json.user }}'),
	accountId: byId('={{ $json.account }}'),
	name: '={{ $json.name }}',
	restrictedToRoleId: 0,
};
const ROTATE = { keyId: byId('={{ $json.key }}'), name: '' };

/** What the last node of the sub-workflow does with a key. What it gives is put out. */
export type Store = (json: IDataObject, context: IExecuteFunctions) => unknown;

/** A store that says no, in these words. */
export function failWith(words: string): Store {
	return () => {
		throw new Error(words);
	};
}

/** A store that says no at one of its calls, counted from 0, and takes the other keys. */
export function failAt(call: number, words: string): Store {
	let calls = 0;
	return () => {
		if (calls++ === call) throw new Error(words);
		return { stored: true };
	};
}

/** Waits for what goes on after a run has ended. */
export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The form of a hand-over. */
export const handOver = (more: Record<string, unknown> = {}) => ({
	deliverTo: 'workflow',
	handOverWorkflow: { __rl: true, mode: 'list', value: CHILD },
	...more,
});

/** A sub-workflow that begins as one does, and ends with a node that stores. */
export function child(more: Partial<SubWorkflow> = {}, last: Partial<INode> = {}): SubWorkflow {
	return {
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.executeWorkflowTrigger'),
			nodeOf('Store', 'test.store', last),
		],
		connections: { Start: { main: [[{ node: 'Store', type: 'main', index: 0 }]] } },
		...more,
	};
}

/** Adds the sub-workflow to a lab. Its store takes every key, unless a test sets another one. */
export function useHandOver(lab: Lab) {
	// Two workflows for each key: 5 s are too few on a machine with much else to do.
	jest.setTimeout(120_000);
	const accept: Store = () => ({ stored: true });
	const hand = {
		store: accept,
		calls,
		create,
		expectNoValue,
		makeKeys,
		newest,
		oneOld,
		perform,
		rotate,
		statusOf,
		values,
	};
	beforeAll(() => {
		const noOp = plainType(lab.engine.nodeTypes.getByName('n8n-nodes-base.noOp'));
		lab.engine.nodeTypes.add('test.store', {
			description: { ...noOp.description, name: 'store' },
			async execute() {
				const items: INodeExecutionData[] = [];
				for (const { json } of this.getInputData()) {
					const answer: unknown = await hand.store(json, this);
					for (const one of Array.isArray(answer) ? list(answer) : [answer]) {
						items.push(Object.assign({ json: {} }, { json: one }));
					}
				}
				return [items];
			},
		});
	});
	beforeEach(() => {
		hand.store = accept;
		lab.engine.subWorkflows.add(CHILD, child());
	});

	function calls() {
		return lab.engine.subWorkflows.calls;
	}

	/** The values that went to the sub-workflow, in clear text. */
	function values(): string[] {
		return calls().flatMap(({ items }) =>
			items.flatMap(({ json }) => {
				const value = isRecord(json.api_key) ? json.api_key.api_key : json.api_key;
				return typeof value === 'string' ? [value] : [];
			}),
		);
	}

	/**
	 * Fails when a key that went to the sub-workflow is anywhere in the parent's data, log included.
	 * What n8n itself logs of the sub-workflow when it is told to log all is not ours.
	 */
	function expectNoValue({ run, saved }: Execution): void {
		const own = lab.log.filter((entry) => !textOf(entry).includes(`workflowId: '${CHILD}'`));
		lab.log.splice(0, Infinity, ...own);
		expect(secretsIn(textOf(run) + textOf(saved) + textOf(lab.log), values())).toEqual([]);
	}

	/** Runs an operation with hand-over, and looks for keys where none may be. */
	async function perform(
		[resource, operation]: readonly [string, string],
		items: readonly Record<string, unknown>[],
		setup: NodeSetup = {},
	): Promise<Execution> {
		const given = { ...setup, parameters: { ...handOver(), ...setup.parameters } };
		const execution = await lab.perform(resource, operation, items, given);
		expectNoValue(execution);
		return execution;
	}

	/** Creates keys of these names, and hands them over. */
	async function create(names: readonly string[], setup: NodeSetup = {}): Promise<Execution> {
		const given = { ...setup, parameters: { ...CREATE, ...setup.parameters } };
		return await perform(['userApiKey', 'create'], names.map(lab.item), given);
	}

	/** Rotates keys by their IDs, and hands the successors over. */
	async function rotate(
		ids: readonly number[],
		setup: NodeSetup = {},
		resource = 'userApiKey',
	): Promise<Execution> {
		const items = ids.map((key) => ({ key }));
		const given = { ...setup, parameters: { ...ROTATE, ...setup.parameters } };
		return await perform([resource, 'rotate'], items, given);
	}

	/** Makes keys "old 0", "old 1" … the plain way, to be rotated. @returns their IDs */
	async function makeKeys(count: number): Promise<number[]> {
		const names = Array.from({ length: count }, (_, i) => `old ${i}`);
		const execution = await lab.createUserKeys(names.map(lab.item));
		return jsonsOf(execution).map(({ id }) => Number(id));
	}

	async function oneOld(): Promise<number> {
		return at(await makeKeys(1), 0);
	}

	function statusOf(id: number) {
		return present(lab.sandbox.keys((key) => key.id === id)[0]).status;
	}

	function newest() {
		return present(lab.created().at(-1));
	}

	return hand;
}
