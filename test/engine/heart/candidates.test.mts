/** Which listed keys are named where a new key's value was lost, and with which of the items. */
import { listIds } from '../../../dist/nodes/DigiCert/errors/failure.js';
import { faults } from '../../../sandbox/index.mts';
import { breakDown } from '../../support/breakDown.mts';
import { keyPairs, pemOf } from '../../support/keyPairs.mts';
import { ALWAYS, answering, byId, changing, LIST, POST, useLab } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, present } from '../../support/read.mts';
import { itemError, itemErrors, jsonsOf } from '../../support/told.mts';
import type { Told } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const CONTINUE = { settings: { onError: 'continueErrorOutput' } } as const;

const ONE_BY_ONE = { parameters: { options: { concurrency: 1 } }, ...CONTINUE };

const createSubaccounts = async (...customers: string[]) =>
	await lab.createSubaccounts(customers, ONE_BY_ONE);

test('an older key of the name may be it, and need not: the new one may not be listed yet', async () => {
	await lab.createUserKeys([lab.item('A')]);
	const old = at(lab.created(), 0);
	lab.fault(faults.errorAfter(500), POST);
	lab.fault(answering(200, { api_keys: [{ ...old, create_date: undefined }] }), LIST);
	const { description, keys } = itemError(await lab.createUserKeys([lab.item('A')], CONTINUE));
	expect(keys).toMatchObject([
		{ id: old.id, state: 'candidate' },
		{ id: null, name: 'A', state: 'may_exist' },
	]);
	expect(description).toContain('The list may not show the new one yet.');
});

test.each([
	['key', async () => await lab.createUserKeys(['A', 'B'].map(lab.item), ONE_BY_ONE)],
	['subaccount', async () => await createSubaccounts('ACME', 'Wonka')],
])('a value that an earlier answer gave is that of no second %s', async (_, create) => {
	let first: unknown;
	lab.fault(
		changing((body) => (first ??= body)),
		{ ...POST, ...ALWAYS },
	);
	const execution = await create();
	expect(jsonsOf(execution)).toHaveLength(1);
	const { message, keys } = itemError(execution);
	expect(message).toContain('its value did not arrive');
	expect(keys).toMatchObject([{ item: 1, id: at(lab.created(), 1).id, state: 'candidate' }, {}]);
});

test('IDs are told in order, runs of them drawn together', () => {
	expect(listIds([9, 3, 1, 2, 2, 7, 6])).toBe('1-3, 6, 7, 9');
});

/** Checks that one error names the keys, and the others say which. @returns that one */
function expectNamedOnce(errors: Told[], state: string): Told {
	const [first, ...more] = errors.filter(({ keys }) => keys.length > 1);
	expect(more).toEqual([]);
	const named = present(first, 'An error that names them');
	for (const { itemIndex, description, keys } of errors) {
		if (itemIndex === named.itemIndex) continue;
		expect(keys).toMatchObject([{ item: itemIndex, id: null, state }]);
		expect(description).toContain(
			`the keys that the error of item ${String(named.itemIndex)} names`,
		);
	}
	return named;
}

test('many lost keys of one name: each is named once, and the other items say where', async () => {
	const items = Array.from({ length: 12 }, () => lab.item('A'));
	lab.fault(faults.dropAfter(), { ...POST, ...ALWAYS });
	const errors = itemErrors(await lab.createUserKeys(items, CONTINUE));
	const first = expectNamedOnce(errors, 'may_exist');
	expect(first.description).not.toContain('time of creation');
	expect(first.keys.map(({ id }) => id)).toEqual([...lab.created().map(({ id }) => id), null]);
	// None is looked for a second time: the list shows them.
	expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(1);
});

test('the same for rotations, and no old key of the run is named', async () => {
	await lab.createUserKeys(Array.from({ length: 12 }, () => lab.item('A')));
	const olds = lab.created().map(({ id }) => id);
	lab.fault(faults.errorAfter(500), { ...POST, ...ALWAYS });
	const execution = await lab.perform(
		'userApiKey',
		'rotate',
		olds.map((key) => ({ key })),
		{ parameters: { keyId: byId('={{ $json.key }}'), name: '' }, ...CONTINUE },
	);
	const told = itemErrors(execution).flatMap(({ keys }) => keys.flatMap(({ id }) => id ?? []));
	const news = lab
		.created()
		.map(({ id }) => id)
		.filter((id) => !olds.includes(id));
	expect(news).toHaveLength(12);
	expect(told).toEqual(news);
});

test('the same for keys whose values are here, and whose IDs nobody tells', async () => {
	const items = Array.from({ length: 12 }, () => lab.item('A'));
	lab.fault(faults.oddJsonAfter('noId'), { ...POST, ...ALWAYS });
	breakDown('encryption/recipient.js', 'encryptSecrets', 1, true);
	const errors = itemErrors(
		await lab.createUserKeys(items, {
			parameters: { options: { recipientPublicKey: pemOf(keyPairs['P-256'].publicKey) } },
			...CONTINUE,
		}),
	);
	expect(errors).toHaveLength(12);
	expect(expectNamedOnce(errors, 'live').keys).toHaveLength(13);
});

test('ten of them are named with each item, and with their times', async () => {
	const items = Array.from({ length: 10 }, () => lab.item('A'));
	lab.fault(faults.errorAfter(500), { ...POST, ...ALWAYS });
	const errors = itemErrors(await lab.createUserKeys(items, CONTINUE));
	expect(errors.map(({ keys }) => keys.length)).toEqual(items.map(() => 11));
	for (const { description } of errors)
		expect(description).toContain("DigiCert's time of creation");
});

describe('of a new subaccount', () => {
	test('no key is named whose value this run has, though no answer tells its ID', async () => {
		lab.fault(faults.errorAfter(503), POST);
		const execution = await createSubaccounts('ACME', 'Beta', 'Gamma');
		expect(jsonsOf(execution)).toHaveLength(2);
		const { itemIndex, keys } = itemError(execution);
		expect(itemIndex).toBe(0);
		const [lost] = lab.created();
		expect(keys).toMatchObject([
			{ id: lost?.id, state: 'candidate' },
			{ id: null, subaccount: 'ACME', state: 'may_exist' },
		]);
	});

	test("another customer's key is named with its own account, and not as the new one's", async () => {
		await createSubaccounts('Other');
		const other = at(lab.created(), 0);
		lab.fault(faults.errorBefore(503), POST);
		const { description, keys } = itemError(await createSubaccounts('ACME'));
		expect(keys[0]).toMatchObject({ id: other.id, state: 'candidate' });
		expect(typeof keys[0]?.account_id).toBe('number');
		expect(keys[0]).not.toHaveProperty('subaccount');
		expect(keys[1]).toMatchObject({ id: null, subaccount: 'ACME', state: 'may_exist' });
		expect(description).toContain('It is live, named "Production", and never used.');
	});

	test('a key whose account the list does not tell is named with none', async () => {
		lab.fault(faults.errorBefore(503), POST);
		const key = { id: 5, name: 'Production', status: 'active' };
		lab.fault(answering(200, { api_keys: [key] }), { ...LIST, ...ALWAYS });
		const { keys } = itemError(await createSubaccounts('ACME'));
		expect(keys[0]).toMatchObject({ id: 5, account_id: null, state: 'candidate' });
	});

	test("the credential's key is not taken for it, where the answer repeats the request", async () => {
		const { parent } = lab.sandbox.partner.keys;
		const headers = { 'x-partner-apikey': parent, trace: `X-PARTNER-APIKEY=${parent}` };
		lab.fault(
			changing(() => ({ headers })),
			POST,
		);
		const { message } = itemError(await createSubaccounts('ACME'));
		expect(message).toContain('its value did not arrive');
	});

	test.each([
		['what was sent', { organization: 'Donaudampfschifffahrtsgesellschaft' }],
		['what was sent, as it was sent', { organization: ' Donaudampfschifffahrtsgesellschaft ' }],
		['what was sent, in a list', { contacts: ['infrastructureandoperationsteam@example.com'] }],
	])('%s is not taken for the key that an answer lacks', async (_, more) => {
		lab.fault(
			changing(({ account_id: id }) => ({ account_id: id, ...more })),
			POST,
		);
		const execution = await lab.createSubaccounts([' Donaudampfschifffahrtsgesellschaft '], {
			parameters: { emergencyContactEmails: 'infrastructureandoperationsteam@example.com' },
			...CONTINUE,
		});
		expect(jsonsOf(execution)).toEqual([]);
		expect(itemError(execution).message).toContain('its value did not arrive');
	});
});
