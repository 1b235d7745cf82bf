import type { IDataObject } from 'n8n-workflow';

import {
	CHILD,
	CONTINUE,
	failWith,
	handOver,
	publicKey,
	useHandOver,
} from '../../support/handOver.mts';
import { ISSUING } from '../../support/issuing.mts';
import { answering, byId, changing, useLab } from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { anyNumber, anyText, objectWith, textWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, present, record, text } from '../../support/read.mts';
import { textOf } from '../../support/secrets.mts';
import { hintsOf, itemError, jsonsOf, only } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const { calls, create, newest, oneOld, perform, rotate, statusOf, values } = hand;

describe('a key that is handed over', () => {
	/** What is put out of each. */
	const OUTPUTS: Record<string, () => object> = {
		'userApiKey.create': () => ({ name: 'A', user_id: anyNumber, restricted_to_role_id: 0 }),
		'subaccountApiKey.create': () => ({ name: 'A', status: 'active', account_id: anyNumber }),
		'userApiKey.rotate': () => ({
			...{ name: 'Standard user', user_id: anyNumber, restricted_to_role_id: anyNumber },
			replaces: objectWith({ id: lab.seeded('Standard user').id, status: 'revoked' }),
		}),
		'subaccountApiKey.rotate': () => ({
			...{ name: 'First customer key', account_id: anyNumber, status: 'active' },
			replaces: objectWith({ id: lab.seeded('First customer key').id, status: 'inactive' }),
		}),
		'serviceUser.create': () => ({
			...{ user_id: anyNumber, key_id: anyNumber, name: 'A', email: 'a@example.com' },
			restricted_to_role_id: 0,
		}),
		'subaccount.create': () => ({ account_id: anyNumber, name: 'ACME' }),
	};
	const OPERATIONS = Object.entries(ISSUING);
	/** Whether the output tells the key's ID. */
	const hasId = (name: string) => name.includes('ApiKey');
	const handedOver = async (name: string, setup: NodeSetup = {}) => {
		const [resource = '', operation = ''] = name.split('.');
		const { parameters, item } = present(ISSUING[name]);
		return await perform([resource, operation], [item(lab)], { parameters, ...setup });
	};

	test.each(OPERATIONS)('%s: goes to the sub-workflow, and is not in the output', async (name) => {
		const json = only(await handedOver(name));
		expect(json).toEqual({
			...(hasId(name) ? { id: anyNumber } : {}),
			...present(OUTPUTS[name])(),
			...{ handed_over: true, hand_over: { stored: true } },
		});
		expect(calls()).toHaveLength(1);
		expect(lab.sandbox.holds(at(values(), 0))).toMatchObject({ status: 'active' });
	});

	test.each(OPERATIONS)('%s: a hand-over that fails is an error with its state', async (name) => {
		const isRotation = name.endsWith('rotate');
		hand.store = failWith('The store is sealed');
		const execution = await handedOver(name, CONTINUE);
		const error = itemError(execution);
		expect(error.message).toContain('The sub-workflow did not take the API key over');
		expect(error.message).toContain(isRotation ? 'is kept' : 'was switched off again');
		expect(error.description).toContain('The store is sealed');
		expect(error.description).toMatch(
			isRotation
				? /The store may hold the new key all the same\. This item left the old key, \d+, as it was\.\n/
				: /The store may hold the new key all the same\.\n/,
		);
		expect(error.description).toContain('Look into the store before you run this item again.');
		expect(error.keys).toMatchObject([
			{ item: 0, id: newest().id, state: isRotation ? 'live' : 'switched_off' },
		]);
		expect(newest().status === 'active').toBe(isRotation);
		if (isRotation) {
			expect(error.description).toMatch(/This item left the old key, \d+, as it was\./);
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
		const waiting: (() => void)[] = [];
		hand.store = async ({ name }) => {
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
		// No single one is linked to.
		expect(task?.metadata).toEqual({ subExecutionsCount: 9 });
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
		mixed: ['x', ...Buffer.from(value)],
		binary: Buffer.from(value),
		[value]: 'as a name',
		deep: [{ in: { [`x-${value}`]: [value] } }],
	});

	test('is put out without the key, wherever and however it stands in it', async () => {
		hand.store = ({ api_key: value, ...rest }) => ({
			...codesOf(text(value)),
			...rest,
			at: new Date(0),
			n: 1,
			none: null,
			list: [1, 2, 'x'],
			big: 12n,
			digest: 'deadbeef'.repeat(4),
			toJSON: 'a word',
		});
		const execution = await create(['A']);
		const json = record(only(execution).hand_over);
		const [task] = execution.run.data.resultData.runData.DigiCert ?? [];
		expect(task?.metadata?.subExecution).toEqual({ executionId: 'sub 1', workflowId: CHILD });
		expect(json).toMatchObject({
			...{ whole: '[API key]', text: 'stored [API key] at kv', upper: '[API key]' },
			...{ part: 'begins with [API key]…', base64: '[API key]', url: '[API key]' },
			...{
				hex: '[API key]',
				bytes: '[API key]',
				mixed: '[API key]',
				binary: '[binary]',
				'[API key]': 'as a name',
			},
			deep: [{ in: { 'x-[API key]': ['[API key]'] } }],
			...{
				at: '1970-01-01T00:00:00.000Z',
				n: 1,
				none: null,
				list: [1, 2, 'x'],
				big: '12',
				digest: 'deadbeef'.repeat(4),
				toJSON: 'a word',
				name: 'A',
			},
		});
		expect(json.id).toEqual(anyNumber);
	});

	test('the whole item that was handed over comes back without the key', async () => {
		hand.store = (json) => json;
		expect(only(await create(['A'])).hand_over).toMatchObject({ api_key: '[API key]', name: 'A' });
	});

	test('a store that shows all that it has tells no key of another item', async () => {
		const rows: IDataObject[] = [];
		hand.store = (json) => {
			rows.push(json);
			return { rows };
		};
		// The key of B goes to the output; the store has got it in another way.
		lab.fault(
			changing((body) => {
				rows.push({ name: 'B', api_key: text(body.api_key) });
				return body;
			}),
			{ match: { name: 'B' } },
		);
		const items = ['A', 'B', 'C'].map((name) => ({ ...lab.item(name), to: name }));
		const deliverTo = "={{ $json.to === 'B' ? 'output' : 'workflow' }}";
		const parameters = { options: { concurrency: 1 }, deliverTo };
		const [one, , last] = jsonsOf(
			await lab.createUserKeys(items, { parameters: handOver(parameters) }),
		);
		const row = (name: string) => objectWith({ name, api_key: '[API key]' });
		expect(record(one).hand_over).toEqual({ rows: [row('B'), row('A')] });
		expect(record(last).hand_over).toEqual({ rows: [row('B'), row('A'), row('C')] });
	});

	test('a node that changes the item in place changes nothing here', async () => {
		hand.store = (json) => {
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
		hand.store = (json) => ({ said: `it is ${text(json.api_key)}, not short-2` });
		expect(only(await create(['A'])).hand_over).toEqual({ said: 'it is [API key], not short-2' });
	});

	test('a name that looks like a key is none: it was there before', async () => {
		const name = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
		hand.store = () => ({ path: `digicert/${name}` });
		const { account } = lab.item(name);
		const execution = await perform(['subaccountApiKey', 'create'], [{ account, name }], {
			parameters: { accountId: byId('={{ $json.account }}'), name: '={{ $json.name }}' },
		});
		expect(only(execution)).toMatchObject({ name, hand_over: { path: `digicert/${name}` } });
	});

	test('several items become a list', async () => {
		hand.store = () => [{ copy: 1 }, { copy: 2 }];
		expect(only(await create(['A'])).hand_over).toEqual([{ copy: 1 }, { copy: 2 }]);
	});

	test('what is nested too deep, or goes round in circles, is cut', async () => {
		hand.store = () => {
			const circle: IDataObject = { name: 'circle' };
			return Object.assign(circle, { circle });
		};
		expect(textOf(only(await create(['A'])).hand_over)).toContain('[nested too deep]');
	});

	test('what cannot be read costs no key: the error says that it is stored', async () => {
		hand.store = () =>
			Object.defineProperty({}, 'x', {
				enumerable: true,
				get() {
					throw new TypeError('unreadable');
				},
			});
		const id = await oneOld();
		const error = itemError(await rotate([id], CONTINUE));
		expect(error.message).toContain('after the sub-workflow had stored key');
		expect(error.description).toContain('The key is live, and the store has it.');
		const replaces = { id, state: 'kept' };
		expect(error.keys).toMatchObject([{ id: newest().id, state: 'handed_over', replaces }]);
		expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
	});
});
