import { faults, startSandbox } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import { ALWAYS, answering, APIS, LIST, NO_KEYS, POST, useLab } from '../../support/lab.mts';
import { textLike } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { record } from '../../support/read.mts';
import { errorOf, jsonOf } from '../../support/told.mts';

const lab = useLab();
shortenPauses();

/** The key is made, and the answer has this status and whatever `change` makes of the body. */
const after = (
	status: number,
	change: (body: Record<string, unknown>) => unknown,
	headers: Record<string, string> = {},
): Fault => ({
	when: 'after',
	action: 'reply',
	reply: ({ body }) => ({ status, headers, body: change(record(body)) }),
});
const MAY_EXIST = 'The API key may have been created at DigiCert, but its value did not arrive';
const html = (status: number) => `DigiCert answered HTTP ${status} with an HTML page.`;

type Doubt = [what: string, fault: Fault, made: number, found: string];

/** Every way in which nobody can tell from the answer whether a key was made. */
const DOUBTS: Doubt[] = [
	['dropped before the key is made', faults.dropBefore(), 0, 'The connection broke'],
	['dropped after the key is made', faults.dropAfter(), 1, 'The connection broke'],
	['half a body', faults.halfBody(), 1, 'The connection broke'],
	['headers and no body', faults.headersAfter(), 1, 'The connection broke'],
	['gzip that is none', faults.brokenGzipAfter(), 1, 'The connection broke'],
	['a 500 before', faults.errorBefore(500), 0, '"Something went wrong." (internal_error)'],
	['a 503 after', faults.errorAfter(503), 1, 'HTTP 503'],
	['an HTML 502', faults.htmlBefore(502), 0, html(502)],
	['a 502 with a part of the key', faults.cutErrorAfter(502), 1, 'HTTP 502 with text that is not'],
	['a list', faults.oddJsonAfter('array'), 1, 'DigiCert answered HTTP 201 with JSON.'],
	['null', faults.oddJsonAfter('null'), 1, 'DigiCert answered HTTP 201 with JSON.'],
	['fields that come twice', faults.oddJsonAfter('duplicateKeys'), 1, 'HTTP 201 with JSON.'],
	['an HTML 200', faults.htmlAfter(200), 1, html(200)],
	['an empty 201', faults.emptyAfter(201), 1, 'DigiCert answered HTTP 201 with an empty body.'],
	['text in a 201', faults.notJsonAfter(), 1, 'HTTP 201 with text that is not JSON.'],
	[
		'a 201 that tells the key elsewhere',
		after(201, (body) => ({ message: body.api_key, errors: body })),
		1,
		'HTTP 201 with JSON',
	],
	['a 500 that tells some ID and no key', answering(500, { id: 4711 }), 0, 'HTTP 500 with JSON'],
	['a redirect', faults.redirect('http://127.0.0.1:9/', 302), 0, 'HTTP 302'],
	['a choice', answering(300, { errors: [{ message: 'Choose.' }] }), 0, '"Choose."'],
];

/** Answers without a usable key that tell the key's ID. */
const TOLD: Doubt[] = [
	['a 201 without a key', faults.noKeyAfter(), 1, 'HTTP 201 with JSON'],
	['a 201 with wrong types', faults.wrongTypesAfter(), 1, 'HTTP 201 with JSON'],
	['an empty key', after(201, (body) => ({ ...body, api_key: '' })), 1, 'HTTP 201 with JSON'],
	['a blank key', after(201, (body) => ({ ...body, api_key: ' \n' })), 1, 'HTTP 201 with JSON'],
	['a 409 that tells the key', after(409, (body) => body), 1, 'HTTP 409 with JSON.'],
	[
		'a 429 that tells the key and when to ask again',
		after(429, (body) => body, { 'retry-after': '0' }),
		1,
		'HTTP 429 with JSON.',
	],
	['a 500 that tells the key', after(500, (body) => body), 1, 'HTTP 500 with JSON.'],
];

// The code is the same for both APIs; here it is run at the partner API.
const { create, switchOff } = APIS[1];
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
	const { account } = lab.item('');
	expect(error.description).toContain(`named "Lost & found" of subaccount ${String(account)}`);
	expect(error.description).toContain(`${switchOff} it`);
	// A kind that means "wait, then again" would invite a second key.
	expect(error.failure).toBeUndefined();
	const [, status] = /HTTP (\d+)/.exec(error.description) ?? [];
	expect(error.httpCode ?? undefined).toBe(status);
	const state = isTold ? 'live' : id === null ? 'may_exist' : 'candidate';
	const entry = { item: 0, id, account_id: account, state };
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

// Every status is in judging.test.mts.
test.each([400, 407, 451])('a plain %d: refused, and nothing was created', async (status) => {
	lab.fault(status === 407 ? faults.htmlBefore(407) : answering(status, {}), {
		...POST,
		...ALWAYS,
	});
	const error = errorOf(await lab[create]([lab.item('A')]));
	expect(error).toMatchObject({ name: 'NodeApiError', httpCode: String(status), keys: [] });
	expect(error.message).not.toContain('may');
	expect(error.description).toContain('No API key was created.');
	expect(lab.creations()).toHaveLength(1);
	expect(lab.sandbox.requests({ method: 'GET' })).toEqual([]);
});

test('nothing until the timeout: the same', async () => {
	const fault = faults.slow(60_000);
	lab.fault(fault, POST);
	await expectUnknown({ timeout: 1000 }, ['', fault, 1, 'came within 1000 ms']);
});

test.each([
	['a gateway that gave up', faults.errorAfter(408)],
	['a connection that broke', faults.dropAfter()],
	['a success without a key', faults.emptyAfter()],
])('%s, and a list that lags: it is looked for a second time', async (_, fault) => {
	lab.fault(fault, POST);
	lab.fault(NO_KEYS, LIST);
	await expectUnknown({}, ['', fault, 1, 'was not sent again']);
	expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
});

test('a plain 500, and a list without the key: a second look would show no more', async () => {
	lab.fault(faults.errorBefore(500), POST);
	await lab[create]([lab.item('A')]);
	expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
});

test.each(APIS)(
	'$api: an ID that was rounded when it was read is not put out',
	async ({ create }) => {
		lab.fault(faults.oddJsonAfter('unsafeId'), POST);
		const json = jsonOf(await lab[create]([lab.item('A')]));
		expect(Object.keys(json)).toContain('api_key');
		expect(Object.keys(json)).not.toContain('id');
	},
);

test.each([302, 307])('a redirect with %p reaches nobody', async (status) => {
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
