import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

import type { INodeProperties } from 'n8n-workflow';

import { faults } from '../../sandbox/index.mts';
import type { Fault } from '../../sandbox/index.mts';
import { answering, byId, changing, LIST, listing, nodeOf, useLab } from '../support/lab.mts';
import { anyNumber, anyText, objectWith, textLike, textWith } from '../support/matchers.mts';
import { NodeHelpers } from '../support/n8n.mts';
import { shortenPauses } from '../support/pauses.mts';
import { listen } from '../support/ports.mts';
import { at, list, parse, present, record } from '../support/read.mts';
import { Hand, PollHost } from './pollHost.mts';
import type { HostOptions, Polled } from './pollHost.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();

const ALL = ['created', 'switchedOff', 'switchedOn', 'changed', 'removed'];
const APIS = [
	{ watch: 'userApiKeys', resource: 'userApiKey', listPath: '/key' },
	{ watch: 'subaccountApiKeys', resource: 'subaccountApiKey', listPath: '/api-key' },
];
const host = (options: HostOptions = {}) => new PollHost(lab, options);
const inShort = ({ events }: Polled) => events.map(({ event, key }) => [event, record(key).id]);

describe.each(APIS)('$watch', ({ watch, resource, listPath }) => {
	test('a key that somebody makes by hand is told by the next poll, once, as Get gives it', async () => {
		const hand = new Hand(lab, watch);
		const n8n = host({ watch });
		expect(inShort(await n8n.activate())).toEqual([]);
		const id = await hand.make('By hand');
		const polled = await n8n.poll();
		expect(polled.error).toBeUndefined();
		const got = await lab.perform(resource, 'get', [{}], { parameters: { keyId: byId(id) } });
		expect(polled.events).toEqual([
			{
				event: 'created',
				key: at(got.items('DigiCert'), 0).json,
				detected_at: textLike(/^\d{4}-\d\d-\d\dT.*Z$/),
				event_id: `${resource}.${id}.created`,
			},
		]);
		expect(inShort(await n8n.poll())).toEqual([]);
	});

	test('each poll is one request for the whole list, and no other', async () => {
		const n8n = host({ watch });
		await n8n.activate();
		await n8n.poll();
		await n8n.poll();
		expect(lab.sandbox.requests()).toEqual(
			Array(3).fill(objectWith({ method: 'GET', path: listPath, query: {} })),
		);
	});

	test('an empty list at the first poll is refused, and makes no news of old keys', async () => {
		const n8n = host({ watch, fields: { events: ALL } });
		lab.fault(answering(200, { api_keys: [] }), LIST);
		expect((await n8n.activate()).error).toMatchObject({
			description: textWith('The list is empty'),
		});
		expect(inShort(await n8n.poll())).toEqual([]);
	});

	test('what happens to a key is told', async () => {
		const hand = new Hand(lab, watch);
		const n8n = host({ watch, fields: { events: ALL } });
		const id = await hand.make('One');
		await n8n.activate();
		await hand.setStatus(id, false);
		expect(inShort(await n8n.poll())).toEqual([['switchedOff', id]]);
		await hand.setStatus(id, true);
		expect(inShort(await n8n.poll())).toEqual([['switchedOn', id]]);
		const without = changing(({ api_keys: keys }) => ({
			api_keys: list(keys).filter((key) => record(key).id !== id),
		}));
		lab.fault(without, LIST);
		expect(inShort(await n8n.poll())).toEqual([['removed', id]]);
		expect(inShort(await n8n.poll())).toEqual([]);
	});

	test('what happens to a key that leaves the filter meanwhile is told', async () => {
		const hand = new Hand(lab, watch);
		const n8n = host({ watch, fields: { events: ALL, filters: { nameContains: 'prod' } } });
		const id = await hand.make('prod one');
		await n8n.activate();
		const turn = (status: string) =>
			listing((key) => (key.id === id ? { ...key, name: 'gone', status } : key));
		lab.fault(turn('revoked'), LIST);
		const told = inShort(await n8n.poll());
		expect(told).toEqual([
			['switchedOff', id],
			['changed', id],
		]);
	});

	test('a key that nobody uses is told, with every filter that it passes', async () => {
		const hand = new Hand(lab, watch);
		const n8n = host({
			watch,
			fields: {
				events: ['neverUsed', 'old', 'unused'],
				...{ neverUsedHours: 2, oldDays: '36500', unusedDays: 36_500 },
				filters: {
					nameContains: 'ONE',
					excludeAcmeUrls: true,
					userId: byId(lab.sandbox.certCentral.us.users.person),
					accountId: ` ${lab.sandbox.partner.accounts.subaccount} `,
				},
			},
		});
		const id = await hand.make('One');
		await hand.make('Two');
		await n8n.activate();
		const aged = listing((key) => ({
			...key,
			create_date: new Date(Date.now() - 7_300_000).toISOString(),
			created_at: new Date(Date.now() - 7_300_000).toISOString(),
		}));
		lab.fault(aged, { ...LIST, times: 2 });
		expect(inShort(await n8n.poll())).toEqual([['neverUsed', id]]);
		expect(inShort(await n8n.poll())).toEqual([]);
	});

	test('ACME directory URLs are keys, unless they are filtered out', async () => {
		const isAcme = (event: object) => {
			const { key } = record(event);
			return record(key).is_acme_directory_url === true;
		};
		const createdWith = async (filters: object) => {
			const fields = { events: ['created'], reportExisting: true, filters };
			return (await host({ watch, fields }).activate()).events;
		};
		expect((await createdWith({ excludeAcmeUrls: true })).some(isAcme)).toBe(false);
		expect((await createdWith({})).some(isAcme)).toBe(watch === 'userApiKeys');
	});

	test('tried by hand, it shows a sample of each event and leaves the state alone', async () => {
		const n8n = host({ watch, fields: { events: [...ALL, 'neverUsed', 'unused', 'old'] } });
		const { events } = await n8n.poll('manual');
		expect(events.map(({ event }) => event)).toEqual([
			...['created', 'switchedOff', 'switchedOn', 'changed'],
			...['neverUsed', 'unused', 'old', 'removed'],
		]);
		for (const event of events) {
			expect(record(event.key)).toMatchObject({ id: anyNumber, name: anyText });
			expect(event.event_id).toEqual(textLike(/^sample\./));
		}
		expect(events[3]?.before).toEqual({ name: textLike(/ \(former name\)$/) });
		const lastUseOf = (name: string) =>
			record(events.find(({ event }) => event === name)?.key).last_used_date ?? null;
		expect([lastUseOf('neverUsed'), lastUseOf('unused')]).toEqual([null, anyText]);
		expect(n8n.saved).not.toContain('revision');
		expect(await n8n.state()).toBeUndefined();
	});
});

test('an n8n that does not tell how long a poll may take is taken to give enough', async () => {
	const n8n = host();
	n8n.budgetMs = undefined;
	expect(await n8n.poll()).toEqual({ events: [], error: undefined, failure: undefined });
});

test('tried by hand on a list that tells little, it shows what there is', async () => {
	lab.fault(
		answering(200, {
			api_keys: [
				{ id: 1, status: 'active' },
				{ id: '2', status: 'active' },
			],
		}),
		LIST,
	);
	const { events } = await host({ fields: { events: ['created', 'changed'] } }).poll('manual');
	expect(events).toMatchObject([
		{ event: 'created', key: { id: 2 } },
		{ event: 'changed', key: { id: 2 }, before: { name: ' (former name)' } },
	]);
});

test('a change of name and role says what was before', async () => {
	const hand = new Hand(lab, 'userApiKeys');
	const n8n = host({ fields: { events: ['changed'] } });
	const id = await hand.make('Before');
	await n8n.activate();
	await hand.change(id, 'After', 102);
	const { events } = await n8n.poll();
	expect(events).toMatchObject([
		{
			event: 'changed',
			key: { id, name: 'After', restricted_to_role_id: 102 },
			before: { name: 'Before', restricted_to_role_id: 0 },
		},
	]);
});

describe('n8n loses what a poll knew', () => {
	test('after a restart, a key that was made meanwhile is told, once', async () => {
		const hand = new Hand(lab, 'userApiKeys');
		const n8n = host();
		await n8n.activate();
		await n8n.poll();
		n8n.restart();
		const id = await hand.make('Meanwhile');
		expect(inShort(await n8n.activate())).toEqual([['created', id]]);
		expect(inShort(await n8n.poll())).toEqual([]);
	});

	test('after a renaming, it begins anew and tells nothing twice', async () => {
		const hand = new Hand(lab, 'userApiKeys');
		const n8n = host();
		await n8n.activate();
		await hand.make('One');
		await n8n.poll();
		n8n.rename('Keys');
		expect(inShort(await n8n.activate())).toEqual([]);
		const id = await hand.make('Two');
		expect(inShort(await n8n.poll())).toEqual([['created', id]]);
	});

	test('the state is told to n8n as changed, whole', async () => {
		const hand = new Hand(lab, 'userApiKeys');
		const n8n = host();
		await n8n.activate();
		n8n.restart();
		const id = await hand.make('One');
		await n8n.poll();
		const { state } = record(record(parse(n8n.saved))['node:DigiCert Trigger']);
		// Saved apart from the execution, it has the report that may have to be made again.
		expect(state).toMatchObject({ keys: objectWith({ [id]: anyText }), report: {} });
	});
});

test('with durable cursors, the state has no report in it, and nothing comes twice', async () => {
	const hand = new Hand(lab, 'userApiKeys');
	const n8n = host({ durable: true });
	await n8n.poll();
	const id = await hand.make('One');
	expect(inShort(await n8n.poll())).toEqual([['created', id]]);
	expect(record(await n8n.state()).report).toBeUndefined();
	n8n.restart();
	expect(inShort(await n8n.poll())).toEqual([]);
});

test('of two polls that overlap, the one that ends last with an older list tells nothing', async () => {
	const asked: ServerResponse[] = [];
	const server = createServer((_, response) => void asked.push(response));
	const baseUrl = await listen(server);
	const n8n = host({ fields: { events: ALL }, credential: { baseUrl } });
	const start = async (count: number) => {
		const polled = n8n.poll();
		while (asked.length < count) await new Promise(setImmediate);
		return { polled, answer: at(asked, count - 1) };
	};
	const listOf = (...ids: number[]) =>
		JSON.stringify({ api_keys: ids.map((id) => ({ id, name: 'A', status: 'active' })) });

	const first = await start(1);
	first.answer.end(listOf(1));
	expect(inShort(await first.polled)).toEqual([]);
	const slow = await start(2);
	const fast = await start(3);
	fast.answer.end(listOf(1, 2));
	expect(inShort(await fast.polled)).toEqual([['created', 2]]);
	slow.answer.end(listOf(1));
	expect(await slow.polled).toEqual({ events: [], error: undefined, failure: undefined });
	const last = await start(4);
	last.answer.end(listOf(1, 2));
	expect(inShort(await last.polled)).toEqual([]);
	server.close();
});

const oneLess = (change: (key: unknown) => unknown) =>
	changing(({ api_keys: keys }) => ({
		api_keys: list(keys).map((key, i) => (i === 0 ? change(key) : key)),
	}));

/** Lists that may lack something. */
const cutLists: [string, Fault][] = [
	['tells a higher total', changing((body) => ({ ...body, page: { total: 999 } }))],
	['has an entry that is none', oneLess(() => null)],
	['has an entry without an ID', oneLess((key) => ({ ...record(key), id: undefined }))],
	['has an ID that is not exact', oneLess((key) => ({ ...record(key), id: 2 ** 53 }))],
	['has a key without a status', oneLess((key) => ({ ...record(key), status: null }))],
	['has a creation time that is none', oneLess((key) => ({ ...record(key), create_date: 'soon' }))],
	['has a last use that is none', oneLess((key) => ({ ...record(key), last_used_date: 5 }))],
	['is empty', changing(() => ({ api_keys: [] }))],
];

describe('a poll that does not work says why, and the next one tells all', () => {
	async function expectUntouched(n8n: PollHost, poll: () => Promise<Polled>): Promise<Polled> {
		const before = await n8n.state();
		const saved = n8n.saved;
		const id = await new Hand(lab, 'userApiKeys').make('Meanwhile');
		const polled = await poll();
		expect(polled.events).toEqual([]);
		expect(await n8n.state()).toBe(before);
		expect(n8n.saved).toBe(saved);
		lab.sandbox.clearFaults();
		expect(inShort(await n8n.poll())).toEqual([['created', id]]);
		return polled;
	}

	test.each(cutLists)('the list %s', async (_, fault) => {
		const n8n = host({ fields: { events: ALL } });
		await n8n.activate();
		const { error, failure } = await expectUntouched(n8n, async () => {
			lab.fault(fault, LIST);
			return await n8n.poll();
		});
		expect(error).toMatchObject({
			message: 'DigiCert did not give the whole list of API keys',
			description: textWith('Nothing is concluded from a part of it. n8n polls again by itself'),
		});
		expect(failure).toEqual({ cause: 'temporarily-unavailable' });
	});

	const KEPT =
		'The trigger keeps what it knew: once it works again, it reports what happened since.';
	const answers: [string, Fault, unknown, string][] = [
		[
			'500',
			faults.errorBefore(),
			{ cause: 'temporarily-unavailable' },
			'n8n polls again by itself',
		],
		['an HTML page', faults.htmlBefore(), { cause: 'temporarily-unavailable' }, 'network between'],
		['no answer', faults.dropBefore(), undefined, 'n8n polls again by itself'],
		['half a body', faults.halfBody(), undefined, 'n8n polls again by itself'],
		[
			'a list that is none',
			answering(200, { api_keys: 5 }),
			undefined,
			'n8n polls again by itself',
		],
		[
			'the wrong key',
			faults.forbiddenInvalidKey(),
			{ cause: 'credential-invalid' },
			'Check that the API key was copied whole',
		],
		[
			'a wrong address',
			answering(404, { errors: [{ code: 'not_found|route', message: 'No route' }] }),
			{ cause: 'configuration-invalid' },
			'the right DigiCert account',
		],
		['400', answering(400, { errors: [{ code: 'x', message: 'y' }] }), undefined, 'Act on what'],
		[
			'the rate limit',
			faults.rateLimited({ retryAfter: 700 }),
			{ cause: 'rate-limited', retryAfterMs: 700_000 },
			'let the trigger poll less often',
		],
	];

	test.each(answers)('%s', async (_, fault, wanted, advice) => {
		const n8n = host({ fields: { events: ALL } });
		await n8n.activate();
		const { error, failure } = await expectUntouched(n8n, async () => {
			lab.fault(fault, { ...LIST, times: Infinity });
			return await n8n.poll();
		});
		expect(failure).toEqual(wanted);
		expect(error).toMatchObject({ name: 'NodeApiError', description: textWith(advice) });
		expect(error).toMatchObject({ description: textWith(KEPT) });
		expect(error).not.toMatchObject({ description: textWith('item') });
	});

	test('an answer that does not come within the time that n8n gives a poll', async () => {
		const n8n = host({ fields: { events: ALL } });
		await n8n.activate();
		const { error } = await expectUntouched(n8n, async () => {
			lab.fault({ when: 'before', action: 'pass', delayMs: 60_000 }, { ...LIST, times: Infinity });
			n8n.budgetMs = 1000;
			const polled = await n8n.poll();
			n8n.budgetMs = 300_000;
			return polled;
		});
		expect(error).toMatchObject({ description: textLike(/^No whole answer came within 450 ms\./) });
	});

	test('a rate limit that says so slowly: nothing is sent too late for n8n', async () => {
		const n8n = host({ fields: { events: ALL } });
		await n8n.activate();
		const { error, failure } = await expectUntouched(n8n, async () => {
			lab.fault(faults.rateLimited(), { ...LIST, times: Infinity, delayMs: 300 });
			n8n.budgetMs = 1000;
			const polled = await n8n.poll();
			n8n.budgetMs = 300_000;
			return polled;
		});
		expect(error).toMatchObject({
			description: textWith('let the trigger poll less often'),
		});
		expect(failure).toMatchObject({ cause: 'rate-limited' });
		expect(lab.sandbox.requests({ status: 429 }).length).toBeLessThanOrEqual(2);
	});

	test('an address that there is not', async () => {
		const { error } = await host({ credential: { baseUrl: 'https://digicert.invalid' } }).poll();
		expect(error).toMatchObject({
			message: "DigiCert's address could not be looked up",
			description: textWith(`name service (DNS) of the n8n machine. ${KEPT}`),
		});
	});

	test('a credential without a usable address', async () => {
		const n8n = host({ credential: { baseUrl: 'http://digicert.example' } });
		const { error, failure } = await n8n.poll();
		expect(error).toMatchObject({ name: 'NodeOperationError', description: anyText });
		expect(failure).toEqual({ cause: 'configuration-invalid' });
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('tried by hand with filters that no key passes', async () => {
		const n8n = host({ fields: { filters: { nameContains: 'no such key' } } });
		const { error } = await n8n.poll('manual');
		expect(error).toMatchObject({
			message: 'There is no API key to show as a sample',
			description: textWith('Change them, or create an API key'),
		});
		// A poll waits for one.
		expect((await n8n.poll()).error).toBeUndefined();
	});
});

const wrong: [Record<string, unknown>, string][] = [
	[{ watch: 'others' }, "'Watch' is not one of its choices"],
	[{ events: [] }, "'Trigger On' has no event chosen"],
	[{ events: 'created' }, "'Trigger On' holds something other than its choices"],
	[{ events: ['created', 'nothing'] }, "'Trigger On' holds something other than its choices"],
	...[0, 1.5, 'x', null, 876_001].map((neverUsedHours): [Record<string, unknown>, string] => [
		{ events: ['neverUsed'], neverUsedHours },
		"'Never Used After (Hours)' is not a whole number from 1 to 876000",
	]),
	[
		{ events: ['unused'], unusedDays: -90 },
		"'Unused For (Days)' is not a whole number from 1 to 36500",
	],
	[{ events: ['old'], oldDays: 0.5 }, "'Old After (Days)' is not a whole number from 1 to 36500"],
	[{ filters: { userId: byId('-5') } }, "'User' in 'Filters' is not a numeric ID above 0"],
	[{ filters: { userId: byId('={{ null }}') } }, "'User' in 'Filters' gives nothing"],
	[{ filters: { nameContains: '={{ [].at(0) }}' } }, "'Name Contains' in 'Filters' gives nothing"],
	[{ filters: { nameContains: "={{ '' }}" } }, "'Name Contains' in 'Filters' gives nothing"],
	[
		{ filters: { excludeAcmeUrls: '={{ null }}' } },
		"'Exclude ACME Directory URLs' in 'Filters' gives nothing",
	],
	[
		{ filters: { excludeAcmeUrls: 'true' } },
		"'Exclude ACME Directory URLs' is neither true nor false",
	],
	[{ reportExisting: 'yes' }, "'Report Existing' is neither true nor false"],
	[{ filters: { userId: 'me' } }, "'User' in 'Filters' is not a numeric ID above 0"],
	[
		{ watch: 'subaccountApiKeys', filters: { accountId: byId(1.5) } },
		"'Subaccount' in 'Filters' is not a numeric ID above 0",
	],
	[
		{ filters: { nameContains: '  ' } },
		"'Name Contains' in 'Filters' is no text that a name can hold",
	],
	[
		{ filters: { nameContains: 5 } },
		"'Name Contains' in 'Filters' is no text that a name can hold",
	],
];

test.each(wrong)('%j is refused before anything is sent', async (fields, message) => {
	const watch = fields.watch === 'subaccountApiKeys' ? 'subaccountApiKeys' : 'userApiKeys';
	const { error, failure } = await host({ watch, fields }).poll();
	expect(error).toMatchObject({ name: 'NodeOperationError', message });
	expect(error).toMatchObject({ description: textLike(/^\S.* Nothing was sent\.$/) });
	expect(failure).toEqual({ cause: 'configuration-invalid' });
	expect(lab.sandbox.requests()).toEqual([]);
});

test('thresholds of events that are not chosen are not looked at, nor filters left empty', async () => {
	for (const filters of [{ nameContains: '', userId: byId('') }, '']) {
		const fields = { neverUsedHours: -1, filters };
		expect((await host({ fields }).poll()).error).toBeUndefined();
	}
});

test('5,000 keys take at most 64 bytes each in the state', async () => {
	const many = Array.from({ length: 5000 }, (_, i) => ({
		id: 1_834_000 + i,
		user: { id: 125_039 + i, first_name: 'A', last_name: 'B' },
		...{
			status: 'active',
			create_date: '2025-01-01T00:00:00+00:00',
			name: `Build server ${i} of plant ${i}`,
		},
		restricted_to_role_id: 101,
	}));
	const fields = { events: ALL, reportExisting: true };
	const n8n = host({ fields });
	lab.fault(answering(200, { api_keys: many }), LIST);
	expect((await n8n.poll()).events).toHaveLength(5000);
	expect(Buffer.byteLength(n8n.saved) / 5000).toBeLessThanOrEqual(64);
});

describe('the node', () => {
	const type = () => {
		const found = lab.engine.nodeTypes.getByNameAndVersion('n8n-nodes-digicert.digiCertTrigger');
		return found.description;
	};

	test('is a polling trigger as n8n wants it', () => {
		expect(type()).toMatchObject({
			displayName: 'DigiCert Trigger',
			...{ group: ['trigger'], inputs: [], polling: true, version: 1 },
		});
		expect(type()).not.toHaveProperty('usableAsTool');
		// n8n itself puts the times in front.
		expect(type().properties[0]?.name).toBe('pollTimes');
		const { digiCertTrigger } = lab.engine.loader.nodeTypes;
		expect(digiCertTrigger?.type).toHaveProperty('methods.listSearch.searchUsers');
	});

	test.each(APIS)('asks for the credential of $watch only', ({ watch }) => {
		const node = nodeOf('Trigger', 'n8n-nodes-digicert.digiCertTrigger');
		const asked = present(type().credentials).filter((credential) =>
			NodeHelpers.displayParameter({ watch }, credential, node, null),
		);
		expect(asked.map(({ name }) => name)).toEqual([
			watch === 'userApiKeys' ? 'digiCertCertCentralApi' : 'digiCertPartnerApi',
		]);
	});

	test.each([
		[['created'], []],
		[
			['neverUsed', 'old'],
			['neverUsedHours', 'oldDays'],
		],
		[['unused'], ['unusedDays']],
	])('with %j it asks for %j', (events, wanted) => {
		const node = nodeOf('Trigger', 'n8n-nodes-digicert.digiCertTrigger');
		const isShown = (field: INodeProperties) =>
			NodeHelpers.displayParameter({ watch: 'userApiKeys', events }, field, node, null);
		const numbers = type().properties.filter((field) => field.type === 'number' && isShown(field));
		expect(numbers.map(({ name }) => name)).toEqual(wanted);
	});

	test('has a schema that n8n finds, which names every field of an event', () => {
		const { sourcePath } = present(lab.engine.loader.nodeTypes.digiCertTrigger);
		const file = path.join(path.dirname(sourcePath), '__schema__', 'v1.0.0.json');
		expect(existsSync(file)).toBe(true);
		const schema = record(parse(readFileSync(file, 'utf8')));
		expect(Object.keys(record(schema.properties))).toEqual([
			...['event', 'key', 'before', 'detected_at', 'event_id'],
		]);
	});
});
