import type { Execution } from '../../support/engine.mts';
import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import { ALWAYS, answering, PUT, useLab } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at } from '../../support/read.mts';
import { errorOf, itemErrors } from '../../support/told.mts';

const WINDOW = 600;
shortenPauses(['rateLimitLeast']);

describe('DigiCert says no', () => {
	const lab = useLab();
	const KEY = { cause: 'credential-invalid' };
	const SETTING = { cause: 'configuration-invalid' };

	interface Wanted {
		message: string;
		says: string;
		advice: string;
		httpCode: string;
		failure?: object;
	}

	/** What a refusal must look like: DigiCert's own words whole, then what to do. */
	function expectRefused(execution: Execution, wanted: Wanted) {
		const error = errorOf(execution);
		expect(error.name).toBe('NodeApiError');
		expect(error.message).toBe(`${wanted.message} [item 0]`);
		expect(error.description).toContain(wanted.says);
		expect(error.description).toContain(wanted.advice);
		expect(error.httpCode).toBe(wanted.httpCode);
		expect(error.failure).toEqual(wanted.failure);
		expect(error.itemIndex).toBe(0);
		expect(error.keys).toEqual([]);
		expect(lab.creations()).toHaveLength(1);
		expect(lab.created()).toEqual([]);
	}
	const createOne = (credential: Record<string, unknown> = {}) =>
		lab.createUserKeys([lab.item('A')], { credential });
	const createOfPartner = (credential: Record<string, unknown> = {}) =>
		lab.createSubaccountKeys([lab.item('A')], { credential });

	test('CertCentral: to a wrong key', async () => {
		expectRefused(await createOne({ apiKey: 'wrong' }), {
			message: 'DigiCert did not accept the API key of the credential',
			says: '"Access denied due to access_denied_invalid_key." (access_denied|access_denied_invalid_key)',
			advice: "the credential's 'Region'",
			httpCode: '403',
			failure: KEY,
		});
	});

	test('CertCentral: to a key of the other region', async () => {
		expectRefused(await createOne({ baseUrl: lab.sandbox.certCentral.eu.baseUrl }), {
			message: 'DigiCert did not accept the API key of the credential',
			says: '(access_denied|access_denied_invalid_key)',
			advice: 'a key of the United States instance does not work on the Europe one',
			httpCode: '403',
			failure: KEY,
		});
	});

	test.each(['viewOnly', 'orders', 'standardUser'] as const)(
		'CertCentral: to the %s key',
		async (key) => {
			expectRefused(await createOne({ apiKey: lab.sandbox.certCentral.us.keys[key] }), {
				message: 'DigiCert does not permit this call with the API key of the credential',
				says: '(access_denied|missing_permission)',
				advice: 'must not be restricted to View Only, Orders',
				httpCode: '403',
			});
		},
	);

	test('CertCentral: to an unknown user', async () => {
		expectRefused(await lab.createUserKeys([{ user: 999999, name: 'A' }]), {
			message: 'DigiCert did not find user 999999',
			says: '(not_found|user)',
			advice: "Check 'User'",
			httpCode: '404',
			failure: SETTING,
		});
	});

	const SEVERAL = [
		{ code: 'first|code', message: 'First.' },
		{ code: 'second|code', message: 'Second.' },
		{ message: 'Third.' },
	];
	test.each([
		[
			'for a reason that its code does not tell',
			answering(403, { errors: [{ code: 'access_denied|ip', message: 'No.' }] }),
			'DigiCert refused this call with the API key of the credential',
			'"No." (access_denied|ip)',
			'IP restrictions',
			'403',
			undefined,
		],
		[
			'with a 401, to which nothing is sent again',
			faults.unauthorized(),
			'DigiCert did not accept the API key of the credential',
			'HTTP 401',
			'Check that the API key was copied whole',
			'401',
			KEY,
		],
		[
			'to values it does not like, with errors as an object',
			faults.errorsAsObject(),
			'DigiCert did not accept the values of the request',
			'"The request is not valid." (bad_request)',
			'correct them and run it again',
			'400',
			undefined,
		],
		[
			'for several reasons, and all are told',
			answering(422, { errors: SEVERAL }),
			'DigiCert refused the request',
			'"First." (first|code), "Second." (second|code), "Third."',
			'Act on what DigiCert says',
			'422',
			undefined,
		],
		[
			'with an HTML page',
			faults.htmlBefore(403),
			'DigiCert refused this call with the API key of the credential',
			'DigiCert answered HTTP 403 with an HTML page.',
			'IP restrictions',
			'403',
			undefined,
		],
		[
			'with a text that holds the name of a system error, which n8n must not replace',
			answering(400, { errors: [{ code: 'ENOENT', message: 'EEXIST' }] }),
			'DigiCert did not accept the values of the request',
			'"EEXIST" (ENOENT)',
			'correct them',
			'400',
			undefined,
		],
	])('CertCentral: %s', async (_, fault, message, says, advice, httpCode, failure) => {
		lab.fault(fault, ALWAYS);
		expectRefused(await createOne(), { message, says, advice, httpCode, failure });
	});

	test.each([
		['the beginning of an endless text', 'x '.repeat(50_000), /x ?… \(cut\)/],
		['our own key, which is taken out', '', /"Key \[API key\]!" \(echo\)/],
	])('and %s is told', async (_, long, told) => {
		const { administrator } = lab.sandbox.certCentral.us.keys;
		const message = long === '' ? `Key ${administrator}!` : long;
		lab.fault(answering(400, { errors: [{ code: 'echo', message }] }));
		const { description } = errorOf(await createOne());
		expect(description.length).toBeLessThan(3000);
		expect(description).toMatch(told);
	});

	test.each([
		['the key of a subaccount', 'subaccount'],
		['a key of an unrelated account', 'unrelated'],
		['a wrong key', undefined],
	] as const)('the partner API: to %s', async (_, name) => {
		const apiKey = name === undefined ? 'wrong' : lab.sandbox.partner.keys[name];
		expectRefused(await createOfPartner({ apiKey }), {
			message: 'DigiCert refused this call with the API key of the credential',
			says: 'HTTP 403',
			advice: 'Use the API key of the parent account',
			httpCode: '403',
		});
	});

	test('the partner API: with a 401, to which nothing is sent again', async () => {
		lab.fault(faults.unauthorized(), ALWAYS);
		expectRefused(await createOfPartner(), {
			message: 'DigiCert did not accept the API key of the credential',
			says: 'HTTP 401',
			advice: 'A CertCentral key does not work here',
			httpCode: '401',
			failure: KEY,
		});
	});

	test('the partner API: to an unknown subaccount', async () => {
		lab.fault(answering(404, {}));
		expectRefused(await lab.createSubaccountKeys([{ account: 42, name: 'A' }]), {
			message: 'DigiCert did not find subaccount 42',
			says: 'DigiCert answered HTTP 404',
			advice: "Check 'Subaccount'",
			httpCode: '404',
			failure: SETTING,
		});
	});

	// Its error body is not documented.
	test.each([
		['a bare error', { code: 'c', message: 'Bare.' }, '"Bare." (c)'],
		['an error under error', { error: { code: 'c', message: 'Nested.' } }, '"Nested." (c)'],
		['a text under error', { error: 'Only text.' }, '"Only text."'],
		['a list of texts', { errors: ['One.', 'Two.'] }, '"One.", "Two."'],
		['numbers as codes', { errors: [{ code: 17, message: 'Coded.' }] }, '"Coded." (17)'],
		['an empty list beside a text', { errors: [], message: 'No such role.' }, '"No such role."'],
		[
			'errors by field',
			{ errors: { name: ['is too long'] } },
			'{"errors":{"name":["is too long"]}}',
		],
		['problem details', { title: 'No', detail: 'Ask.' }, 'JSON: {"title":"No","detail":"Ask."}'],
		['plain text', 'Your IP is not on the list', 'not JSON: Your IP is not on the list'],
		['nothing', undefined, 'DigiCert answered HTTP 400 with an empty body.'],
	])('the partner API: with %s', async (_, body, said) => {
		lab.fault(answering(400, body));
		expect(errorOf(await createOfPartner()).description).toContain(said);
	});
});

describe('the rate limit', () => {
	const lab = useLab({ rateLimits: [{ requests: 5, windowMs: WINDOW }] });
	const items = (count: number) => Array.from({ length: count }, (_, i) => lab.item(`key ${i}`));
	const statuses = () => lab.creations().map(({ status }) => status);
	const timeOf = (index: number) => Date.parse(at(lab.creations(), index).at);

	test('more items than it allows: the run waits, and every key is made once', async () => {
		const execution = await lab.createUserKeys(items(12));
		const names = execution.items('DigiCert').map(({ json }) => json.name);
		expect(names).toEqual(items(12).map(({ name }) => name));
		expect(lab.created()).toHaveLength(12);
		expect(statuses()).toContain(429);
	});

	test('what DigiCert asks for beyond the bound is kept to: no further creation is sent', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 3600 }), ALWAYS);
		const execution = await lab.createUserKeys(items(20), {
			settings: { onError: 'continueErrorOutput' },
			parameters: { options: { concurrency: 2 } },
		});
		expect(itemErrors(execution)).toHaveLength(20);
		expect(lab.creations()).toHaveLength(2);
	});

	test('the same for those that wait for the end of a pause', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 0 }), { times: 5 });
		lab.fault(faults.rateLimited({ retryAfter: 3600 }), { times: 1 });
		const execution = await lab.createUserKeys(items(8), {
			settings: { onError: 'continueErrorOutput' },
			parameters: { options: { concurrency: 5, rateLimitWait: 1 } },
		});
		expect(itemErrors(execution)).toHaveLength(8);
		expect(statuses()).toEqual([429, 429, 429, 429, 429, 429]);
	});

	test('a 429 that holds a key is none that says when to ask again', async () => {
		const limited: Fault = {
			when: 'after',
			action: 'reply',
			reply: ({ body }) => ({ status: 429, headers: { 'retry-after': '3600' }, body }),
		};
		lab.fault(limited, { match: { name: 'key 0' } });
		const execution = await lab.createUserKeys(items(3), {
			settings: { onError: 'continueErrorOutput' },
			parameters: { options: { concurrency: 1 } },
		});
		expect(itemErrors(execution)).toHaveLength(1);
	});

	test('once the time that DigiCert asked for is over, creations are sent again', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 1 }), { match: { name: 'X' } });
		lab.fault({ when: 'before', action: 'pass', delayMs: 1200 }, { match: { name: 'A' } });
		const execution = await lab.createUserKeys(['X', 'A', 'A'].map(lab.item), {
			settings: { onError: 'continueErrorOutput' },
			parameters: { options: { concurrency: 2, rateLimitWait: 0 } },
		});
		expect(itemErrors(execution)).toHaveLength(1);
		expect(statuses().sort()).toEqual([201, 201, 429]);
	});

	test('waiting for it leaves a switch-off its repeats', async () => {
		lab.fault(faults.errorsAsObject(), { match: { name: 'B' } });
		lab.fault(faults.rateLimited({ retryAfter: 1 }), PUT);
		lab.fault(faults.errorBefore(503), PUT);
		const options = { concurrency: 1, timeout: 1000 };
		await lab.createUserKeys(['A', 'B'].map(lab.item), { parameters: { options } });
		expect(lab.statuses()).toEqual(['revoked']);
	});

	test('the whole run pauses as long as Retry-After says, and once for what was in flight', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 1 }), { delayMs: 30, times: 3 });
		const execution = await lab.createSubaccountKeys(items(6), {
			parameters: { options: { concurrency: 3 } },
		});
		expect(execution.status).toBe('success');
		expect(statuses()).toEqual([429, 429, 429, 201, 201, 201, 201, 201, 201]);
		expect(timeOf(3) - timeOf(0)).toBeGreaterThanOrEqual(990);
	});

	test.each([
		['asks for more than the bound', { retryAfter: 3600 }, 3_600_000],
		['asks for nothing, and the bound is too short for a pause', {}, undefined],
	])('a 429 that %s is told at once as a refusal', async (_, options, retryAfterMs) => {
		lab.fault(faults.rateLimited(options), ALWAYS);
		const execution = await lab.createUserKeys(items(1), {
			parameters: { options: { rateLimitWait: 0 } },
		});
		const error = errorOf(execution);
		expect(error.message).toBe(
			"DigiCert's rate limit was reached and did not clear in time [item 0]",
		);
		expect(error.description).toContain('(request_limit_exceeded)');
		expect(error.description).toContain("raise 'Rate Limit Wait (Seconds)'");
		expect(error.httpCode).toBe('429');
		expect(error.failure).toEqual({ cause: 'rate-limited', retryAfterMs });
		expect(lab.creations()).toHaveLength(1);
		expect(lab.created()).toEqual([]);
	});

	test('Retry-After: 0 does not become a loop without end', async () => {
		lab.fault(faults.rateLimited({ retryAfter: 0 }), ALWAYS);
		await lab.createUserKeys(items(1), { parameters: { options: { rateLimitWait: 1 } } });
		// Each pause counts for at least 200 ms of the bound.
		expect(lab.creations()).toHaveLength(6);
	});

	test('after a pause one request tries, and the others follow when it was let through', async () => {
		lab.fault(faults.rateLimited(), { delayMs: 50, times: 5 });
		const execution = await lab.createSubaccountKeys(items(3), {
			parameters: { options: { concurrency: 3 } },
		});
		expect(execution.status).toBe('success');
		// Three together, two alone, and what is let through.
		expect(statuses()).toEqual([429, 429, 429, 429, 429, 201, 201, 201]);
	});
});
