/**
 * What was seen to cost a key, row by row of the table by which the heart was rebuilt, as far as no
 * other file of this folder has it. The engine before that fails each of these tests.
 */
import { faults } from '../../../sandbox/index.mts';
import type { Fault, KeyRecord } from '../../../sandbox/index.mts';
import type { Execution } from '../../support/engine.mts';
import {
	ALWAYS,
	answering,
	APIS,
	cancelWhen,
	changing,
	LIST,
	listing,
	POST,
	PUT,
	useLab,
} from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list, record, text } from '../../support/read.mts';
import { delivered, hintsOf, idsTold, itemErrors, jsonOf, jsonsOf } from '../../support/told.mts';

// Hundreds of keys are made here; what a limit does is tested elsewhere.
const lab = useLab({ rateLimits: [] });
shortenPauses();
jest.setTimeout(60_000);

const REGULAR = { onError: 'continueRegularOutput' } as const;
const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;
const ONE_BY_ONE = { concurrency: 1 };

/** Everything that an execution says to people and to workflows, the log included. */
function saidBy(execution: Execution): string {
	const errors = [0, 1].flatMap((output) => execution.items('DigiCert', output));
	const said = [execution.error, ...errors.map(({ error }) => error)].map((error) =>
		error === undefined ? '' : [error.message, error.description, JSON.stringify(error.context)],
	);
	return [said, hintsOf(execution), lab.log].flat(9).map(String).join('\n');
}

/** The keys that are alive, whose value is in no item, and of which nothing is said. */
function lostBy(execution: Execution): KeyRecord[] {
	const said = saidBy(execution);
	const given = jsonsOf(execution).map(({ id }) => id);
	return lab.live().filter(({ id }) => !given.includes(id) && !said.includes(String(id)));
}

/** A fault: the right reply with other text, for what no parsed body can hold. */
const rewriting = (change: (body: string) => string, status = 201): Fault => ({
	when: 'after',
	action: 'reply',
	reply: ({ body }) => ({
		status,
		headers: { 'content-type': 'application/json' },
		body: change(JSON.stringify(body)),
	}),
});

// The code is the same for both APIs; here it is run at CertCentral.
const { create } = APIS[0];
const run = (names: string[], options: object, settings: object = {}) =>
	lab[create](names.map(lab.item), { parameters: { options }, settings });

test.each(APIS)('a: $api, an answer of 20,000 levels is delivered as others', async (api) => {
	const levels = 20_000;
	const nested = '{"x":'.repeat(levels) + '1' + '}'.repeat(levels);
	const deep = rewriting((body) => body.replace('{', `{"deep":${nested},`));
	lab.fault(deep, { match: { name: 'B' } });
	const execution = await lab[api.create](['A', 'B', 'C'].map(lab.item), {
		settings: { ...ERROR_OUTPUT, retryOnFail: true, maxTries: 2 },
	});
	expect(lostBy(execution)).toEqual([]);
	expect(jsonsOf(execution).filter((json) => !('api_key' in json))).toEqual([]);
	expect([lab.creations().length, lab.created().length]).toEqual([3, 3]);
});

test('a: a Date of the year 275760, then a lost reply: the key is named', async () => {
	const date = 'Tue, 13 Sep 275760 00:00:00 GMT';
	const dated: Fault = {
		when: 'after',
		action: 'reply',
		reply: ({ status, body }) => ({ status, headers: { date }, body }),
	};
	lab.fault(dated, { match: { name: 'A' } });
	lab.fault(dated, { ...LIST, ...ALWAYS });
	lab.fault(faults.dropAfter(), { match: { name: 'B' } });
	const execution = await run(['A', 'B'], ONE_BY_ONE, ERROR_OUTPUT);
	expect(lostBy(execution)).toEqual([]);
	expect(jsonsOf(execution, 'Next')).toHaveLength(1);
	expect(itemErrors(execution)).toHaveLength(1);
});

test('e: a step of the local clock by an hour ends no request', async () => {
	const now = Date.now;
	let step = 0;
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + step);
	lab.fault(faults.slow(400), { ...POST, ...ALWAYS });
	const names = Array.from({ length: 10 }, (_, i) => `key ${i}`);
	const execution = await lab[create](names.map(lab.item), {
		settings: REGULAR,
		onStart: () => {
			cancelWhen(() => lab.creations().length === 10)(() => (step = 3_600_000));
		},
	});
	clock.mockRestore();
	expect(delivered(execution)).toHaveLength(10);
});

test('f: the work for lost answers grows with their number, not with its square', async () => {
	/** How many things lists are searched for, all in all, when three of ten answers are lost. */
	async function searchedFor(items: number) {
		const names = Array.from({ length: items }, (_, i) => `key ${i}`);
		names.forEach((name, i) => {
			if (i % 10 < 3) lab.fault(faults.noKeyAfter(), { match: { name } });
		});
		const filter = jest.spyOn(Array.prototype, 'filter');
		const execution = await run(names, { concurrency: 50 }, REGULAR);
		const lists: unknown[] = filter.mock.contexts;
		const searched = lists.reduce<number>((sum, searchedOne) => sum + list(searchedOne).length, 0);
		filter.mockRestore();
		expect(itemErrors(execution)).toHaveLength(0.3 * items);
		expect(lab.sandbox.requests({ method: 'GET' }).length).toBeLessThan(5);
		lab.sandbox.reset();
		return searched;
	}
	// Four times as many items.
	const few = await searchedFor(20);
	expect((await searchedFor(80)) / few).toBeLessThan(6);
});

test.each([
	['that an answer tells', (body: string) => body.replace(/"id":\d+/, `"id":${UNSAFE}`), POST],
	[
		'that a list tells',
		(body: string) => body.replace(`"id":${String(lab.created()[0]?.id)},`, `"id":${UNSAFE},`),
		LIST,
	],
])('g: an ID above 2^53 %s is never acted upon', async (_, change, match) => {
	lab.fault(rewriting(change, match === LIST ? 200 : 201), { ...match, ...ALWAYS });
	if (match === LIST) lab.fault(faults.dropAfter(), { match: { name: 'A' } });
	lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
	lab.fault(answering(204), { match: { method: 'PUT', path: '9007199254740992' }, ...ALWAYS });
	await run(['A', 'B'], { ...ONE_BY_ONE, lostReply: 'revoke' });
	expect(lab.sandbox.requests(({ path }) => path.includes('9007199254740992'))).toEqual([]);
});

test.each([
	['a UUID in JSON', () => UUID, (secret: string) => ({ message: `made ${secret}` })],
	['the admin key, URL-encoded, in a text', () => urlEncoded(adminKey()), String],
])('j: what may be a key is in no error: %s', async (_, secretOf, bodyOf) => {
	const secret = secretOf();
	lab.fault(answering(400, bodyOf(secret)), POST);
	expect(saidBy(await run(['A'], {}))).not.toContain(secret);
});

test('k: with IDs as text beside an entry that is null, Skip still finds the key', async () => {
	const made = jsonOf(await run(['A'], {}));
	const texts = (key: unknown) => ({ ...record(key), id: String(record(key).id) });
	lab.fault(
		changing((body) => ({ api_keys: [null, ...list(body.api_keys).map(texts)] })),
		{ ...LIST, ...ALWAYS },
	);
	const json = jsonOf(await run(['A'], { ifNameExists: 'skip' }));
	expect(json).toMatchObject({ id: made.id, skipped: true });
});

describe('l: 40 keys whose roll-back fails', () => {
	const names = Array.from({ length: 40 }, (_, i) => `key ${i}`);
	const hostile = `No.\r\nERROR fake line \u001b[31m red ${'and so on '.repeat(200)}`;
	beforeEach(() => {
		lab.fault(answering(400, { errors: [{ message: hostile }] }), { ...PUT, ...ALWAYS });
	});

	test('the error is small, and has every ID', async () => {
		lab.fault(faults.errorsAsObject(), { match: { name: 'last' } });
		const { error } = await run([...names, 'last'], { concurrency: 50 });
		const told = text(error?.description);
		expect(told.length).toBeLessThan(6000);
		expect(idsTold(told)).toEqual(expect.arrayContaining(lab.live().map(({ id }) => id)));
	});

	test('so has the log, on one line', async () => {
		await lab[create](names.map(lab.item), {
			parameters: { options: { concurrency: 50 } },
			onStart: cancelWhen(() => lab.creations({ status: 201 }).length >= 30),
		});
		const said = lab.log.flat(9).filter((entry) => String(entry).includes('cancelled'));
		expect(said.length).toBeGreaterThan(0);
		expect(said.filter((line) => /[\r\n\u001b]/.test(String(line)))).toEqual([]);
		expect(Math.max(...said.map((line) => String(line).length))).toBeLessThan(6000);
		expect(idsTold(String(said.at(-1)))).toEqual(
			expect.arrayContaining(lab.live().map(({ id }) => id)),
		);
	});
});

test('o: an option whose expression throws at item 0 fails that item only', async () => {
	const execution = await lab[create](['A', 'B', 'C'].map(lab.item), {
		parameters: {
			options: { verify: "={{ $itemIndex === 0 ? $('Nowhere').item.json.x : false }}" },
		},
		settings: REGULAR,
	});
	expect(itemErrors(execution)).toHaveLength(1);
	expect(delivered(execution)).toHaveLength(2);
});

test("n: white space that DigiCert takes off a name does not hide a new service user's key", async () => {
	lab.fault(
		listing((key) => ({ ...key, name: text(key.name).trim() })),
		{ ...LIST, ...ALWAYS },
	);
	const execution = await lab.perform('serviceUser', 'create', [{}], {
		parameters: {
			...{ email: 'a@b.example', name: ' First ', restrictedToRoleId: 0, containerIds: '' },
		},
	});
	expect(jsonOf(execution).key_id).toBe(at(lab.created(), 0).id);
});

/** 2^53 + 1, which reads as 2^53. */
const UNSAFE = '9007199254740993';
const adminKey = () => lab.sandbox.certCentral.us.keys.administrator;
const urlEncoded = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');
const UUID = '3f2b8c1e-90ad-4d7e-b1c6-5a4e0f9d7c21';
