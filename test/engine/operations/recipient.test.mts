import { faults } from '../../../sandbox/index.mts';
import type { Execution } from '../../support/engine.mts';
import { ISSUING } from '../../support/issuing.mts';
import { openWithJose } from '../../support/jose.mts';
import type { Locked } from '../../support/jose.mts';
import { keyPairs, pemOf, privatePemOf } from '../../support/keyPairs.mts';
import { answering, cancelWhen, changing, POST, useLab } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, record, text } from '../../support/read.mts';
import { textOf } from '../../support/secrets.mts';
import { errorOf, hintsOf, itemError, jsonOf, jsonsOf } from '../../support/told.mts';

const lab = useLab();
shortenPauses();
const pair = keyPairs['P-256'];
const recipientPublicKey = pemOf(pair.publicKey);

/** Everything that an execution, or the log, holds. */
const allOf = ({ run }: Execution) => textOf(run) + textOf(lab.log);

/** Remembers the values of keys with a name, as they leave the sandbox. */
function listenFor(name: string): string[] {
	const values: string[] = [];
	lab.sandbox.addFault({
		when: 'after',
		action: 'reply',
		match: { name },
		reply: ({ body }) => {
			values.push(text(record(body).api_key));
			return { status: 201, body };
		},
	});
	return values;
}

/** The texts in an output that look like a compact JWE, at any depth, with the key that opens them. */
function jwesIn(value: unknown): Locked[] {
	if (typeof value === 'string') {
		const pem = privatePemOf(pair.privateKey);
		return /^eyJ.*\..*\./.test(value) ? [{ jwe: value, pem }] : [];
	}
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(jwesIn) : [];
}

describe.each(Object.entries(ISSUING))('%s', (name, { parameters, item }) => {
	const [resource = '', operation = ''] = name.split('.');
	const run = async (options: object) =>
		await lab.perform(resource, operation, [item(lab)], { parameters: { ...parameters, options } });

	test('gives the key to its recipient, and nobody else', async () => {
		const execution = await run({ recipientPublicKey });
		const json = jsonOf(execution, 0, 'Next');
		const [opened] = await openWithJose(jwesIn(json));
		expect(lab.sandbox.holds(opened?.text ?? '')?.id).toBe(lab.created().at(-1)?.id);
		expect(typeof json.api_key).not.toBe('string');
		expect(allOf(execution)).not.toContain(opened?.text);
		expect(hintsOf(execution)).toEqual([]);
	});

	test('a key that cannot be used is refused before anything is created', async () => {
		const secret = privatePemOf(pair.privateKey);
		const execution = await run({ recipientPublicKey: secret });
		const { message, description } = errorOf(execution);
		expect(message).toBe("'Recipient Public Key' holds a private key [item 0]");
		expect(description).toContain('Nothing was sent for this item.');
		expect(lab.creations()).toEqual([]);
		expect(textOf(execution.error)).not.toContain(secret.split('\n')[1]);
	});
});

test('a name that DigiCert keeps without the white space around it stays readable', async () => {
	lab.fault(
		changing((body) => ({ ...body, name: String(body.name).trim() })),
		POST,
	);
	const execution = await lab.createSubaccountKeys([lab.item('Build server ')], {
		parameters: { options: { recipientPublicKey } },
	});
	expect(jsonOf(execution)).toMatchObject({ name: 'Build server' });
});

describe('an answer of an undocumented form', () => {
	const K = 'Zq8'.repeat(16);
	const create = (body: unknown) => {
		lab.fault(answering(201, body));
		return lab.createSubaccounts(['ACME'], {
			parameters: { name: 'A', options: { recipientPublicKey } },
		});
	};

	test.each([
		{ api_key_label: 'prod', value: K },
		{ api_key_permission: 'FULL', credentials: { value: K } },
		{ token: 'zz', api_key: { name: 'A', value: K } },
		{ api_key_created: '2025', api_keys: [K] },
		{ next_token: 'p2', raw: JSON.stringify({ api_key: K }) },
		{ api_key: K, keys: { [K]: true }, header: `Basic ${Buffer.from(K).toString('base64')}` },
		{ value: K },
	])('%j: the key is delivered, and nowhere in clear', async (body) => {
		const execution = await create(body);
		const json = jsonOf(execution, 0, 'Next');
		const opened = (await openWithJose(jwesIn(json))).map(({ text: content }) => content);
		expect(textOf(opened)).toContain(K);
		const all = allOf(execution);
		expect(all).not.toContain(K);
		expect(all).not.toContain(Buffer.from(K).toString('base64').slice(0, 30));
	});

	test.each([
		{ id: 5, api_key_permission: 'FULL' },
		{ request_id: 'a1b2c3d4'.repeat(4), trace: 'a1b2c3d4'.repeat(4) },
		{ id: 5, errors: [{ code: 'key_duplicate_subaccount_name', message: 'no' }] },
	])('a success that holds nothing like a key is unknown: %j', async (body) => {
		const execution = await create(body);
		expect(errorOf(execution).message).toContain('may have been created');
	});
});

describe('on the ways that fail', () => {
	test.each([
		[
			500,
			(value: string) => ({ errors: [{ code: value, message: `created ${value} but failed` }] }),
		],
		[400, (value: string) => ({ error: `key ${value}` })],
		[302, (value: string) => ({ api_key: value, errors: [{ message: 'no' }] })],
	])('a key in the text of an HTTP %d is in no error', async (status, bodyOf) => {
		const value = 'Zq8'.repeat(16);
		lab.fault(answering(status, bodyOf(value)));
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { options: { recipientPublicKey } },
		});
		expect(execution.status).toBe('error');
		expect(allOf(execution)).not.toContain(value);
	});

	test('cancelled, with Roll Back off: the keys live, and their values are nowhere in clear', async () => {
		const values = listenFor('A');
		lab.fault(faults.slow(300), { match: { name: 'B' } });
		const execution = await lab.createUserKeys(['A', 'B'].map(lab.item), {
			parameters: { options: { recipientPublicKey, rollback: false } },
			settings: { onError: 'continueRegularOutput' },
			onStart: cancelWhen(() => lab.creations({ status: 201 }).length >= 1),
		});
		expect(lab.statuses()).toEqual(['active', 'active']);
		expect(allOf(execution)).not.toContain(at(values, 0));
	});

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s: the value is in no execution and no log',
		async (onError) => {
			const values = listenFor('A');
			lab.fault(faults.errorAfter(500), { match: { name: 'B' } });
			lab.fault(faults.wrongTypesAfter(), { match: { name: 'C' } });
			lab.fault(faults.errorsAsObject(), { match: { name: 'D' } });
			const execution = await lab.createUserKeys(['A', 'B', 'C', 'D'].map(lab.item), {
				parameters: { options: { recipientPublicKey, concurrency: 1 } },
				settings: { onError },
			});
			const value = at(values, 0);
			expect(lab.sandbox.holds(value)).toBeDefined();
			expect(allOf(execution)).not.toContain(value);
			expect(execution.items('DigiCert')).toHaveLength(
				onError === 'stopWorkflow' ? 0 : onError === 'continueErrorOutput' ? 1 : 4,
			);
		},
	);

	test('an option that an expression leaves empty is refused, not taken for none', async () => {
		const execution = await lab.createUserKeys([lab.item('A')], {
			parameters: { options: { recipientPublicKey: '={{ $json.nothing }}' } },
		});
		expect(errorOf(execution).message).toBe("'Recipient Public Key' is empty [item 0]");
		expect(lab.creations()).toEqual([]);
	});

	test('under Continue, the items with a usable key get theirs', async () => {
		const execution = await lab.createUserKeys(
			[
				{ ...lab.item('A'), key: 'garbage' },
				{ ...lab.item('B'), key: recipientPublicKey },
			],
			{
				parameters: { options: { recipientPublicKey: '={{ $json.key }}' } },
				settings: { onError: 'continueRegularOutput' },
			},
		);
		const [, b] = jsonsOf(execution);
		expect(itemError(execution).message).toContain("'Recipient Public Key' is neither");
		expect(b).toHaveProperty('api_key_jwe');
		expect(lab.creations().map(({ name }) => name)).toEqual(['B']);
	});

	test('a skipped item of the same run has neither form of the key', async () => {
		const execution = await lab.createUserKeys([lab.item('A'), lab.item('A')], {
			parameters: { options: { recipientPublicKey, ifNameExists: 'skip' } },
		});
		const [first, second] = jsonsOf(execution);
		expect(first).toHaveProperty('api_key_jwe');
		expect(Object.keys(second ?? {})).toEqual([
			...['id', 'name', 'user_id', 'restricted_to_role_id', 'skipped'],
		]);
	});
});
