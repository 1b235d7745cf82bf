import { listIds } from '../../../dist/nodes/DigiCert/errors/failure.js';
import { faults } from '../../../sandbox/index.mts';
import { breakDown } from '../../support/breakDown.mts';
import { CONTINUE, failWith, until, useHandOver } from '../../support/handOver.mts';
import { ALWAYS, answering, cancelWhen, POST, PUT, useLab } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { ExecuteContext } from '../../support/n8n.mts';
import { textOf } from '../../support/secrets.mts';
import { cancelsIn, errorOf } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const { calls, create, makeKeys, rotate, statusOf } = hand;

describe('a workflow that stops', () => {
	test('keeps what was handed over, switches the rest off, and names all', async () => {
		const names = Array.from({ length: 6 }, (_, i) => `key ${i}`);
		hand.store = ({ name }) => {
			if (name === 'key 2') throw new Error('The store is sealed');
			return { stored: true };
		};
		const execution = await create(names, { parameters: { options: { concurrency: 1 } } });
		const error = errorOf(execution);
		expect(error.itemIndex).toBe(2);
		expect(error.message).toContain('was switched off again');
		expect(error.description).not.toContain('To keep keys when another item fails');
		expect(error.keys.map(({ state }) => state)).toEqual([
			...['handed_over', 'handed_over'],
			...['switched_off', 'switched_off', 'switched_off', 'switched_off'],
		]);
		expect(error.description).toContain('Stored by the sub-workflow, and live: ');
		expect(lab.live().map(({ id }) => id)).toEqual(error.keys.slice(0, 2).map(({ id }) => id));
		expect(calls()).toHaveLength(3);
	});

	test('the same with many at a time: every key is stored and live, or switched off', async () => {
		const names = Array.from({ length: 12 }, (_, i) => `key ${i}`);
		hand.store = ({ name }) => {
			if (name === 'key 5') throw new Error('The store is sealed');
			return { stored: true };
		};
		const { keys } = errorOf(await create(names, { parameters: { options: { concurrency: 4 } } }));
		expect(keys).toHaveLength(12);
		for (const { id, state } of keys) {
			expect(statusOf(Number(id))).toBe(state === 'handed_over' ? 'active' : 'revoked');
		}
		expect(keys.filter(({ state }) => state === 'handed_over')).toHaveLength(calls().length - 1);
	});

	test('another hand-over that failed is told by what happened, and its key with all keys', async () => {
		hand.store = () => {
			throw new Error('The store is sealed');
		};
		const { description } = errorOf(await create(['A', 'B']));
		expect(description).toContain('\nItem 1: The sub-workflow did not take the API key over. ');
		const id = String(lab.created()[1]?.id);
		expect(description).toContain(`Switched off again, because nobody receives them: ${id}.`);
	});

	test('with Roll Back off: a key that was not handed over is told with the true reason', async () => {
		lab.fault(answering(400, {}), { match: { name: 'B' }, delayMs: 50 });
		const { description } = errorOf(
			await create(['A', 'B'], { parameters: { options: { rollback: false } } }),
		);
		expect(description).toContain('Item 0: The run stopped because of another item, and key');
	});

	test('a rotation: old keys stay where the new one is not stored', async () => {
		const olds = await makeKeys(6);
		hand.store = ({ name }) => {
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
		expect(error.description).toContain(
			`Old keys switched off, because their successors are stored: ${listIds(olds.slice(0, 3))}.`,
		);
		expect(error.keys.map(({ replaces }) => replaces)).toEqual([
			...olds.slice(0, 3).map((id) => ({ id, state: 'switched_off' })),
			...[undefined, undefined, undefined],
		]);
	});

	test('a rotation: an old key that was kept, or would not go, is told', async () => {
		const [kept = 0, left = 0, last = 0] = await makeKeys(3);
		lab.fault(faults.errorsAsObject(), { match: { path: `/key/${left}/status` } });
		lab.fault(answering(403, {}), { match: { path: '/user/me' } });
		hand.store = ({ name }) => {
			if (name === 'old 2') throw new Error('The store is sealed');
			return { stored: true };
		};
		const { description, keys } = errorOf(
			await rotate([kept, left, last], {
				parameters: { options: { concurrency: 1, verify: true, allowOwnKey: true } },
			}),
		);
		expect(description).toContain(
			`Old keys that were kept, and their successors are stored: ${kept}.`,
		);
		expect(description).toContain(
			`Old keys that may still be live, although their successors are stored: ${left}.`,
		);
		expect(keys.map(({ replaces }) => replaces)).toEqual([
			{ id: kept, state: 'kept' },
			{ id: left, state: 'may_be_live' },
			undefined,
		]);
	});

	test('a key for the output is switched off as well: its item is not put out', async () => {
		hand.store = failWith('sealed');
		const { keys } = errorOf(
			await create(['A', 'B'], {
				parameters: {
					...{ deliverTo: "={{ $json.name === 'A' ? 'output' : 'workflow' }}" },
					...{ handOverFailed: 'keepNew', options: { concurrency: 1 } },
				},
			}),
		);
		expect(keys.map(({ state }) => state)).toEqual(['switched_off', 'live']);
		expect(lab.statuses()).toEqual(['revoked', 'active']);
	});

	test('a refused creation hands nothing over', async () => {
		lab.fault(answering(400, {}), { match: { method: 'POST', name: 'B' } });
		const parameters = { options: { concurrency: 1 } };
		errorOf(await create(['A', 'B', 'C'], { parameters }));
		expect(calls()).toEqual([]);
		expect(lab.statuses()).toEqual(['revoked']);
	});

	test('Retry On Fail with continue: nothing is created or handed over twice', async () => {
		hand.store = failWith('sealed');
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		await create(['A'], { settings: { ...settings, ...CONTINUE.settings } });
		expect([lab.creations().length, calls().length]).toEqual([1, 1]);
	});
});

describe('a cancelled execution', () => {
	/** A store whose keys are held until they are let go. */
	function holding() {
		const held: (() => void)[] = [];
		hand.store = async () => {
			await new Promise<void>((resolve) => held.push(resolve));
			return { stored: true };
		};
		return {
			held,
			letGo: () => {
				for (const go of held.splice(0)) go();
			},
		};
	}

	const losses = () => cancelsIn(lab.log).map(({ line }) => line);

	test('before: nothing is handed over, and all keys are switched off', async () => {
		lab.fault(faults.slow(100), { ...POST, ...ALWAYS });
		await create(['A', 'B'], { onStart: cancelWhen(() => lab.creations().length > 0) });
		expect(calls()).toEqual([]);
		expect(lab.statuses()).not.toContain('active');
	});

	test('during: the sub-workflow goes on, its keys are named, and the others are switched off', async () => {
		const olds = await makeKeys(6);
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
		expect(textOf(losses())).toContain(
			'a sub-workflow was called with them, so look into the store before you revoke them: ',
		);
		expect(textOf(losses())).not.toContain('so revoke them');
		expect(textOf(losses())).not.toContain('switches keys off now');
		for (const { id } of inHand) expect(textOf(losses())).toContain(String(id));

		letGo();
		await until(() => losses().length === 2);
		expect(states().filter((status) => status === 'active')).toHaveLength(2);
		expect(olds.map(statusOf).filter((status) => status === 'revoked')).toHaveLength(2);
		expect(textOf(losses()[1])).toContain('Stored by the sub-workflow, and live: ');
		expect(calls()).toHaveLength(2);
	});

	test('during, and it ends while the others are being switched off: none of them failed', async () => {
		const { held, letGo } = holding();
		const puts = () => lab.sandbox.requests({ method: 'PUT' });
		lab.fault(faults.slow(600), { ...PUT, ...ALWAYS });
		const run = create(['A', 'B', 'C'], {
			parameters: { options: { concurrency: 1 } },
			onStart: cancelWhen(() => held.length === 1),
		});
		await until(() => puts().length > 0);
		letGo();
		await run;
		await until(() => textOf(losses()).includes('Switched off again'));
		expect(textOf(losses())).toContain('The node switches keys off now, and logs the result.');
		expect(textOf(losses())).not.toContain('did not work');
	});

	test('while a failed hand-over switches its key off: the run does not end before it has', async () => {
		hand.store = failWith('The store is sealed');
		lab.fault(faults.slow(300), PUT);
		await create(['A'], {
			...CONTINUE,
			onStart: cancelWhen(() => lab.sandbox.requests({ method: 'PUT' }).length === 1),
		});
		await until(() => losses().length > 0);
		expect(losses()).toHaveLength(1);
		expect(losses()[0]).toContain('Switched off again, because nobody receives them');
		expect(lab.sandbox.requests({ method: 'PUT' })).toHaveLength(1);
	});

	test('where n8n cannot tell of a cancel, the sub-workflows are waited for', async () => {
		const olds = await makeKeys(3);
		const broken = jest
			.spyOn(ExecuteContext.prototype, 'onExecutionCancellation')
			.mockImplementation(() => {
				throw new RangeError('broken');
			});
		hand.store = async () => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			return { stored: true };
		};
		await rotate(olds, { ...CONTINUE, parameters: { options: { concurrency: 1 } } });
		broken.mockRestore();
		expect(olds.map(statusOf)).toEqual(['revoked', 'revoked', 'revoked']);
		expect(lab.statuses().slice(olds.length)).toEqual(['active', 'active', 'active']);
	});

	test('during, and then the sub-workflow fails: as without a cancel', async () => {
		let fail: () => void = () => undefined;
		hand.store = async () =>
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

test('a report that breaks names what the store has', async () => {
	hand.store = ({ name }) => {
		if (name === 'B') throw new Error('full');
		return {};
	};
	breakDown('errors/failure.js', 'listIds');
	const execution = await create(['A', 'B'], { parameters: { options: { concurrency: 1 } } });
	expect(errorOf(execution).description).toContain('report this');
	const [a, b] = lab.created();
	expect(errorOf(execution).keys).toMatchObject([
		{ item: 0, id: a?.id, state: 'handed_over' },
		{ item: 1, id: b?.id },
	]);
});
