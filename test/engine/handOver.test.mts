import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { faults } from '../../sandbox/index.mts';
import { agentType, agentWays, agentWorkflow, plainType, toolType } from '../support/agents.mts';
import type { Execution } from '../support/engine.mts';
import { keyPairs, pemOf } from '../support/keyPairs.mts';
import { ALWAYS, answering, byId, cancelWhen, nodeOf, PUT, useLab } from '../support/lab.mts';
import type { NodeSetup } from '../support/lab.mts';
import { anyNumber, anyText, objectWith, textWith } from '../support/matchers.mts';
import { shortenPauses } from '../support/pauses.mts';
import {
	at,
	isRecord,
	list,
	parameters as toParameters,
	present,
	record,
	text,
} from '../support/read.mts';
import { secretsIn, textOf } from '../support/secrets.mts';
import type { SubWorkflow } from '../support/subWorkflows.mts';
import { errorOf, hintsOf, itemError, itemErrors, jsonsOf, only } from '../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();

const CHILD = 'child-1';
const publicKey = pemOf(keyPairs['P-256'].publicKey);
const CONTINUE = { settings: { onError: 'continueErrorOutput' } } as const;

/** What the store node of the sub-workflow does with a key. What it gives is put out. */
type Store = (json: IDataObject, context: IExecuteFunctions) => unknown;

let store: Store;
/** The values that went to the sub-workflow, in clear text. */
const values = () =>
	lab.engine.subWorkflows.calls.flatMap(({ items }) =>
		items.flatMap(({ json }) => {
			const nested = isRecord(json.api_key) ? json.api_key.api_key : json.api_key;
			return typeof nested === 'string' ? [nested] : [];
		}),
	);
const calls = () => lab.engine.subWorkflows.calls;

/** A sub-workflow that begins as one does, and ends with a node that stores. */
function child(more: Partial<SubWorkflow> = {}, last: Partial<INode> = {}): SubWorkflow {
	return {
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.executeWorkflowTrigger'),
			nodeOf('Store', 'test.store', last),
		],
		connections: { Start: { main: [[{ node: 'Store', type: 'main', index: 0 }]] } },
		...more,
	};
}

beforeAll(() => {
	const noOp = plainType(lab.engine.nodeTypes.getByName('n8n-nodes-base.noOp'));
	lab.engine.nodeTypes.add('test.store', {
		description: { ...noOp.description, name: 'store' },
		async execute() {
			const items: INodeExecutionData[] = [];
			for (const { json } of this.getInputData()) {
				const answer: unknown = await store(json, this);
				for (const one of Array.isArray(answer) ? list(answer) : [answer]) {
					items.push(Object.assign({ json: {} }, { json: one }));
				}
			}
			return [items];
		},
	});
});

beforeEach(() => {
	store = () => ({ stored: true });
	lab.engine.subWorkflows.add(CHILD, child());
});

/** The form of a hand-over. */
const handOver = (more: Record<string, unknown> = {}) => ({
	deliverTo: 'workflow',
	handOverWorkflow: { __rl: true, mode: 'list', value: CHILD },
	...more,
});

/**
 * Fails when a key that went to the sub-workflow is anywhere in the parent's data, log included.
 * What n8n itself logs of the sub-workflow when it is told to log all is not ours.
 */
function expectNoValue(execution: Execution): void {
	const own = lab.log.filter((entry) => !textOf(entry).includes(`workflowId: '${CHILD}'`));
	lab.log.splice(0, Infinity, ...own);
	expect(secretsIn(textOf(execution.run) + textOf(execution.saved), values())).toEqual([]);
	expect(secretsIn(textOf(lab.log), values())).toEqual([]);
}

/** Runs an operation with hand-over, and looks for keys where none may be. */
async function perform(
	[resource, operation]: readonly [string, string],
	items: readonly Record<string, unknown>[],
	setup: NodeSetup = {},
): Promise<Execution> {
	const given = { ...handOver(), ...setup.parameters };
	const execution = await lab.perform(resource, operation, items, { ...setup, parameters: given });
	expectNoValue(execution);
	return execution;
}

const CREATE = {
	userId: byId('={{ $json.user }}'),
	accountId: byId('={{ $json.account }}'),
	name: '={{ $json.name }}',
	restrictedToRoleId: 0,
};
const ROTATE = { keyId: byId('={{ $json.key }}'), name: '' };

/** Creates keys of these names, and hands them over. */
const create = async (names: readonly string[], setup: NodeSetup = {}) =>
	await perform(['userApiKey', 'create'], names.map(lab.item), {
		...setup,
		parameters: { ...CREATE, ...setup.parameters },
	});

/** Rotates keys by their IDs, and hands the successors over. */
const rotate = async (ids: readonly number[], setup: NodeSetup = {}, resource = 'userApiKey') =>
	await perform(
		[resource, 'rotate'],
		ids.map((key) => ({ key })),
		{ ...setup, parameters: { ...ROTATE, ...setup.parameters } },
	);

/** Makes keys the plain way, to be rotated. */
async function makeKeys(count: number, api: 'createUserKeys' | 'createSubaccountKeys') {
	const names = Array.from({ length: count }, (_, i) => `old ${i}`);
	const execution = await lab[api](names.map(lab.item));
	return jsonsOf(execution).map(({ id, api_key: value }) => ({
		id: Number(id),
		value: text(value),
	}));
}
const idsOf = (keys: readonly { id: number }[]) => keys.map(({ id }) => id);
const statusOf = (id: number) => present(lab.sandbox.keys((key) => key.id === id)[0]).status;
const oneOld = async () => at(await makeKeys(1, 'createUserKeys'), 0).id;
/** Status of the newest key. */
const newest = () => present(lab.created().at(-1));

describe('a key that is handed over', () => {
	const seededUserKey = () => lab.seeded('Standard user').id;
	const seededSubaccountKey = () => lab.seeded('First customer key').id;

	const OPERATIONS = [
		[
			['userApiKey', 'create'],
			CREATE,
			() => lab.item('A'),
			() => ({ id: anyNumber, name: 'A', user_id: anyNumber, restricted_to_role_id: 0 }),
		],
		[
			['subaccountApiKey', 'create'],
			CREATE,
			() => lab.item('A'),
			() => ({ id: anyNumber, name: 'A', status: 'active', account_id: anyNumber }),
		],
		[
			['userApiKey', 'rotate'],
			ROTATE,
			() => ({ key: seededUserKey() }),
			() => ({
				...{ id: anyNumber, name: 'Standard user', user_id: anyNumber },
				restricted_to_role_id: anyNumber,
				replaces: objectWith({ id: seededUserKey(), status: 'revoked' }),
			}),
		],
		[
			['subaccountApiKey', 'rotate'],
			ROTATE,
			() => ({ key: seededSubaccountKey() }),
			() => ({
				...{ id: anyNumber, name: 'First customer key', account_id: anyNumber, status: 'active' },
				replaces: objectWith({ id: seededSubaccountKey(), status: 'inactive' }),
			}),
		],
		[
			['serviceUser', 'create'],
			{ email: 'one@example.com', name: 'First', restrictedToRoleId: 100, containerIds: '' },
			() => ({}),
			() => ({
				...{ user_id: anyNumber, key_id: anyNumber, name: 'First', email: 'one@example.com' },
				restricted_to_role_id: 100,
			}),
		],
		[
			['subaccount', 'create'],
			{ subaccountName: 'ACME', name: 'First', emergencyContactEmails: '' },
			() => ({}),
			() => ({ account_id: anyNumber, name: 'ACME' }),
		],
	] as const;

	test.each(OPERATIONS)(
		'%j: goes to the sub-workflow, and is not in the output',
		async (...row) => {
			const [operation, parameters, item, output] = row;
			const json = only(await perform(operation, [item()], { parameters }));
			expect(json).toEqual({ ...output(), handed_over: true, hand_over: { stored: true } });
			expect(calls()).toHaveLength(1);
			expect(lab.sandbox.holds(at(values(), 0))).toMatchObject({ status: 'active' });
		},
	);

	test.each(OPERATIONS)('%j: a hand-over that fails is an error with its state', async (...row) => {
		const [operation, parameters, item] = row;
		const isRotation = operation[1] === 'rotate';
		store = () => {
			throw new Error('The store is sealed');
		};
		const execution = await perform(operation, [item()], { parameters, ...CONTINUE });
		const error = itemError(execution);
		expect(error.message).toContain('The sub-workflow did not take the API key over');
		expect(error.message).toContain(isRotation ? 'is kept' : 'was switched off again');
		expect(error.description).toContain('The store is sealed');
		expect(error.description).toContain('The store may hold the new key all the same.');
		expect(error.keys).toMatchObject([
			{ item: 0, id: newest().id, state: isRotation ? 'live' : 'switched_off' },
		]);
		expect(newest().status === 'active').toBe(isRotation);
		if (isRotation) {
			expect(error.description).toMatch(/The old key, \d+, was not touched and works as before/);
			expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
		}
	});

	test('the sub-workflow gets one item, what would have been put out, and the caller', async () => {
		await create(['A', 'B'], { mode: 'trigger' });
		expect(calls()).toHaveLength(2);
		for (const { items, options } of calls()) {
			expect(items).toEqual([
				{
					json: {
						...{ id: anyNumber, name: anyText, api_key: anyText },
						...{ user_id: anyNumber, restricted_to_role_id: 0 },
					},
				},
			]);
			expect(options).toMatchObject({
				executionMode: 'trigger',
				parentWorkflowId: 'test',
				parentExecution: { executionId: 'test', workflowId: 'test', shouldResume: false },
			});
		}
	});

	test('with a recipient, it goes encrypted, and there is no note about clear text', async () => {
		const execution = await create(['A'], {
			parameters: { options: { recipientPublicKey: publicKey } },
		});
		expect(values()).toEqual([]);
		expect(at(calls(), 0).items[0]?.json).toMatchObject({ api_key_jwe: anyText });
		expect(only(execution)).not.toHaveProperty('api_key_jwe');
		expect(hintsOf(execution)).toEqual([]);
	});

	test('in clear text, one note says whose settings decide about copies', async () => {
		expect(hintsOf(await create(['A', 'B']))).toEqual([
			textWith('went to a sub-workflow in clear text. Its own settings decide'),
		]);
	});

	test('many items: paired, in order, each with its execution, as many at a time as wanted', async () => {
		const names = Array.from({ length: 9 }, (_, i) => `key ${i}`);
		let [most, under] = [0, 0];
		const waiting: Array<() => void> = [];
		store = async ({ name }) => {
			under += 1;
			most = Math.max(most, under);
			await new Promise<void>((resolve) => {
				waiting.push(resolve);
				// Nobody goes on before three are here: with fewer at a time, the run would never end.
				if (waiting.length === 3) for (const go of waiting.splice(0)) go();
			});
			under -= 1;
			return { path: `kv/${text(name)}` };
		};
		const execution = await create(names, { parameters: { options: { concurrency: 3 } } });
		const items = execution.items('DigiCert');
		expect(items.map(({ json }) => json.hand_over)).toEqual(
			names.map((name) => ({ path: `kv/${name}` })),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })));
		const executions = items.map(({ metadata }) => metadata?.subExecution);
		expect(new Set(executions.map((one) => one?.executionId)).size).toBe(9);
		expect(executions.every((one) => one?.workflowId === CHILD)).toBe(true);
		expect(most).toBe(3);
		const [task] = execution.run.data.resultData.runData.DigiCert ?? [];
		expect(task?.metadata).toMatchObject({ subExecutionsCount: 9 });
	});

	test('items of one run may go different ways', async () => {
		const execution = await lab.createUserKeys(
			[
				{ ...lab.item('A'), to: 'workflow' },
				{ ...lab.item('B'), to: 'output' },
			],
			{ parameters: handOver({ deliverTo: '={{ $json.to }}' }) },
		);
		const [one, other] = jsonsOf(execution);
		expect(execution.error?.message).toBeUndefined();
		expect(one).toMatchObject({ name: 'A', handed_over: true });
		expect(other).toMatchObject({ name: 'B', api_key: anyText });
		expect(other).not.toHaveProperty('handed_over');
		expect(calls()).toHaveLength(1);
	});

	test('If Name Exists: an existing key is not handed over again, nor one asked for twice', async () => {
		const options = { ifNameExists: 'skip' };
		await create(['A'], { parameters: { options } });
		const again = await create(['A', 'B', 'B'], { parameters: { options } });
		expect(jsonsOf(again)).toMatchObject([
			{ name: 'A', skipped: true },
			{ name: 'B', handed_over: true },
			{ name: 'B', skipped: true },
		]);
		expect(calls()).toHaveLength(2);
		expect(lab.created()).toHaveLength(2);
	});
});

describe("what the sub-workflow's last node puts out", () => {
	const codesOf = (value: string) => ({
		whole: value,
		text: `stored ${value} at kv`,
		upper: value.toUpperCase(),
		part: `begins with ${value.slice(0, 20)}…`,
		base64: Buffer.from(`user:${value}`).toString('base64'),
		url: `kv/${Buffer.from(value).toString('base64url')}`,
		hex: Buffer.from(value).toString('hex'),
		bytes: [...Buffer.from(value)],
		binary: Buffer.from(value),
		[value]: 'as a name',
		deep: [{ in: { [`x-${value}`]: [value] } }],
	});

	test('is put out without the key, wherever and however it stands in it', async () => {
		store = ({ api_key: value, ...rest }) => ({
			...codesOf(text(value)),
			...rest,
			at: new Date(0),
			n: 1,
			none: null,
			list: [1, 2, 'x'],
		});
		const json = record(only(await create(['A'])).hand_over);
		expect(json).toMatchObject({
			...{ whole: '[API key]', text: 'stored [API key] at kv', upper: '[API key]' },
			...{ part: 'begins with [API key]…', base64: '[API key]', url: '[API key]' },
			...{ hex: '[API key]', bytes: '[API key]', binary: '[binary]', '[API key]': 'as a name' },
			deep: [{ in: { 'x-[API key]': ['[API key]'] } }],
			...{ at: '1970-01-01T00:00:00.000Z', n: 1, none: null, list: [1, 2, 'x'], name: 'A' },
		});
		expect(json.id).toEqual(anyNumber);
	});

	test('the whole item that was handed over comes back without the key', async () => {
		store = (json) => json;
		expect(only(await create(['A'])).hand_over).toMatchObject({ api_key: '[API key]', name: 'A' });
	});

	test('a node that changes the item in place changes nothing here', async () => {
		store = (json) => {
			const copy = text(record(json.api_key).api_key);
			json.api_key = 'changed';
			delete json.account_id;
			return { copy };
		};
		const parameters = { subaccountName: 'ACME', name: 'First', emergencyContactEmails: '' };
		const execution = await perform(['subaccount', 'create'], [{}], { parameters });
		expect(only(execution)).toMatchObject({
			account_id: anyNumber,
			hand_over: { copy: '[API key]' },
		});
	});

	test('a short value is taken out as a whole', async () => {
		lab.fault(answering(201, { id: 7, api_key: 'short-1' }));
		store = (json) => ({ said: `it is ${text(json.api_key)}, not short-2` });
		expect(only(await create(['A'])).hand_over).toEqual({ said: 'it is [API key], not short-2' });
	});

	test('several items become a list', async () => {
		store = () => [{ copy: 1 }, { copy: 2 }];
		expect(only(await create(['A'])).hand_over).toEqual([{ copy: 1 }, { copy: 2 }]);
	});

	test('what is nested too deep, or goes round in circles, is cut', async () => {
		store = () => {
			const circle: IDataObject = { name: 'circle' };
			return Object.assign(circle, { circle });
		};
		expect(textOf(only(await create(['A'])).hand_over)).toContain('[nested too deep]');
	});

	test('what cannot be read costs no key: the error says that it is stored', async () => {
		store = () =>
			Object.defineProperty({}, 'x', {
				enumerable: true,
				get() {
					throw new TypeError('unreadable');
				},
			});
		const id = await oneOld();
		const error = itemError(await rotate([id], CONTINUE));
		expect(error.message).toContain('after the sub-workflow had stored key');
		expect(error.keys).toMatchObject([{ id: newest().id, state: 'handed_over' }]);
		expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
	});
});

/** Ways in which a sub-workflow can fail, what is said of them, and whether there is an execution. */
const FAILURES: ReadonlyArray<
	readonly [name: string, prepare: () => NodeSetup, found: string, hasExecution: boolean]
> = [
	['fails', () => ((store = failWith('The store is sealed')), {}), 'The store is sealed', true],
	[
		'fails with the key in its words',
		() => {
			store = ({ api_key: value }) => {
				throw new Error(`HTTP 400: {"data":{"api_key":"${text(value)}"}} ${text(value).slice(3)}`);
			};
			return {};
		},
		'[API key]',
		true,
	],
	['fails without a word', () => ((store = failWith('')), {}), 'It ended with: ', true],
	[
		'waits',
		() => {
			store = async (json, context) => {
				await context.putExecutionToWait(new Date(Date.now() + 60_000));
				return json;
			};
			return {};
		},
		'It waits for something. See execution sub 1 of it.',
		true,
	],
	['answers nothing', () => ((store = () => []), {}), 'It ended without an item.', true],
	[
		'ends before its last node',
		() => {
			lab.engine.subWorkflows.add(CHILD, child({}, { disabled: true, type: 'test.nobody' }));
			return {};
		},
		'',
		true,
	],
	[
		'puts an error out as an item, as nodes do that go on after errors',
		() => {
			const last = { onError: 'continueRegularOutput' } as const;
			lab.engine.subWorkflows.add(CHILD, child({}, last));
			store = () => ({ error: 'HTTP 503 from the store' });
			return {};
		},
		'HTTP 503 from the store',
		true,
	],
	[
		'goes on after an error of its last node',
		() => {
			lab.engine.subWorkflows.add(CHILD, child({}, { onError: 'continueErrorOutput' }));
			store = () => ({ error: { message: 'no', description: 'Permission denied' } });
			return {};
		},
		'no. Permission denied',
		true,
	],
	[
		'is missing',
		() => ({ parameters: { handOverWorkflow: byId('deleted') } }),
		'Workflow does not exist. n8n names no execution of it',
		false,
	],
	[
		'has nothing to start with',
		() => {
			lab.engine.subWorkflows.add(CHILD, { nodes: [], connections: {} });
			return {};
		},
		'Missing node to start execution',
		false,
	],
	[
		'is not published',
		() => {
			lab.engine.subWorkflows.add(CHILD, child({ published: false }));
			return { mode: 'trigger' };
		},
		'Workflow is not active and cannot be executed. n8n names no execution of it',
		false,
	],
	[
		'may not be called',
		() => {
			const settings = { callerPolicy: 'workflowsFromAList', callerIds: 'other' } as const;
			lab.engine.subWorkflows.add(CHILD, child({ settings }));
			return {};
		},
		'cannot be called by this workflow. Its settings allow other callers only.',
		true,
	],
	[
		'stops by time-out',
		() => {
			lab.engine.subWorkflows.add(CHILD, child({ timeoutMs: -1 }));
			return {};
		},
		'It ended with: ',
		true,
	],
];

function failWith(words: string): Store {
	return () => {
		throw new Error(words);
	};
}

describe.each(FAILURES)('a sub-workflow that %s', (_, prepare, found, hasExecution) => {
	test.each(['continueErrorOutput', 'continueRegularOutput'] as const)(
		'%s: a rotation keeps both keys, and the error says so',
		async (onError) => {
			const id = await oneOld();
			const setup = prepare();
			const execution = await rotate([id], { ...setup, settings: { onError } });
			const error = itemError(execution);
			expect(error.message).toContain('The sub-workflow did not take the API key over');
			expect(error.message).toContain(`key ${newest().id} of this item is kept`);
			expect(error.description).toContain(found);
			expect(error.description).toContain('The store may hold the new key all the same.');
			expect(error.description).toContain(`The old key, ${id}, was not touched`);
			expect(error.keys).toMatchObject([{ id: newest().id, state: 'live' }]);
			expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
			expect(execution.status).toBe('success');
			expect(execution.run.waitTill).toBeFalsy();

			const item = at(execution.items('DigiCert', onError === 'continueErrorOutput' ? 1 : 0), 0);
			const [task] = execution.run.data.resultData.runData.DigiCert ?? [];
			const link = hasExecution ? { executionId: 'sub 1', workflowId: CHILD } : undefined;
			expect(item.metadata?.subExecution).toEqual(link);
			expect(task?.metadata?.subExecution).toEqual(link);
			expect(task?.metadata?.waitingChildExecutionIds).toBeUndefined();
			if (hasExecution) expect(error.description).toContain('See execution sub 1 of it.');
		},
	);

	test('stop: one error, the old key works, nothing else is put out', async () => {
		const id = await oneOld();
		const execution = await rotate([id], prepare());
		const error = errorOf(execution);
		expect(error.message).toContain('is kept');
		expect(error.description).toContain(found);
		expect(error.keys).toMatchObject([{ id: newest().id, state: 'live' }]);
		expect(execution.items('DigiCert')).toEqual([]);
		expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
		expect(execution.run.waitTill).toBeFalsy();
	});

	test('a creation switches the new key off', async () => {
		const execution = await create(['A'], { ...prepare(), ...CONTINUE });
		expect(itemError(execution).keys).toMatchObject([{ id: newest().id, state: 'switched_off' }]);
		expect(lab.statuses()).toEqual(['revoked']);
	});
});

describe('If Hand-Over Fails', () => {
	beforeEach(() => {
		store = failWith('The store is sealed');
	});

	test.each([
		['create', 'switchOffNew', {}, 'switched_off'],
		['create', 'keepNew', {}, 'live'],
		['create', 'keepNew', CONTINUE, 'live'],
		['rotate', 'keepBoth', {}, 'live'],
		['rotate', 'switchOffNew', {}, 'switched_off'],
		['rotate', 'switchOffNew', CONTINUE, 'switched_off'],
	] as const)('%s with %s (%j): the new key is %s', async (operation, value, setup, state) => {
		const given = { ...setup, parameters: { handOverFailed: value } };
		const old = operation === 'rotate' ? await oneOld() : undefined;
		const execution = old === undefined ? await create(['A'], given) : await rotate([old], given);
		const { keys } = 'settings' in setup ? itemError(execution) : errorOf(execution);
		expect(keys).toMatchObject([{ id: newest().id, state }]);
		expect(newest().status).toBe(state === 'live' ? 'active' : 'revoked');
		if (old !== undefined) expect(statusOf(old)).toBe('active');
	});

	test('it is switched off even without Roll Back, because that was asked for', async () => {
		await create(['A'], {
			parameters: { handOverFailed: 'switchOffNew', options: { rollback: false } },
		});
		expect(lab.statuses()).toEqual(['revoked']);
	});

	test('a new key that cannot be switched off is named as live, with what the store may hold', async () => {
		lab.fault(faults.errorBefore(), { ...PUT, ...ALWAYS });
		const error = itemError(await create(['A'], CONTINUE));
		expect(error.message).toContain(`key ${newest().id} of this item may still be live`);
		expect(error.description).toContain('The store may hold the new key all the same.');
		expect(error.description).toContain('Switching it off did not work');
		expect(error.keys).toMatchObject([{ id: newest().id, state: 'live' }]);
	});

	test("a new key whose ID DigiCert's answer does not tell stays named by its name", async () => {
		lab.fault(answering(201, { api_key: 'x'.repeat(40) }));
		const execution = await create(['A'], {
			...CONTINUE,
			parameters: { handOverFailed: 'keepNew' },
		});
		expect(itemError(execution).keys).toMatchObject([{ id: null, name: 'A', state: 'live' }]);
	});
});

describe('After Hand-Over', () => {
	test.each([
		['switchOffOld', 'revoked'],
		['keepOld', 'active'],
	])('%s: the old key is %s, and the output says so', async (afterHandOver, status) => {
		const id = await oneOld();
		const json = only(await rotate([id], { parameters: { afterHandOver } }));
		expect(json).toMatchObject({ replaces: { id, status }, handed_over: true });
		expect(json.replaces).not.toHaveProperty('kept');
		expect([statusOf(id), newest().status]).toEqual([status, 'active']);
	});

	test('the old key works until the sub-workflow has ended', async () => {
		const id = await oneOld();
		const seen: string[] = [];
		store = () => {
			seen.push(statusOf(id));
			return {};
		};
		await rotate([id]);
		expect([...seen, statusOf(id)]).toEqual(['active', 'revoked']);
	});

	const trial = { method: 'GET', path: '/user/me' };

	test('Verify that goes well: the item says so, and the old key is switched off', async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const made = only(await lab.createUserKeys([{ user, name: 'old' }]));
		const options = { verify: true };
		const json = only(await rotate([Number(made.id)], { parameters: { options } }));
		expect(json).toMatchObject({ verified: true, replaces: { status: 'revoked' } });
		expect(at(calls(), 0).items[0]?.json).toMatchObject({ verified: true });
	});

	test.each([
		['refused', faults.forbiddenInvalidKey()],
		['broken', faults.dropBefore()],
	])('a trial that is %s: handed over all the same, and the old key stays', async (_, fault) => {
		const id = await oneOld();
		lab.fault(fault, { match: trial, ...ALWAYS });
		// The own-key guard asks for the same page.
		const options = { verify: true, allowOwnKey: true };
		const json = only(await rotate([id], { parameters: { options } }));
		expect(json).toMatchObject({ verified: false, handed_over: true, verification: anyText });
		expect(json.replaces).toMatchObject({
			...{ id, status: 'active' },
			kept: 'The trial of the new key did not go well',
		});
		expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
	});

	test('an old key that cannot be switched off: the output and a note say so', async () => {
		const id = await oneOld();
		lab.fault(faults.errorBefore(), { ...PUT, ...ALWAYS });
		const execution = await rotate([id], CONTINUE);
		const [json] = jsonsOf(execution);
		expect(json).toMatchObject({
			handed_over: true,
			replaces: { id, status: 'active', kept: textWith('Switching it off did not work. DigiCert') },
		});
		expect(hintsOf(execution)).toContainEqual(textWith(`key ${id}, may still be live`));
		expect(newest().status).toBe('active');
	});

	test('the same when another item stops the workflow: the error names the old key', async () => {
		const [one, other] = idsOf(await makeKeys(2, 'createUserKeys'));
		lab.fault(faults.errorBefore(), { match: { method: 'PUT', path: `/key/${one}/` }, ...ALWAYS });
		store = ({ name }) => {
			if (name === 'old 1') throw new Error('sealed');
			return {};
		};
		const options = { concurrency: 1 };
		const error = errorOf(await rotate([Number(one), Number(other)], { parameters: { options } }));
		expect(error.description).toContain(
			`Old keys that may still be live, although their successors are stored: ${one}.`,
		);
		expect(error.keys.map(({ state }) => state)).toEqual(['handed_over', 'live']);
	});
});

describe("the credential's own key", () => {
	const own = () => lab.seeded('Administrator').id;

	/** Leaves the credential's user no other live key. */
	beforeEach(async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const keys = lab.sandbox.keys(
			({ api, instance, ownerId, status, id }) =>
				api === 'certcentral' &&
				instance === 'us' &&
				ownerId === user &&
				status === 'active' &&
				id !== own(),
		);
		const items = keys.map(({ id }) => ({ key: id }));
		const parameters = { keyId: byId('={{ $json.key }}'), options: { allowOwnKey: true } };
		await lab.perform('userApiKey', 'revoke', items, { parameters });
	});

	test.each([
		['userApiKey', 'Administrator'],
		['subaccountApiKey', 'Parent key'],
	])('%s: is not rotated when the old one would be switched off', async (resource, name) => {
		const { id } = lab.seeded(name);
		const error = errorOf(await rotate([id], {}, resource));
		expect(error.message).toContain('the API key of the credential itself');
		expect(lab.creations()).toEqual([]);
		expect(calls()).toEqual([]);
	});

	test.each([{ afterHandOver: 'keepOld' }, { options: { allowOwnKey: true } }])(
		'is rotated with %j',
		async (parameters) => {
			expect(only(await rotate([own()], { parameters }))).toMatchObject({ handed_over: true });
		},
	);

	test("not all live keys of the credential's user are switched off in one run", async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const second = Number(only(await lab.createUserKeys([{ user, name: 'second' }])).id);
		const before = lab.creations().length;
		const stopped = errorOf(await rotate([own(), second]));
		expect(stopped.message).toContain('the API key of the credential itself');
		expect(stopped.description).toContain('all live keys');
		expect(lab.creations()).toHaveLength(before);

		const execution = await rotate([own(), second], CONTINUE);
		expect(jsonsOf(execution)).toHaveLength(1);
		expect(itemErrors(execution)).toHaveLength(1);
		expect([statusOf(own()), statusOf(second)].sort()).toEqual(['active', 'revoked']);
	});
});

describe('a workflow that stops', () => {
	test('keeps what was handed over, switches the rest off, and names all', async () => {
		const names = Array.from({ length: 12 }, (_, i) => `key ${i}`);
		store = ({ name }) => {
			if (name === 'key 5') throw new Error('The store is sealed');
			return { stored: true };
		};
		const execution = await create(names, { parameters: { options: { concurrency: 1 } } });
		const error = errorOf(execution);
		expect(error.itemIndex).toBe(5);
		expect(error.message).toContain('was switched off again');
		expect(error.keys.map(({ state }) => state)).toEqual([
			...Array.from({ length: 5 }, () => 'handed_over'),
			...Array.from({ length: 7 }, () => 'switched_off'),
		]);
		expect(error.description).toContain('Stored by the sub-workflow, and live: ');
		const live = lab.created().filter(({ status }) => status === 'active');
		expect(live.map(({ id }) => id)).toEqual(error.keys.slice(0, 5).map(({ id }) => id));
		expect(calls()).toHaveLength(6);
	});

	test('the same with many at a time: every key is stored and live, or switched off', async () => {
		const names = Array.from({ length: 30 }, (_, i) => `key ${i}`);
		store = ({ name }) => {
			if (name === 'key 7') throw new Error('The store is sealed');
			return { stored: true };
		};
		const { keys } = errorOf(await create(names, { parameters: { options: { concurrency: 8 } } }));
		expect(keys).toHaveLength(30);
		for (const { id, state } of keys) {
			expect(statusOf(Number(id))).toBe(state === 'handed_over' ? 'active' : 'revoked');
		}
		expect(keys.filter(({ state }) => state === 'handed_over')).toHaveLength(calls().length - 1);
	});

	test('a rotation: old keys stay where the new one is not stored', async () => {
		const olds = idsOf(await makeKeys(6, 'createUserKeys'));
		store = ({ name }) => {
			if (name === 'old 3') throw new Error('The store is sealed');
			return { stored: true };
		};
		const parameters = { options: { concurrency: 1 } };
		const error = errorOf(await rotate(olds, { parameters }));
		expect(error.keys.map(({ state }) => state)).toEqual([
			...['handed_over', 'handed_over', 'handed_over'],
			...['live', 'switched_off', 'switched_off'],
		]);
		expect(olds.map(statusOf)).toEqual([
			...['revoked', 'revoked', 'revoked'],
			...['active', 'active', 'active'],
		]);
	});

	test('a refused creation hands nothing over', async () => {
		lab.fault(answering(400, {}), { match: { method: 'POST', name: 'B' } });
		const parameters = { options: { concurrency: 1 } };
		errorOf(await create(['A', 'B', 'C'], { parameters }));
		expect(calls()).toEqual([]);
		expect(lab.statuses()).toEqual(['revoked']);
	});

	test('Retry On Fail stays refused', async () => {
		const error = errorOf(await create(['A'], { settings: { retryOnFail: true } }));
		expect(error.message).toContain("'Retry On Fail' cannot be used");
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('Retry On Fail with continue: nothing is created or handed over twice', async () => {
		store = failWith('sealed');
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		await create(['A'], { settings: { ...settings, ...CONTINUE.settings } });
		expect([lab.creations().length, calls().length]).toEqual([1, 1]);
	});
});

describe('a cancelled execution', () => {
	/** A store whose keys are held until they are let go. */
	function holding() {
		const held: Array<() => void> = [];
		store = async () => {
			await new Promise<void>((resolve) => held.push(resolve));
			return { stored: true };
		};
		return { held, letGo: () => held.splice(0).forEach((go) => go()) };
	}

	async function until(isSo: () => boolean): Promise<void> {
		while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
	}

	/** What the node logged, because n8n shows nothing of a cancelled run. */
	const losses = () =>
		lab.log
			.flatMap((entry) => list(entry))
			.filter((one) => typeof one === 'string')
			.filter((line) => line.startsWith('The execution was cancelled while the node'));

	test('before: nothing is handed over, and all keys are switched off', async () => {
		lab.fault(faults.slow(100), { match: { method: 'POST' }, ...ALWAYS });
		await create(['A', 'B'], { onStart: cancelWhen(() => lab.creations().length > 0) });
		expect(calls()).toEqual([]);
		expect(lab.statuses()).not.toContain('active');
	});

	test('during: the sub-workflow goes on, its keys are named, and the others are switched off', async () => {
		const olds = idsOf(await makeKeys(6, 'createUserKeys'));
		const { held, letGo } = holding();
		await rotate(olds, {
			parameters: { options: { concurrency: 2 } },
			onStart: cancelWhen(() => held.length === 2),
		});
		// It has not ended, and yet all is settled and told.
		const successors = () => lab.created().slice(olds.length);
		const states = () => successors().map(({ status }) => status);
		await until(() => losses().length === 1);
		expect(states().filter((status) => status === 'active')).toHaveLength(2);
		expect(olds.map(statusOf)).toEqual(olds.map(() => 'active'));
		const inHand = successors().filter(({ status }) => status === 'active');
		expect(textOf(losses())).toContain(`unless they are stored: `);
		for (const { id } of inHand) expect(textOf(losses())).toContain(String(id));

		letGo();
		await until(() => losses().length === 2);
		expect(states().filter((status) => status === 'active')).toHaveLength(2);
		expect(olds.map(statusOf).filter((status) => status === 'revoked')).toHaveLength(2);
		expect(textOf(losses()[1])).toContain('Stored by the sub-workflow, and live: ');
		expect(calls()).toHaveLength(2);
	});

	test('during, and then the sub-workflow fails: as without a cancel', async () => {
		let fail: () => void = () => undefined;
		store = async () =>
			await new Promise((_, reject) => {
				fail = () => {
					reject(new Error('sealed'));
				};
			});
		await create(['A'], { onStart: cancelWhen(() => calls().length === 1) });
		await until(() => losses().length === 1);
		expect(lab.statuses()).toEqual(['active']);
		fail();
		await until(() => losses().length === 2);
		expect(lab.statuses()).toEqual(['revoked']);
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
		const stopped = errorOf(await create(['A', 'B'], { parameters }));
		expect(stopped.message).toBe(message);
		expect(stopped.description).not.toBe('');
		const execution = await create(['A'], { parameters, ...CONTINUE });
		expect(itemError(execution).message).toBe(message);
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

	test('an ID that is a number is one', async () => {
		lab.engine.subWorkflows.add('12', child());
		const parameters = { handOverWorkflow: byId('={{ 12 }}') };
		expect(only(await create(['A'], { parameters }))).toMatchObject({ handed_over: true });
	});
});

describe.each(agentWays)('an agent that %s', (way) => {
	const TOOL = 'n8n-nodes-digicert.digiCertTool';
	beforeAll(() => {
		const { nodeTypes } = lab.engine;
		nodeTypes.add(TOOL, toolType(plainType(nodeTypes.getByName('n8n-nodes-digicert.digiCert'))));
		nodeTypes.add(
			`test.${way}`,
			agentType(way, { name: 'By a model', to: 'workflow', child: CHILD, deliver: 'output' }),
		);
	});

	async function call(parameters: Record<string, unknown>): Promise<string> {
		const { us } = lab.sandbox.certCentral;
		const type = 'digiCertCertCentralApi';
		const credential = await lab.engine.credentials.store(type, {
			...{ apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
		});
		const given = toParameters({
			...{ resource: 'userApiKey', operation: 'create', options: {}, restrictedToRoleId: 0 },
			...{ userId: byId(us.users.person), name: "={{ $fromAI('name', '', 'string') }}" },
			...handOver(),
			...parameters,
		});
		const credentials = { [type]: credential };
		const execution = await lab.run(
			agentWorkflow(`test.${way}`, { type: TOOL, credentials, parameters: given }),
		);
		expectNoValue(execution);
		const answer = execution.items('Agent')[0]?.json.answer ?? execution.error?.message;
		return text(answer);
	}

	test("hands over to the author's workflow, and the model sees no key", async () => {
		store = (json) => json;
		const answer = await call({});
		expect(answer).toContain('"handed_over":true');
		expect(answer).toContain('[API key]');
		expect(lab.statuses()).toEqual(['active']);
		expect(calls()).toHaveLength(1);
	});

	test('a hand-over that fails reads as one', async () => {
		store = failWith('sealed');
		expect(await call({})).toContain('did not take the API key over');
		expect(lab.statuses()).toEqual(['revoked']);
	});

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

describe('a rotation of 50 keys with a store that fails for every third', () => {
	/** Whether DigiCert takes a key, asked for as its owner would. */
	async function works(value: string): Promise<boolean> {
		const { baseUrl } = lab.sandbox.certCentral.us;
		const headers = { 'X-DC-DEVKEY': value, accept: 'application/json' };
		const reply = await fetch(`${baseUrl}/user/me`, { headers });
		await reply.arrayBuffer();
		return reply.status === 200;
	}

	test.each([
		['before it has stored', 'keepBoth', false, 'continueErrorOutput'],
		['after it has stored', 'keepBoth', true, 'continueErrorOutput'],
		['after it has stored', 'switchOffNew', true, 'continueErrorOutput'],
		['after it has stored', 'keepBoth', true, 'stopWorkflow'],
	] as const)(
		'%s, with %s (stored: %s, %s): all owners can work at every moment',
		async (_, handOverFailed, storesAll, onError) => {
			const user = lab.sandbox.certCentral.us.users.administrator;
			const owners = Array.from({ length: 50 }, (__, i) => `owner ${i}`);
			const made = jsonsOf(await lab.createUserKeys(owners.map((name) => ({ user, name }))));
			const stored = new Map(made.map(({ name, api_key }) => [text(name), text(api_key)]));
			const isThird = (name: string) => Number(name.slice(6)) % 3 === 2;
			store = ({ name, api_key }) => {
				const owner = text(name);
				if (!isThird(owner) || storesAll) stored.set(owner, text(api_key));
				if (isThird(owner)) throw new Error('HTTP 503 from the store');
				return { stored: owner };
			};

			const refused = new Set<string>();
			let uses = 0;
			let isOver = false;
			const work = async (owner: string) => {
				do {
					// A refusal counts when the store held the same value before and after the call: an owner
					// reads the store again before it gives up.
					const value = present(stored.get(owner));
					uses += 1;
					if (!(await works(value)) && stored.get(owner) === value) refused.add(owner);
					await new Promise((resolve) => setTimeout(resolve, 5));
				} while (!isOver);
			};
			const working = Promise.all(owners.map(work));
			const execution = await rotate(
				made.map(({ id }) => Number(id)),
				{ settings: { onError }, parameters: { handOverFailed } },
			);
			isOver = true;
			await working;
			await Promise.all(owners.map(work));

			const errors = itemErrors(execution);
			const { keys } =
				onError === 'stopWorkflow' ? errorOf(execution) : { keys: errors.flatMap((e) => e.keys) };
			const offByName = keys
				.filter(({ state }) => state === 'switched_off')
				.map(({ name }) => name);
			expect([...refused].filter((owner) => !offByName.includes(owner))).toEqual([]);
			expect(uses).toBeGreaterThan(100);
			if (handOverFailed === 'keepBoth') expect(refused.size).toBe(0);
			if (onError === 'stopWorkflow') return;
			expect(jsonsOf(execution)).toHaveLength(34);
			expect(errors).toHaveLength(16);
			expect(refused.size).toBe(handOverFailed === 'switchOffNew' ? 16 : 0);
			const live = lab.created().filter(({ status }) => status === 'active');
			expect(live).toHaveLength(handOverFailed === 'keepBoth' ? 34 + 2 * 16 : 34 + 16);
		},
		60_000,
	);
});
