import { faults, startSandbox } from '../../sandbox/index.mts';
import type { Fault } from '../../sandbox/index.mts';
import { ALWAYS, answering, APIS, changing, LIST, POST, useLab } from '../support/lab.mts';
import { textLike } from '../support/matchers.mts';
import { shortenPauses } from '../support/pauses.mts';
import { record } from '../support/read.mts';
import { errorOf, itemError, jsonsOf } from '../support/told.mts';

const lab = useLab();
shortenPauses();

/** The key is made, and the answer has this status and whatever `change` makes of the body. */
const after = (status: number, change: (body: Record<string, unknown>) => unknown): Fault => ({
	when: 'after',
	action: 'reply',
	reply: ({ body }) => ({ status, body: change(record(body)) }),
});
const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';
const html = (status: number) => `DigiCert answered HTTP ${status} with an HTML page.`;

type Doubt = [what: string, fault: Fault, made: number, found: string];

/** Every way in which nobody can tell from the answer whether a key was made. */
const DOUBTS: Doubt[] = [
	['dropped before the key is made', faults.dropBefore(), 0, 'The connection broke'],
	['dropped after the key is made', faults.dropAfter(), 1, 'The connection broke'],
	['half a body', faults.halfBody(), 1, 'The connection broke'],
	['a 500 before', faults.errorBefore(500), 0, '"Something went wrong." (internal_error)'],
	...[500, 503, 502, 504, 408, 499].map(
		(status): Doubt => [`a ${status} after`, faults.errorAfter(status), 1, `HTTP ${status}`],
	),
	['an HTML 502', faults.htmlBefore(502), 0, html(502)],
	['an HTML 200', faults.htmlAfter(200), 1, html(200)],
	['an empty 201', faults.emptyAfter(201), 1, 'DigiCert answered HTTP 201 with an empty body.'],
	['an empty 204', faults.emptyAfter(204), 1, 'DigiCert answered HTTP 204 with an empty body.'],
	['text in a 201', faults.notJsonAfter(), 1, 'HTTP 201 with text that is not JSON.'],
	[
		'a 201 that tells the key elsewhere',
		after(201, (body) => ({ message: body.api_key, errors: body })),
		1,
		'HTTP 201 with JSON',
	],
	['a redirect', faults.redirect('http://127.0.0.1:9/', 302), 0, 'HTTP 302'],
];

/** Answers without a usable key that tell the key's ID. */
const TOLD: Doubt[] = [
	['a 201 without a key', faults.noKeyAfter(), 1, 'HTTP 201 with JSON'],
	['a 201 with wrong types', faults.wrongTypesAfter(), 1, 'HTTP 201 with JSON'],
	['an empty key', after(201, (body) => ({ ...body, api_key: '' })), 1, 'HTTP 201 with JSON'],
	['a blank key', after(201, (body) => ({ ...body, api_key: ' \n' })), 1, 'HTTP 201 with JSON'],
	['a 409 that tells the key', after(409, (body) => body), 1, 'HTTP 409 with JSON.'],
];

describe.each(APIS)('$api answers a creation with', ({ create, switchOff }) => {
	async function expectUnknown(options: object, [, , made, found]: Doubt, isTold = false) {
		const execution = await lab[create]([lab.item('Lost & found')], { parameters: { options } });
		const error = errorOf(execution);
		expect(error.name).toBe('NodeApiError');
		const [lost] = lab.created();
		const id = lost?.id ?? null;
		expect(error.message).toBe(
			isTold
				? `The value of the new API key did not arrive: key ${String(id)} is live without it [item 0]`
				: `${MAY_EXIST}${id === null ? '' : `: key ${id} may be it`} [item 0]`,
		);
		expect(error.description).toContain(found);
		expect(error.description).toContain('The request was not sent again');
		const { user, account } = lab.item('');
		const owner =
			create === 'createUserKeys' ? `user ${String(user)}` : `subaccount ${String(account)}`;
		expect(error.description).toContain(`named "Lost & found" of ${owner}`);
		expect(error.description).toContain(`${switchOff} it`);
		// A kind that means "wait, then again" would invite a second key.
		expect(error.failure).toBeUndefined();
		const state = isTold ? 'live' : id === null ? 'may_exist' : 'candidate';
		const ofOwner = create === 'createUserKeys' ? { user_id: user } : { account_id: account };
		const entry = { item: 0, id, ...ofOwner, state };
		const time = { created_at: textLike(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) };
		expect(error.keys[0]).toMatchObject({ ...entry, ...(state === 'candidate' ? time : {}) });
		expect(lab.statuses()).toEqual(id === null ? [] : ['active']);
		expect(lab.creations()).toHaveLength(1);
		expect(lab.created()).toHaveLength(made);
	}

	test.each(DOUBTS)('%s: told as unknown, and never sent again', async (...doubt) => {
		lab.fault(doubt[1], { ...POST, ...ALWAYS });
		await expectUnknown({}, doubt);
	});

	test.each(TOLD)('%s: no success, and the key is known by its ID', async (...doubt) => {
		lab.fault(doubt[1], { ...POST, ...ALWAYS });
		await expectUnknown({}, doubt, true);
	});

	test('nothing until the timeout: the same', async () => {
		const fault = faults.slow(60_000);
		lab.fault(fault, POST);
		await expectUnknown({ timeout: 1000 }, ['', fault, 1, 'came within 1000 ms']);
	});

	test.each([
		['a gateway that gave up', faults.errorAfter(408)],
		['a client that gave up', faults.errorAfter(499)],
		['a connection that broke', faults.dropAfter()],
	])('%s, and a list that lags: it is looked for a second time', async (_, fault) => {
		lab.fault(fault, POST);
		lab.fault(
			changing((body) => ({ ...body, api_keys: [] })),
			LIST,
		);
		await expectUnknown({}, ['', fault, 1, 'was not sent again']);
		expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
	});

	test('a plain 500, and a list without the key: a second look would show no more', async () => {
		lab.fault(faults.errorBefore(500), POST);
		await lab[create]([lab.item('A')]);
		expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
	});

	test('an unknown outcome under continue: one error item, nothing else on it', async () => {
		lab.fault(faults.dropAfter(), { match: { name: 'B' } });
		const execution = await lab[create](['A', 'B', 'C'].map(lab.item), {
			settings: { onError: 'continueErrorOutput' },
		});
		expect(execution.status).toBe('success');
		expect(jsonsOf(execution, 'Next').map(({ name }) => name)).toEqual(['A', 'C']);
		expect(jsonsOf(execution, 'Failed')).toEqual([
			{ error: textLike(/^The API key may have been created at DigiCert/) },
		]);
		expect(itemError(execution).keys[0]).toMatchObject({ item: 1, name: 'B', state: 'candidate' });
		expect(lab.creations()).toHaveLength(3);
	});
});

test.each([301, 302, 303, 307, 308])('a redirect with %p reaches nobody', async (status) => {
	const elsewhere = await startSandbox();
	try {
		const fault = faults.redirect(`${elsewhere.partner.baseUrl}/api-key`, status);
		lab.fault(fault, { ...POST, ...ALWAYS });
		const { description } = errorOf(await lab.createUserKeys([lab.item('A')]));
		expect(description).toContain('Redirects are never followed');
		expect(lab.creations()).toHaveLength(1);
		expect(elsewhere.requests()).toEqual([]);
	} finally {
		await elsewhere.close();
	}
});

describe('an answer that is not what it seems', () => {
	test.each([4000, 20_000])(
		'nested %d levels deep: its key is delivered or named',
		async (levels) => {
			const deep = '{"x":'.repeat(levels) + '1' + '}'.repeat(levels);
			lab.fault(
				{
					when: 'after',
					action: 'reply',
					reply: ({ body }) => ({
						status: 201,
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify(body).replace(/^\{/, `{"deep":${deep},`),
					}),
				},
				POST,
			);
			const execution = await lab.createSubaccountKeys([lab.item('A')], {
				settings: { onError: 'continueErrorOutput' },
			});
			const [key] = lab.created();
			expect(jsonsOf(execution, 'Next').map(({ id }) => id)).toEqual([key?.id]);
		},
	);

	test.each([
		['a date far off', 'Tue, 13 Sep 275760 00:00:00 GMT'],
		['no date', 'some day'],
	])('a Date header of %s does no harm', async (_, date) => {
		const late: Fault['reply'] = ({ status, body }) => ({ status, headers: { date }, body });
		lab.fault({ when: 'after', action: 'reply', reply: late }, LIST);
		lab.fault(faults.dropAfter(), POST);
		const { message } = errorOf(await lab.createUserKeys([lab.item('A')]));
		expect(message).toContain(`key ${String(lab.created()[0]?.id)} may be it`);
	});

	test('IDs above 2^53 are never acted upon', async () => {
		lab.fault(
			changing((body) => ({ ...body, id: 2 ** 53 })),
			{ match: { name: 'A' } },
		);
		lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
		lab.fault(answering(404, {}), { match: { path: String(2 ** 53) } });
		await lab.createUserKeys(['A', 'B'].map(lab.item), {
			parameters: { options: { concurrency: 1 } },
		});
		expect(lab.sandbox.requests(({ path }) => path.includes(String(2 ** 53)))).toEqual([]);
	});
});
