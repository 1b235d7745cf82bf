/** Which listed keys are named where a new key's value was lost, and with which of the items. */
import { faults } from '../../../sandbox/index.mts';
import { ALWAYS, answering, changing, LIST, POST, useLab } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at } from '../../support/read.mts';
import { itemError, itemErrors, jsonsOf } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const CONTINUE = { settings: { onError: 'continueErrorOutput' } } as const;

const createSubaccounts = async (names: string[], name = 'Production') =>
	await lab.perform(
		'subaccount',
		'create',
		names.map((subaccount) => ({ subaccount })),
		{
			parameters: {
				subaccountName: '={{ $json.subaccount }}',
				...{ name, emergencyContactEmails: '', options: { concurrency: 1 } },
			},
			...CONTINUE,
		},
	);

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

test('many lost keys of one name: each is named once, and the other items say where', async () => {
	const items = Array.from({ length: 12 }, () => lab.item('A'));
	lab.fault(faults.errorAfter(500), { ...POST, ...ALWAYS });
	const errors = itemErrors(await lab.createUserKeys(items, CONTINUE));
	const [first = { itemIndex: -1, keys: [] }, ...others] = errors.filter(
		({ keys }) => keys.length > 1,
	);
	expect(others).toEqual([]);
	const ids = lab.created().map(({ id }) => id);
	expect(first.keys.map(({ id }) => id)).toEqual([...ids, null]);
	for (const { itemIndex, description, keys } of errors) {
		if (itemIndex === first.itemIndex) continue;
		expect(keys).toMatchObject([{ item: itemIndex, id: null, state: 'may_exist' }]);
		expect(description).toContain(
			`the keys that the error of item ${String(first.itemIndex)} names`,
		);
	}
});

test('ten of them are named with each item', async () => {
	const items = Array.from({ length: 10 }, () => lab.item('A'));
	lab.fault(faults.errorAfter(500), { ...POST, ...ALWAYS });
	const errors = itemErrors(await lab.createUserKeys(items, CONTINUE));
	expect(errors.map(({ keys }) => keys.length)).toEqual(items.map(() => 11));
});

describe('of a new subaccount', () => {
	test('no key is named whose value this run has, though no answer tells its ID', async () => {
		lab.fault(faults.errorAfter(503), POST);
		const execution = await createSubaccounts(['ACME', 'Beta', 'Gamma']);
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
		await createSubaccounts(['Other']);
		const other = at(lab.created(), 0);
		lab.fault(faults.errorBefore(503), POST);
		const { description, keys } = itemError(await createSubaccounts(['ACME']));
		expect(keys[0]).toMatchObject({ id: other.id, state: 'candidate' });
		expect(typeof keys[0]?.account_id).toBe('number');
		expect(keys[0]).not.toHaveProperty('subaccount');
		expect(keys[1]).toMatchObject({ id: null, subaccount: 'ACME', state: 'may_exist' });
		expect(description).toContain('It is live, named "Production", and never used.');
	});

	test.each([
		['what was sent', { organization: 'Donaudampfschifffahrtsgesellschaft' }],
		['what was sent, in a list', { contacts: ['infrastructureandoperationsteam@example.com'] }],
	])('%s is not taken for the key that an answer lacks', async (_, more) => {
		lab.fault(
			changing(({ account_id: id }) => ({ account_id: id, ...more })),
			POST,
		);
		const execution = await lab.perform('subaccount', 'create', [{}], {
			parameters: {
				subaccountName: 'Donaudampfschifffahrtsgesellschaft',
				name: 'Production',
				emergencyContactEmails: 'infrastructureandoperationsteam@example.com',
				options: {},
			},
			...CONTINUE,
		});
		expect(jsonsOf(execution)).toEqual([]);
		expect(itemError(execution).message).toContain('its value did not arrive');
	});
});
