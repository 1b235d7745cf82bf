import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import type { Execution } from '../../support/engine.mts';
import {
	ALWAYS,
	answering,
	APIS,
	byId,
	cancelWhen,
	changing,
	LIST,
	listing,
	NO_KEYS,
	POST,
	PUT,
	useLab,
} from '../../support/lab.mts';
import { anyText } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list, present, record, text } from '../../support/read.mts';
import { errorOf, itemError, itemErrors, jsonOf, jsonsOf } from '../../support/told.mts';

const lab = useLab();
shortenPauses();

const REVOKE = { lostReply: 'revoke' };
const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';
const TAGGED = /^A \[n8n [a-z2-7]{6}\]$/;
const lose = () => {
	lab.fault(faults.dropAfter(), POST);
};
const first = () => at(lab.created(), 0);

// The code is the same for both APIs; here it is run at CertCentral.
const { create, resource, off, switchOff } = APIS[0];
const run = async (names: string[], options: object = {}, way: (typeof APIS)[number] = APIS[0]) =>
	await lab[way.create](names.map(lab.item), {
		parameters: { options },
		settings: { onError: 'continueRegularOutput' },
	});
const puts = () => lab.sandbox.requests({ method: 'PUT' });

test.each(APIS)('Report, $api: the key is named with its time, and left alone', async (api) => {
	lab.fault(faults.errorAfter(500), POST);
	const { message, description, keys } = itemError(await run(['A'], {}, api));
	const { id, createdAt } = first();
	expect(message).toBe(`${MAY_EXIST}: key ${id} may be it [item 0]`);
	expect(description).toContain(`DigiCert's time of creation: ${id} at `);
	expect(description).toContain('Nothing proves that this creation made it.');
	const { user, account } = lab.item('A');
	const [owner, ids] =
		api === APIS[0]
			? [`user ${String(user)}`, { user_id: user }]
			: [`subaccount ${String(account)}`, { account_id: account }];
	expect(description).toContain(`It is live, named "A" of ${owner}, and never used.`);
	expect(keys).toMatchObject([
		{ item: 0, id, name: 'A', ...ids, state: 'candidate', created_at: anyText },
		{ item: 0, id: null, name: 'A', state: 'may_exist' },
	]);
	const told = Date.parse(text(keys[0]?.created_at));
	expect(Math.abs(told - Date.parse(createdAt))).toBeLessThan(1000);
	expect(puts()).toEqual([]);
});

test.each(APIS)('Switch Off, $api: the key with the tag in its name is off', async (api) => {
	lose();
	const { message, description, keys } = itemError(await run(['A'], REVOKE, api));
	const { id, name } = first();
	expect(name).toMatch(TAGGED);
	expect(message).toBe(
		`The value of the new API key did not arrive, so key ${id} was switched off [item 0]`,
	);
	expect(description).toContain(name);
	expect(keys).toMatchObject([{ id, name, state: 'switched_off' }]);
	expect(lab.statuses()).toEqual([api.off]);
	expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
});

test('Switch Off: a list that lags hides no key with the tag, also after a 500', async () => {
	lab.fault(faults.errorAfter(500), POST);
	lab.fault(NO_KEYS, LIST);
	const { keys } = itemError(await run(['A'], REVOKE));
	expect(keys).toMatchObject([{ id: first().id, state: 'switched_off' }]);
	expect(lab.statuses()).toEqual([off]);
});

test('Switch Off: the tag proves it, whatever the list says of its times and status', async () => {
	lose();
	const odd = { last_used_date: 'no date', create_date: '2020-01-01', status: 'locked' };
	lab.fault(
		listing((key) => ({ ...key, ...odd })),
		{ ...LIST, ...ALWAYS },
	);
	expect(itemError(await run(['A'], REVOKE)).keys).toMatchObject([{ state: 'switched_off' }]);
	expect(lab.statuses()).toEqual([off]);
});

describe('two keys with the tag of one creation: something sent its request again', () => {
	/** Makes a key, and has the list show it with the name of the one that is lost then. */
	async function loseTwice(): Promise<[number, number]> {
		await run(['B']);
		lose();
		const { id } = first();
		const lostName = () => text(lab.creations().at(-1)?.name);
		lab.fault(
			listing((key) => (key.id === id ? { ...key, name: lostName() } : key)),
			{ ...LIST, ...ALWAYS },
		);
		return [id, id + 1];
	}

	test('both are switched off', async () => {
		const [a, b] = await loseTwice();
		const { message, description, keys } = itemError(await run(['A'], REVOKE));
		expect(message).toContain(`so keys ${a}, ${b} were switched off`);
		expect(description).toContain('Something on the way to DigiCert sent this request again.');
		expect(description).toContain('They are API keys named "A [n8n ');
		expect(keys.map(({ id, state }) => [id, state])).toEqual([
			[a, 'switched_off'],
			[b, 'switched_off'],
		]);
		expect(lab.statuses()).toEqual([off, off]);
	});

	test('one that will not go is told apart', async () => {
		const [a, b] = await loseTwice();
		lab.fault(faults.errorsAsObject(), PUT);
		const { message, description, keys } = itemError(await run(['A'], REVOKE));
		expect(message).toContain(`: key ${a} is live without it`);
		expect(description).toContain('Switching it off did not work. ');
		expect(description).toContain(`Switched off: key ${b}.`);
		expect(description).toContain(`and this creation made it: ${switchOff} it.`);
		expect(keys.map(({ state }) => state)).toEqual(['live', 'switched_off']);
	});

	test('when none goes, all are told', async () => {
		const [a, b] = await loseTwice();
		lab.fault(faults.errorsAsObject(), { ...PUT, ...ALWAYS });
		const { message, description } = itemError(await run(['A'], REVOKE));
		expect(message).toContain(`: keys ${a}, ${b} are live without it`);
		expect(description).toContain(`this creation made it: ${switchOff} them.`);
		expect(description).not.toContain('Switched off: ');
	});
});

test('Switch Off: what is delivered shows the tag, each with its own, in place of an older one', async () => {
	const execution = await run(['A', 'A', 'A [n8n aaaaaa]'], REVOKE);
	const names = jsonsOf(execution).map(({ name }) => text(name));
	expect(names.filter((name) => TAGGED.test(name) && !name.includes('aaaaaa'))).toEqual(names);
	expect(new Set(names).size).toBe(3);
});

test.each([
	['of no tag', 'A', {}, false],
	["of another run's tag", 'A', REVOKE, false],
	["of another run's tag, listed between this run's looks", 'A', REVOKE, true],
	['of a tag that a user wrote', 'A [n8n aaaaaa]', {}, false],
])('Switch Off touches no other live key of the name, %s', async (_, name, options, isLate) => {
	await run([name], options);
	if (isLate) lab.fault(NO_KEYS, LIST);
	lab.fault(faults.dropBefore(), POST);
	const { message, keys } = itemError(await run([name], REVOKE));
	expect(message).toBe(`${MAY_EXIST} [item 0]`);
	expect(keys).toMatchObject([{ id: null, state: 'may_exist' }]);
	expect(lab.statuses()).toEqual(['active']);
	expect(puts()).toEqual([]);
});

test('a tag that a user wrote is no proof that a listed key is the lost one', async () => {
	await run(['A [n8n aaaaaa]']);
	lab.fault(faults.dropBefore(), POST);
	const { message, keys } = itemError(await run(['A [n8n aaaaaa]']));
	expect(message).toBe(`${MAY_EXIST}: key ${first().id} may be it [item 0]`);
	expect(keys[0]).toMatchObject({ id: first().id, state: 'candidate' });
});

test('a tag that a user wrote does not have another key rolled back', async () => {
	await run(['A [n8n aaaaaa]']);
	const { id } = first();
	lab.fault(faults.oddJsonAfter('noId'), POST);
	lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
	lab.fault(
		changing((body) => ({ ...body, api_keys: list(body.api_keys).slice(0, -1) })),
		LIST,
	);
	await lab[create](['A [n8n aaaaaa]', 'B'].map(lab.item), {
		parameters: { options: { concurrency: 1 } },
	});
	expect(present(lab.created().find((key) => key.id === id)).status).toBe('active');
});

test('two lost answers and one listed key: each item names it, and says that more may come', async () => {
	lose();
	lab.fault(faults.dropBefore(), POST);
	const errors = itemErrors(await run(['A', 'A']));
	for (const { message, description, keys } of errors) {
		expect(message).toContain(`key ${first().id} may be it`);
		expect(description).toContain('The list may not show the new one yet.');
		expect(keys).toMatchObject([{ state: 'candidate' }, { id: null, state: 'may_exist' }]);
	}
});

test('two lost answers, both listed: both are named, and none is switched off', async () => {
	lab.fault(faults.errorAfter(500), { ...POST, times: 2 });
	const errors = itemErrors(await run(['A', 'A']));
	const [a, b] = lab.created().map(({ id }) => id);
	for (const { message, description, keys } of errors) {
		expect(message).toContain(`keys ${String(a)}, ${String(b)} may be it`);
		expect(description).toContain('They are live');
		expect(keys.map(({ id }) => id)).toEqual([a, b, null]);
		expect(description).toMatch(new RegExp(`: ${a} at \\S+, ${b} at \\S+\\.`));
	}
	expect(lab.statuses()).toEqual(['active', 'active']);
});

test.each([
	['dead', { status: off }],
	['in use', { last_used_date: '2026-01-01T00:00:00Z' }],
	['used at a time that cannot be read', { last_used_date: 'lately' }],
	['used at a time that is a number', { last_used_date: 1_700_000_000 }],
	['of another name', { name: 'a' }],
	["another owner's", { user: { id: 1 }, account_id: 1 }],
	['an ACME directory URL', { acme_directory_url: 'https://acme.example/', account_id: 1 }],
])('a key that is %s is not named', async (_, change) => {
	lab.fault(
		listing((key) => ({ ...key, ...change })),
		{ ...LIST, ...ALWAYS },
	);
	lose();
	const { message, description, keys } = itemError(await run(['A']));
	expect(message).toBe(`${MAY_EXIST} [item 0]`);
	expect(description).toContain("DigiCert's list did not show it");
	expect(keys).toMatchObject([{ item: 0, id: null, name: 'A', state: 'may_exist' }]);
});

test.each([
	['without a last use, in other words', { last_used_date: '' }],
	['without a last use, as null', { last_used_date: null }],
	['live, in other words', { status: 'Active' }],
	['whose owner is not told', { user: undefined, account_id: undefined }],
])('a key that is %s is named', async (_, change) => {
	lab.fault(
		listing((key) => ({ ...key, ...change })),
		{ ...LIST, ...ALWAYS },
	);
	lose();
	expect(itemError(await run(['A'])).keys[0]).toMatchObject({ id: first().id });
});

test('white space that DigiCert takes off a name makes no other name of it', async () => {
	lab.fault(
		listing((key) => ({ ...key, name: text(key.name).trim() })),
		LIST,
	);
	lose();
	expect(itemError(await run([' A '])).keys[0]).toMatchObject({ id: first().id });
});

test.each([
	['none', undefined],
	['one that cannot be read', 'lately'],
])('a time of creation, %s: told as unknown', async (_, time) => {
	lab.fault(
		listing((key) => ({ ...key, create_date: time, created_at: time })),
		LIST,
	);
	lose();
	const { description, keys } = itemError(await run(['A']));
	expect(description).toContain(`${first().id} at an unknown time`);
	expect(keys[0]).toMatchObject({ created_at: null });
});

test("keys that this run delivered are not named, nor another owner's", async () => {
	lab.fault(faults.dropBefore(), POST);
	const execution = await lab[create]([lab.item('A'), lab.item('A'), lab.itemOfOther('A')], {
		parameters: { options: { concurrency: 1 } },
		settings: { onError: 'continueRegularOutput' },
	});
	expect(itemError(execution).keys).toMatchObject([{ id: null, state: 'may_exist' }]);
	expect(lab.statuses()).toEqual(['active', 'active']);
});

test('a key with the tag is switched off, also when a list that changed shows it twice', async () => {
	const twice = ({ api_keys: keys, ...rest }: Record<string, unknown>) => ({
		...rest,
		api_keys: [...list(keys), ...list(keys)],
	});
	lab.fault(changing(twice), LIST);
	lose();
	await run(['A'], REVOKE);
	expect(lab.statuses()).toEqual([off]);
});

test('a late request: its key is found by a second look', async () => {
	lab.fault(faults.dropAfter(), { ...POST, times: 2 });
	lab.fault(NO_KEYS, LIST);
	const errors = itemErrors(await run(['A', 'B'], REVOKE));
	expect(errors.map(({ keys }) => keys[0]?.state)).toEqual(['switched_off', 'switched_off']);
	expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
});

describe('an ID that DigiCert told without the value', () => {
	test('Report: listed, it is this creation that made it', async () => {
		lab.fault(faults.noKeyAfter(), POST);
		const { message, description, keys } = itemError(await run(['A']));
		const { id } = first();
		expect(message).toBe(
			`The value of the new API key did not arrive: key ${id} is live without it [item 0]`,
		);
		expect(description).toContain('It is the API key named "A" of ');
		expect(description).toContain(`and DigiCert's answer tells its ID: ${switchOff} it.`);
		expect(keys).toMatchObject([{ id, state: 'live' }]);
		expect(lab.statuses()).toEqual(['active']);
	});

	test('Switch Off: switched off once the list shows it with the tag', async () => {
		lab.fault(faults.noKeyAfter(), POST);
		expect(itemError(await run(['A'], REVOKE)).keys).toMatchObject([{ state: 'switched_off' }]);
		expect(lab.statuses()).toEqual([off]);
	});

	test.each([
		['not listed', NO_KEYS, 'its list does not show that as a live, unused key of this name.'],
		['in a list that is refused', faults.forbiddenInvalidKey(), 'The node could not look for it.'],
	])('%s: named, and not switched off', async (_, fault, why) => {
		lab.fault(faults.noKeyAfter(), POST);
		lab.fault(fault, { ...LIST, ...ALWAYS });
		const { message, description, keys } = itemError(await run(['A'], REVOKE));
		expect(message).toContain(`key ${first().id} may be it`);
		expect(description).toContain(why);
		expect(description).not.toContain('never used. Nothing');
		expect(keys).toMatchObject([{ id: first().id, state: 'candidate' }]);
		expect(puts()).toEqual([]);
	});

	test.each(['A', 'B'])('that of an older key named %s: not switched off', async (name) => {
		await run([name]);
		lab.fault(answering(200, { id: first().id }), POST);
		const { message } = itemError(await run(['A'], REVOKE));
		expect(message).toContain(`key ${first().id} may be it`);
		expect(lab.statuses()).toEqual(['active']);
	});

	test('listed as used: nobody can have used the lost one', async () => {
		lab.fault(faults.noKeyAfter(), POST);
		lab.fault(
			listing((key) => ({ ...key, last_used_date: '2026-01-01T00:00:00+00:00' })),
			{ ...LIST, ...ALWAYS },
		);
		const { message, description } = itemError(await run(['A']));
		expect(message).toContain(`key ${first().id} may be it`);
		expect(description).toContain('does not show that as a live, unused key of this name.');
	});

	test('not listed beside an older key of the name: each is told as what it is', async () => {
		await run(['A']);
		lab.fault(answering(200, { id: 77 }), POST);
		const { message, description, keys } = itemError(await run(['A']));
		expect(message).toContain(`keys 77, ${first().id} may be it`);
		expect(description).toContain("DigiCert's answer tells key 77, and its list does not show");
		expect(description).toContain('The other one is live, named "A"');
		expect(keys.map(({ id }) => id)).toEqual([77, first().id]);
		expect(keys[0]).not.toHaveProperty('created_at');
	});

	test('not listed beside two of the name', async () => {
		await run(['A', 'A']);
		lab.fault(answering(200, { id: 77 }), POST);
		const { description } = itemError(await run(['A']));
		expect(description).toContain('The others are live, named "A"');
	});
});

const SLOW = { ...faults.slow(60_000) };
test.each<[string, Fault, string]>([
	['refused', faults.forbiddenInvalidKey(), 'HTTP 403'],
	['too slow', SLOW, 'No whole answer came within 300 ms'],
	['broken', faults.halfBody(), 'The connection broke'],
	['no list', faults.htmlAfter(200), 'HTTP 200 with an HTML page'],
])('a list that is %s: told, with the way by hand', async (_, fault, why) => {
	lab.fault(fault, { ...LIST, ...ALWAYS });
	lab.fault(faults.errorAfter(500), POST);
	const timeout = fault === SLOW ? 300 : 30_000;
	const { message, description, keys } = itemError(await run(['A'], { ...REVOKE, timeout }));
	expect(message).toBe(`${MAY_EXIST} [item 0]`);
	expect(description).toContain('The node could not look for it.');
	expect(description).toContain(why);
	expect(description).toContain('Look in ');
	expect(keys).toMatchObject([{ id: null, state: 'may_exist' }]);
	expect(lab.statuses()).toEqual(['active']);
});

test('an incomplete list: what it shows is named, and more may be there', async () => {
	lab.fault(faults.oddList('nullEntry'), LIST);
	lab.fault(faults.errorAfter(500), POST);
	const { keys } = itemError(await run(['A']));
	expect(keys.map(({ state }) => state)).toEqual(['candidate', 'may_exist']);
});

test('a switch-off that does not work: the key is live, and the reason is told', async () => {
	lab.fault(faults.forbiddenInvalidKey(), { ...PUT, ...ALWAYS });
	lose();
	const { message, description, keys } = itemError(await run(['A'], REVOKE));
	expect(message).toContain(`key ${first().id} is live without it`);
	expect(description).toContain('Switching it off did not work.');
	expect(description).toContain('HTTP 403');
	expect(keys).toMatchObject([{ id: first().id, state: 'live' }]);
});

test('a run that stops does the same, and tells each thing once', async () => {
	lab.fault(faults.errorAfter(500), { match: { name: 'B' } });
	const { message, description, keys } = errorOf(
		await lab[create](['A', 'B'].map(lab.item), { parameters: { options: { concurrency: 1 } } }),
	);
	const [a, b] = lab.created().map(({ id }) => id);
	expect(message).toBe(`${MAY_EXIST}: key ${String(b)} may be it [item 1]`);
	expect(description).toContain(`Switched off again, because nobody receives them: ${String(a)}.`);
	expect(description.split(String(b))).toHaveLength(2);
	expect(keys).toMatchObject([
		{ item: 0, id: a, state: 'switched_off' },
		{ item: 1, id: b, state: 'candidate' },
		{ item: 1, id: null, state: 'may_exist' },
	]);
});

test('an answer that is lost while the execution is cancelled is looked for all the same', async () => {
	lab.fault(faults.noKeyAfter(), { ...POST, delayMs: 100 });
	await lab[create]([lab.item('A')], {
		parameters: { options: REVOKE },
		onStart: cancelWhen(() => lab.creations().length >= 1),
	});
	expect(lab.statuses()).toEqual([off]);
});

test('rotate: the old key is never taken for the lost one', async () => {
	const { id } = jsonOf(await run(['A']));
	lab.fault(faults.dropBefore(), POST);
	const { keys } = errorOf(
		await lab.perform(resource, 'rotate', [{}], {
			parameters: { keyId: byId(id), name: '', options: {} },
		}),
	);
	expect(keys).toMatchObject([{ id: null, state: 'may_exist' }]);
});

describe('names with a tag at the partner API', () => {
	const run = async (name: string) =>
		await lab.createSubaccountKeys([lab.item(name)], { parameters: { options: REVOKE } });
	const room = 200 - ' [n8n 7q4k2m]'.length;

	test('have 200 characters at most, tag and all', async () => {
		const name = text(jsonOf(await run('🔑'.repeat(room))).name);
		expect(Array.from(name)).toHaveLength(200);
	});

	test('are refused when there is no room for the tag', async () => {
		const { message, description } = errorOf(await run('x'.repeat(room + 1)));
		expect(message).toBe(
			'The name has 201 characters with its tag, and DigiCert takes 200 at most [item 0]',
		);
		expect(description).toContain("set 'Lost Reply' to 'Report'");
		expect(lab.sandbox.requests()).toEqual([]);
	});
});

describe('a lost service user', () => {
	const run = async (): Promise<Execution> =>
		await lab.perform('serviceUser', 'create', [{}], {
			parameters: {
				...{ email: 'A@b.example', name: 'A', restrictedToRoleId: 0, containerIds: '' },
				options: REVOKE,
			},
		});

	test.each([
		['nobody', faults.dropBefore(), [], 'may_exist'],
		['one', faults.dropAfter(), ['revoked'], 'switched_off'],
	])('%s is found by the email address', async (_, fault, statuses, state) => {
		lab.fault(fault, POST);
		const { description, keys } = errorOf(await run());
		expect(lab.statuses()).toEqual(statuses);
		expect(keys).toMatchObject([{ email: 'A@b.example', state }]);
		expect(description).toContain('The service user itself may exist as well');
		expect(description).toContain('of a new service user with the email address A@b.example');
		expect(lab.sandbox.requests(({ path, query }) => path === '/key' && !query.user_id)).toEqual(
			[],
		);
	});

	test('another one, whom the search found, is left alone', async () => {
		lab.fault(
			changing((body) => ({
				...body,
				users: list(body.users).map((user) => ({ ...record(user), email: 'other@b.example' })),
			})),
			{ match: { path: '/user/api-only' }, ...ALWAYS },
		);
		lab.fault(faults.dropAfter(), POST);
		expect(errorOf(await run()).keys).toMatchObject([{ id: null, state: 'may_exist' }]);
		expect(lab.statuses()).toEqual(['active']);
	});
});

test('a lost subaccount: its key is named, and never switched off, whatever the workflow says', async () => {
	lab.fault(faults.dropAfter(), POST);
	const { message, description } = errorOf(await lab.createSubaccounts(['ACME']));
	expect(message).toContain(`key ${first().id} may be it`);
	expect(description).toContain('The subaccount itself may exist as well');
	expect(lab.statuses()).toEqual(['active']);
});
