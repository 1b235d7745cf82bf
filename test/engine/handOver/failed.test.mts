import { faults } from '../../../sandbox/index.mts';
import { CHILD, child, CONTINUE, failAt, failWith, useHandOver } from '../../support/handOver.mts';
import {
	ALWAYS,
	answering,
	byId,
	changing,
	LIST,
	NO_KEYS,
	POST,
	PUT,
	useLab,
} from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { objectWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, present, text } from '../../support/read.mts';
import { errorOf, itemError, itemErrors } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const { create, newest, oneOld, rotate, statusOf } = hand;

/** Ways in which a sub-workflow can fail, what is said of them, and whether there is an execution. */
type Failure = readonly [
	name: string,
	prepare: () => NodeSetup,
	found: string,
	hasExecution: boolean,
];
const FAILURES: readonly Failure[] = [
	[
		'fails',
		() => ((hand.store = failWith('The store is sealed')), {}),
		'The store is sealed',
		true,
	],
	[
		'fails with the key in its words',
		() => {
			hand.store = ({ api_key: value }) => {
				throw new Error(`HTTP 400: {"data":{"api_key":"${text(value)}"}} ${text(value).slice(3)}`);
			};
			return {};
		},
		'HTTP 400: {"data":{"api_key":"[API key]"}} [hidden]',
		true,
	],
	['fails without a word', () => ((hand.store = failWith('')), {}), 'It ended with: ', true],
	[
		'waits',
		() => {
			hand.store = async (json, context) => {
				await context.putExecutionToWait(new Date(Date.now() + 60_000));
				return json;
			};
			return {};
		},
		'It waits for something. See execution sub 1 of it.',
		true,
	],
	['answers nothing', () => ((hand.store = () => []), {}), 'It ended without an item.', true],
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
			hand.store = () => ({ error: 'HTTP 503 from the store' });
			return {};
		},
		'HTTP 503 from the store',
		true,
	],
	[
		'goes on after an error of its last node',
		() => {
			lab.engine.subWorkflows.add(CHILD, child({}, { onError: 'continueErrorOutput' }));
			hand.store = () => ({ error: { message: 'no', description: 'Permission denied' } });
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

async function expectBothKept(
	onError: 'continueErrorOutput' | 'continueRegularOutput',
	[, prepare, found, hasExecution]: Failure,
): Promise<void> {
	const id = await oneOld();
	const setup = prepare();
	const execution = await rotate([id], { ...setup, settings: { onError } });
	const error = itemError(execution);
	expect(error.message).toContain('The sub-workflow did not take the API key over');
	expect(error.message).toContain(`key ${newest().id} of this item is kept`);
	expect(error.description).toContain(found);
	expect(error.description).toContain('The store may hold the new key all the same.');
	expect(error.description).toContain(`This item left the old key, ${id}, as it was.`);
	expect(error.keys).toMatchObject([{ id: newest().id, state: 'live' }]);
	expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
	expect(execution.status).toBe('success');
	expect(execution.run.waitTill).toBeFalsy();

	const item = at(execution.items('DigiCert', onError === 'continueErrorOutput' ? 1 : 0), 0);
	const [task] = execution.run.data.resultData.runData.DigiCert ?? [];
	const link = hasExecution ? { executionId: 'sub 1', workflowId: CHILD } : undefined;
	expect(item.metadata?.subExecution).toEqual(link);
	expect(task?.metadata?.subExecution).toEqual(link);
	expect(task?.metadata?.subExecutionsCount).toBe(hasExecution ? 1 : undefined);
	expect(task?.metadata?.waitingChildExecutionIds).toBeUndefined();
	if (hasExecution) expect(error.description).toContain('See execution sub 1 of it.');
}

test.each(FAILURES)(
	'a sub-workflow that %s: a rotation keeps both keys, and the error says so',
	async (...failure) => {
		await expectBothKept('continueErrorOutput', failure);
	},
);

const WAITS = present(FAILURES.find(([name]) => name === 'waits'));

test('the same in the regular output', async () => {
	await expectBothKept('continueRegularOutput', WAITS);
});

test('stop: one error, the old key works, nothing else is put out', async () => {
	const [, prepare, found] = WAITS;
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

describe('If Hand-Over Fails', () => {
	beforeEach(() => {
		hand.store = failWith('The store is sealed');
	});

	test.each([
		['create', 'switchOffNew', CONTINUE, 'switched_off'],
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

	test('and by the name as it was sent', async () => {
		lab.fault(faults.oddJsonAfter('noId'), POST);
		lab.fault(NO_KEYS, { ...LIST, ...ALWAYS });
		const options = { lostReply: 'revoke' };
		const { description } = itemError(
			await create(['A'], { ...CONTINUE, parameters: { options } }),
		);
		expect(newest().name).toMatch(/^A \[n8n /);
		expect(description).toContain(`It is named ${JSON.stringify(newest().name)} of user `);
	});
});

test('a key whose ID nobody told is not looked for among those that other items handed over', async () => {
	lab.fault(faults.oddJsonAfter('noId'), POST);
	hand.store = failAt(0, 'sealed');
	const parameters = { handOverFailed: 'switchOffNew', options: { concurrency: 1 } };
	const execution = await create(['A', 'A'], { parameters, ...CONTINUE });
	const [lost, stored] = lab.created();
	const { keys } = itemError(execution);
	expect(keys.map(({ id }) => id)).toEqual([lost?.id, null]);
	expect(stored?.status).toBe('active');
});

test('an ID that an earlier item has is not taken for that of another key', async () => {
	let first: unknown;
	lab.fault(
		changing((body) => ({ ...body, id: (first ??= body.id) })),
		{ ...POST, ...ALWAYS },
	);
	hand.store = failAt(1, 'sealed');
	const parameters = { handOverFailed: 'switchOffNew', options: { concurrency: 1 } };
	const execution = await create(['A', 'B'], { parameters, ...CONTINUE });
	expect(lab.created().map(({ status }) => status)).toEqual(['active', 'active']);
	expect(itemError(execution).keys).toContainEqual(
		objectWith({ id: null, name: 'B', state: 'live' }),
	);
});

test('many keys whose IDs nobody told are looked for together', async () => {
	lab.fault(faults.oddJsonAfter('noId'), { ...POST, ...ALWAYS });
	hand.store = failWith('sealed');
	const parameters = { handOverFailed: 'switchOffNew' };
	const names = Array.from({ length: 15 }, (_, i) => `key ${i}`);
	const errors = itemErrors(await create(names, { parameters, ...CONTINUE }));
	expect(errors).toHaveLength(15);
	expect(lab.sandbox.requests({ method: 'GET' }).length).toBeLessThanOrEqual(3);
});

test('a key whose ID nobody told, and that was tried, is named without it', async () => {
	await lab.createUserKeys([lab.item('A')]);
	lab.fault(faults.oddJsonAfter('noId'), POST);
	hand.store = failWith('sealed');
	const parameters = { handOverFailed: 'switchOffNew', options: { verify: true } };
	const { keys } = itemError(await create(['A'], { parameters, ...CONTINUE }));
	expect(keys.map(({ id, state }) => [id, state])).toContainEqual([null, 'live']);
});
