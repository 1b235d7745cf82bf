/** Hand-over of the first key of a new owner: DigiCert's answer does not tell the key's ID. */
import { CONTINUE, failWith, until, useHandOver } from '../../support/handOver.mts';
import { answering, cancelWhen, LIST, NO_KEYS, useLab } from '../../support/lab.mts';
import type { NodeSetup } from '../../support/lab.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, isRecord, list, record, text } from '../../support/read.mts';
import { cancelsIn, errorOf, itemError } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const ONE_BY_ONE = { options: { concurrency: 1 } };

const logged = () => cancelsIn(lab.log);

const OWNERS = [
	{
		operation: ['serviceUser', 'create'],
		/** Makes an owner of this name, with a key of this name. */
		form: {
			email: '={{ $json.name }}@digicert.example',
			name: '={{ $json.name }}',
			restrictedToRoleId: 0,
			containerIds: '',
		},
		header: 'X-DC-DEVKEY',
		trial: () => `${lab.sandbox.certCentral.us.baseUrl}/user/me`,
		/** Whether the node looks the ID up before it hands over. */
		isLookedUp: true,
	},
	{
		operation: ['subaccount', 'create'],
		form: {
			subaccountName: '={{ $json.name }}',
			name: '={{ $json.name }}',
			emergencyContactEmails: '',
		},
		header: 'X-PARTNER-APIKEY',
		trial: () => `${lab.sandbox.partner.baseUrl}/account/settings`,
		isLookedUp: false,
	},
] as const;

describe.each(OWNERS)('$operation.0', ({ operation, form, header, trial, isLookedUp }) => {
	const create = async (names: readonly string[], setup: NodeSetup = {}) =>
		await hand.perform(
			operation,
			names.map((name) => ({ name })),
			{ ...setup, parameters: { ...form, ...setup.parameters } },
		);
	const firstId = () => at(lab.created(), 0).id;

	test('a sub-workflow that tried the key and failed: it is proven all the same, and switched off', async () => {
		hand.store = async ({ api_key: given }) => {
			const value = text(isRecord(given) ? given.api_key : given);
			const { status } = await fetch(trial(), { headers: { [header]: value } });
			throw new Error(`tried: ${status}`);
		};
		const { description, keys } = itemError(await create(['A'], CONTINUE));
		expect(description).toContain('tried: 200');
		expect(keys).toMatchObject([{ id: firstId(), state: 'switched_off' }]);
		expect(lab.statuses()).not.toContain('active');
	});

	test('a key that is kept is told by its ID, or by its name where that is not known', async () => {
		hand.store = failWith('sealed');
		const { message, description, keys } = itemError(
			await create(['A'], { ...CONTINUE, parameters: { handOverFailed: 'keepNew' } }),
		);
		expect(keys).toMatchObject([{ id: isLookedUp ? firstId() : null, state: 'live' }]);
		expect(message).toContain(
			isLookedUp ? `key ${firstId()} of this item is kept` : 'the key of this item is kept',
		);
		const byName = 'does not tell its ID: it is named "A", in ';
		expect(description.includes(byName)).toBe(!isLookedUp);
	});

	test('a run that stops tells of the key that is stored, and of the one that is kept', async () => {
		hand.store = ({ name, api_key: given }) => {
			const wanted = isLookedUp ? name : record(given).name;
			if (wanted === 'B') throw new Error('sealed');
			return { stored: true };
		};
		const { description, keys } = errorOf(
			await create(['A', 'B', 'C'], { parameters: { ...ONE_BY_ONE, handOverFailed: 'keepNew' } }),
		);
		expect(keys.map(({ state }) => state)).toEqual(['handed_over', 'live', 'switched_off']);
		expect(description).toContain(
			isLookedUp
				? `Stored by the sub-workflow, and live: ${firstId()}.`
				: 'A key whose ID DigiCert did not tell is stored by the sub-workflow, and live (item 0).',
		);
	});

	test('cancelled: the log says what is in hand and what is stored, and nothing that may exist', async () => {
		let letGo: () => void = () => undefined;
		hand.store = async () => {
			await new Promise<void>((resolve) => {
				letGo = resolve;
			});
			return { stored: true };
		};
		await create(['A'], { onStart: cancelWhen(() => hand.calls().length === 1) });
		await until(() => logged().length === 1);
		letGo();
		await until(() => logged().length === 2);
		const [inHand, stored] = [at(logged(), 0), at(logged(), 1)];
		expect([inHand, stored].map(({ keys }) => keys.may_exist)).toEqual([[], []]);
		expect(inHand.line).toContain('so look into the store before you');
		if (isLookedUp) {
			expect([inHand.keys.live, stored.keys.handed_over]).toEqual([[firstId()], [firstId()]]);
		} else {
			expect([inHand.keys.live, stored.keys.handed_over]).toEqual([[], []]);
			expect(inHand.keys.id_unknown).toMatchObject([{ id: null, state: 'live' }]);
			expect(stored.keys.id_unknown).toMatchObject([{ id: null, state: 'handed_over' }]);
			expect(stored.line).toContain('is stored by the sub-workflow, and live (item 0).');
		}
	});

	test('cancelled between two looks: no line of the log says that it did not work', async () => {
		hand.store = failWith('sealed');
		const reads = isLookedUp ? 2 : 1;
		for (let i = 0; i < reads; i++) lab.fault(NO_KEYS, LIST);
		const hasRead = () => lab.sandbox.requests({ method: 'GET' }).length === reads;
		await create(['A'], { onStart: cancelWhen(hasRead) });
		const switchedOff = () => logged().at(-1)?.keys.switched_off;
		await until(() => list(switchedOff() ?? []).length > 0);
		expect(switchedOff()).toEqual([firstId()]);
		expect(
			logged()
				.map(({ line }) => line)
				.join(),
		).not.toContain('did not work');
		expect(lab.statuses()).not.toContain('active');
		expect(lab.sandbox.requests({ method: 'PUT' })).toHaveLength(1);
	});

	test.each([
		[1, 'switched_off'],
		[Infinity, 'live'],
	])(
		'a run that stops looks twice where the list shows nothing (%d times)',
		async (times, state) => {
			lab.fault(answering(400, {}), { match: { method: 'POST', name: 'B' } });
			lab.fault(NO_KEYS, { ...LIST, times });
			const { keys } = errorOf(
				await create(['A', 'B'], { parameters: { ...ONE_BY_ONE, deliverTo: 'output' } }),
			);
			const isFound = state === 'switched_off';
			expect(keys).toMatchObject([{ id: isFound ? firstId() : null, state }]);
			expect(lab.live()).toHaveLength(isFound ? 0 : 1);
			expect(lab.sandbox.requests({ method: 'GET' })).toHaveLength(2);
		},
	);
});
