/**
 * What was seen to cost a key, row by row of the table by which the heart was rebuilt. The engine
 * before that fails each of these tests.
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
import { hintsOf, idsTold, itemErrors, jsonOf, jsonsOf } from '../../support/told.mts';

// Hundreds of keys are made here; what a limit does is tested elsewhere.
const lab = useLab({ rateLimits: [] });
shortenPauses();
jest.setTimeout(60_000);

const STOP = {};
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
	const delivered = jsonsOf(execution).map(({ id }) => id);
	return lab
		.created()
		.filter(({ status }) => status === 'active')
		.filter(({ id }) => !delivered.includes(id) && !said.includes(String(id)));
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
const nested = (levels: number) => '{"x":'.repeat(levels) + '1' + '}'.repeat(levels);
const live = () => lab.created().filter(({ status }) => status === 'active');

describe.each(APIS)('$api', ({ create, off, resource }) => {
	const run = (names: string[], options: object, settings: object = STOP) =>
		lab[create](names.map(lab.item), { parameters: { options }, settings });

	describe('a: whatever an answer does to this node', () => {
		test.each([
			['stop, 4,000 levels', STOP, 4000],
			['stop, 20,000 levels', STOP, 20_000],
			['error output, 20,000 levels', ERROR_OUTPUT, 20_000],
			[
				'error output with Retry On Fail',
				{ ...ERROR_OUTPUT, retryOnFail: true, maxTries: 2 },
				20_000,
			],
		])('%s: every key is delivered, off or named, and made once', async (_, settings, levels) => {
			const deep = rewriting((body) => body.replace('{', `{"deep":${nested(levels)},`));
			lab.fault(deep, { match: { name: 'B' } });
			const execution = await run(['A', 'B', 'C'], ONE_BY_ONE, settings);
			expect(lostBy(execution)).toEqual([]);
			const items = jsonsOf(execution);
			expect(items.filter((json) => !('api_key' in json))).toEqual([]);
			expect(lab.creations()).toHaveLength(3);
			expect(lab.created()).toHaveLength(3);
		});

		test('a Date of the year 275760, then a lost reply: the key is named', async () => {
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
	});

	const created = 'created_at' as const;
	test.each([
		['a Date header 3 s ahead', (key: object) => key, 3000],
		['one answer of a machine an hour ahead', (key: object) => key, 3_600_000],
		['a time without zone, an hour behind', (key: object) => ({ ...key, ...at_(2) }), 0],
		['a date only', (key: object) => ({ ...key, ...at_(10) }), 0],
		['no time', (key: object) => ({ ...key, [created]: undefined, create_date: undefined }), 0],
	])('d: %s does not hide a lost key', async (_, change, ahead) => {
		const date = new Date(Date.now() + ahead).toUTCString();
		lab.fault(
			{
				when: 'after',
				action: 'reply',
				reply: ({ status, body }) => ({
					status,
					headers: { date },
					body: {
						...record(body),
						api_keys: list(record(body).api_keys).map((k) => change(record(k))),
					},
				}),
			},
			{ ...LIST, ...ALWAYS },
		);
		lab.fault(faults.dropAfter(), POST);
		const execution = await run(['A'], { lostReply: 'revoke' });
		expect(lab.statuses()).toEqual([off]);
		expect(saidBy(execution)).toContain(`key ${at(lab.created(), 0).id} was switched off`);
	});

	test('e: a step of the local clock by an hour ends no request', async () => {
		const now = Date.now;
		let step = 0;
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + step);
		lab.fault(faults.slow(400), { ...POST, ...ALWAYS });
		const names = Array.from({ length: 10 }, (_, i) => `key ${i}`);
		const execution = await lab[create](names.map(lab.item), {
			settings: REGULAR,
			onStart: cancelWhenThen(
				() => lab.creations().length === 10,
				() => (step = 3_600_000),
			),
		});
		clock.mockRestore();
		expect(jsonsOf(execution).filter((json) => 'api_key' in json)).toHaveLength(10);
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
			const searched = lists.reduce<number>(
				(sum, searchedOne) => sum + list(searchedOne).length,
				0,
			);
			filter.mockRestore();
			expect(itemErrors(execution)).toHaveLength(0.3 * items);
			expect(lab.sandbox.requests({ method: 'GET' }).length).toBeLessThan(5);
			lab.sandbox.reset();
			return searched;
		}
		// Four times as many items.
		const few = await searchedFor(30);
		expect((await searchedFor(120)) / few).toBeLessThan(6);
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
		await run(['A', 'B'], { ...ONE_BY_ONE, lostReply: 'revoke' }, STOP);
		expect(lab.sandbox.requests(({ path }) => path.includes('9007199254740992'))).toEqual([]);
	});

	describe('j: what may be a key is in no error', () => {
		const uuid = '3f2b8c1e-90ad-4d7e-b1c6-5a4e0f9d7c21';
		const letters = 'qxkzvbwhtplmnrgcdfjsqxkzv';
		const { stringify } = JSON;
		test.each([
			['in the form of a UUID', 500, () => stringify({ message: `made ${uuid}` }), uuid],
			['cut off after 25 characters', 502, () => `k9x2m4q7w1z8r5t3y6u0p2a4s`, 'k9x2m4q7'],
			['letters only, cut off', 400, () => stringify({ errors: [{ message: letters }] }), letters],
			['the admin key in capitals', 400, (key: string) => key.toUpperCase(), undefined],
			['the admin key, URL-encoded', 400, (key: string) => key.replace(/./g, hex), undefined],
		])('%s', async (_, status, bodyOf, secret) => {
			const { certCentral, partner } = lab.sandbox;
			const own =
				resource === 'userApiKey' ? certCentral.us.keys.administrator : partner.keys.parent;
			lab.fault(answering(status, bodyOf(own)), POST);
			const said = saidBy(await run(['A'], {}));
			const wanted = secret ?? bodyOf(own).slice(-24);
			expect(said.toLowerCase()).not.toContain(wanted.toLowerCase());
		});
	});

	test.each([
		[
			'a total that is higher',
			(keys: unknown[]) => ({ api_keys: [], page: { total: keys.length } }),
		],
		['an entry that is null', (keys: unknown[]) => ({ api_keys: [...keys.slice(0, -1), null] })],
		[
			'an entry without an ID',
			(keys: unknown[]) => ({ api_keys: keys.map((k) => ({ ...record(k), id: undefined })) }),
		],
	])('k: with %s, nothing is made of what the list lacks', async (_, change) => {
		await run(['A'], {});
		lab.fault(
			changing((body) => change(list(body.api_keys))),
			{ ...LIST, ...ALWAYS },
		);
		const execution = await run(['A'], { ifNameExists: 'skip' });
		expect(lab.creations()).toHaveLength(1);
		expect(saidBy(execution)).toContain('incomplete');
	});

	test.each([
		['IDs as text', (key: Record<string, unknown>) => ({ ...key, id: String(key.id) })],
		['an entry that is null beside them', (key: unknown) => key],
	])('k: with %s, Skip still finds the key', async (_, change) => {
		const made = jsonOf(await run(['A'], {}));
		lab.fault(
			changing((body) => ({
				api_keys: [null, ...list(body.api_keys).map((k) => change(record(k)))],
			})),
			{
				...LIST,
				...ALWAYS,
			},
		);
		const json = jsonOf(await run(['A'], { ifNameExists: 'skip' }));
		expect(json).toMatchObject({ id: made.id, skipped: true });
	});

	describe('l: 100 keys whose roll-back fails', () => {
		const names = Array.from({ length: 100 }, (_, i) => `key ${i}`);
		const hostile = `No.\r\nERROR fake line \u001b[31m red ${'and so on '.repeat(200)}`;
		beforeEach(() => {
			lab.fault(answering(400, { errors: [{ message: hostile }] }), { ...PUT, ...ALWAYS });
		});

		test('the error is small, and has every ID', async () => {
			lab.fault(faults.errorsAsObject(), { match: { name: 'last' } });
			const { error } = await run([...names, 'last'], { concurrency: 50 });
			const told = text(error?.description);
			expect(told.length).toBeLessThan(6000);
			expect(idsTold(told)).toEqual(expect.arrayContaining(live().map(({ id }) => id)));
		});

		test('so has the log, on one line', async () => {
			await lab[create](names.map(lab.item), {
				parameters: { options: { concurrency: 50 } },
				onStart: cancelWhen(() => lab.creations({ status: 201 }).length >= 75),
			});
			const said = lab.log.flat(9).filter((entry) => String(entry).includes('cancelled'));
			expect(said.length).toBeGreaterThan(0);
			expect(said.filter((line) => /[\r\n\u001b]/.test(String(line)))).toEqual([]);
			expect(Math.max(...said.map((line) => String(line).length))).toBeLessThan(6000);
			expect(idsTold(String(said.at(-1)))).toEqual(
				expect.arrayContaining(live().map(({ id }) => id)),
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
		expect(jsonsOf(execution).filter((json) => 'api_key' in json)).toHaveLength(2);
	});
});

test('m: Verify at the partner API does not read the list of keys', async () => {
	const execution = await lab.createSubaccountKeys(['A', 'B'].map(lab.item), {
		parameters: { options: { verify: true } },
	});
	expect(jsonsOf(execution).map(({ verified }) => verified)).toEqual([true, true]);
	expect(lab.sandbox.requests({ path: '/api-key' })).toEqual([]);
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

function hex(character: string): string {
	return `%${character.charCodeAt(0).toString(16)}`;
}

/** Times of creation in both APIs' fields, an hour ago, cut off after some characters from the end. */
function at_(cut: number) {
	const time = new Date(Date.now() - 3_600_000).toISOString();
	const shown = cut === 10 ? time.slice(0, 10) : time.slice(0, 19);
	return { created_at: shown, create_date: shown };
}

/** For `onStart`: does something once something is so. */
function cancelWhenThen(isSo: () => boolean, then: () => void): () => void {
	return () => {
		cancelWhen(isSo)(then);
	};
}
