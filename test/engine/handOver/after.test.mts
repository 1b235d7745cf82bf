import { faults } from '../../../sandbox/index.mts';
import { breakDown } from '../../support/breakDown.mts';
import { CONTINUE, failWith, useHandOver } from '../../support/handOver.mts';
import { ALWAYS, byId, changing, LIST, POST, PUT, useLab } from '../../support/lab.mts';
import { anyText, objectWith, textWith } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, list, present, record, text } from '../../support/read.mts';
import { errorOf, hintsOf, itemError, itemErrors, jsonsOf, only } from '../../support/told.mts';

const lab = useLab({ rateLimits: [] });
shortenPauses();
const hand = useHandOver(lab);
const { calls, makeKeys, newest, oneOld, rotate, statusOf } = hand;

describe('After Hand-Over', () => {
	test.each([
		['switchOffOld', 'revoked'],
		['keepOld', 'active'],
	])('%s: the old key is %s, and the output says so', async (afterHandOver, status) => {
		const id = await oneOld();
		const json = only(await rotate([id], { parameters: { afterHandOver } }));
		expect(json).toMatchObject({ replaces: { id, status }, handed_over: true });
		expect(json.replaces).not.toHaveProperty('kept');
		expect([statusOf(id), newest().status]).toEqual([status, 'active']);
	});

	test('the old key works until the sub-workflow has ended', async () => {
		const id = await oneOld();
		const seen: string[] = [];
		hand.store = () => {
			seen.push(statusOf(id));
			return {};
		};
		await rotate([id]);
		expect([...seen, statusOf(id)]).toEqual(['active', 'revoked']);
	});

	test('Skip: a key that another item is to switch off does not count as the one in use', async () => {
		const [old = 0, leaving = 0, staying = 0, other = 0] = await makeKeys(4);
		const execution = await rotate([old, leaving, other], {
			...CONTINUE,
			parameters: {
				name: "={{ $itemIndex === 2 ? 'old 2' : 'old 1' }}",
				options: { ifNameExists: 'skip' },
			},
		});
		expect(jsonsOf(execution)).toContainEqual(objectWith({ id: staying, skipped: true }));
		const { message, description } = itemError(execution);
		expect(message).toBe('Item 1 of this run replaces the API key of this name [item 0]');
		expect(description).toContain(`It switches key ${leaving} off once the successor is stored.`);
		expect([old, leaving].map(statusOf)).toEqual(['active', 'revoked']);
	});

	test('Skip: no key gives way to one that another item switches off', async () => {
		const [a = 0, leaving = 0] = await makeKeys(2);
		const without = changing((body) => ({
			api_keys: list(body.api_keys).filter((key) => record(key).id !== leaving),
		}));
		lab.fault(without, LIST);
		const execution = await rotate([a, leaving], {
			...CONTINUE,
			parameters: {
				name: "={{ $itemIndex === 0 ? 'old 1' : 'new' }}",
				options: { ifNameExists: "={{ $itemIndex === 0 ? 'skip' : 'create' }}" },
			},
		});
		expect(jsonsOf(execution).map((json) => json.handed_over)).toEqual([true, true]);
		expect(lab.created().map(({ status }) => status)).toEqual([
			...['revoked', 'revoked'],
			...['active', 'active'],
		]);
	});

	test('Skip: two keys of one name that are rotated together are both shown, and stay', async () => {
		const [a = 0] = await makeKeys(1);
		const { id: b } = only(await lab.createUserKeys([lab.item('old 0')]));
		const execution = await rotate([a, Number(b)], {
			parameters: { options: { ifNameExists: 'skip' } },
		});
		expect(jsonsOf(execution)).toMatchObject([
			{ id: b, skipped: true },
			{ id: a, skipped: true },
		]);
		expect([a, Number(b)].map(statusOf)).toEqual(['active', 'active']);
	});

	test('Skip: a key whose own rotation is skipped does', async () => {
		const [old = 0, leaving = 0] = await makeKeys(2);
		const { id: used } = only(await lab.createUserKeys([lab.item('old 1')]));
		const execution = await rotate([old, leaving], {
			parameters: { name: 'old 1', options: { ifNameExists: 'skip' } },
		});
		expect(jsonsOf(execution)).toMatchObject([
			{ id: leaving, skipped: true },
			{ id: used, skipped: true },
		]);
		expect([old, leaving].map(statusOf)).toEqual(['active', 'active']);
	});

	const trial = { method: 'GET', path: '/user/me' };

	test('Verify that goes well: the item says so, and the old key is switched off', async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const made = only(await lab.createUserKeys([{ user, name: 'old' }]));
		const options = { verify: true };
		const json = only(await rotate([Number(made.id)], { parameters: { options } }));
		expect(json).toMatchObject({ verified: true, replaces: { status: 'revoked' } });
		expect(at(calls(), 0).items[0]?.json).toMatchObject({ verified: true });
	});

	test.each([
		['refused', faults.forbiddenInvalidKey()],
		['broken', faults.dropBefore()],
	])('a trial that is %s: handed over all the same, and the old key stays', async (_, fault) => {
		const id = await oneOld();
		lab.fault(fault, { match: trial, ...ALWAYS });
		// The own-key guard asks for the same page.
		const options = { verify: true, allowOwnKey: true };
		const json = only(await rotate([id], { parameters: { options } }));
		expect(json).toMatchObject({ verified: false, handed_over: true, verification: anyText });
		expect(json.replaces).toMatchObject({
			...{ id, status: 'active' },
			kept: 'The trial of the new key did not go well',
		});
		expect([statusOf(id), newest().status]).toEqual(['active', 'active']);
	});

	test('Verify that did not take place: the old key is kept', async () => {
		const id = await oneOld();
		breakDown('issuance/carryOut.js', 'forEachCreation', 4);
		const json = only(
			await rotate([id], { ...CONTINUE, parameters: { options: { verify: true } } }),
		);
		expect(json).toMatchObject({ handed_over: true, replaces: { id, kept: anyText } });
		expect(json).not.toHaveProperty('verified');
		expect(statusOf(id)).toBe('active');
	});

	test('an answer that tells the ID of the old key tells none: only the list can prove the new one', async () => {
		const id = await oneOld();
		lab.fault(
			changing((body) => ({ ...body, id })),
			POST,
		);
		hand.store = failWith('sealed');
		const error = errorOf(await rotate([id], { parameters: { handOverFailed: 'switchOffNew' } }));
		expect(at(calls(), 0)).not.toHaveProperty('id');
		expect(statusOf(id)).toBe('active');
		expect(newest().status).toBe('active');
		expect(error.keys).toContainEqual(objectWith({ id: null, name: 'old 0', state: 'live' }));
	});

	test('the same where the answer has no value: the old key is no candidate', async () => {
		const id = await oneOld();
		lab.fault(
			changing(() => ({ id })),
			POST,
		);
		const { keys } = errorOf(await rotate([id]));
		expect(keys.map((key) => key.id)).toEqual([newest().id, null]);
	});

	test('an old key that cannot be switched off: the output and a note say so', async () => {
		const id = await oneOld();
		lab.fault(faults.errorBefore(), { ...PUT, ...ALWAYS });
		const execution = await rotate([id], CONTINUE);
		const [json] = jsonsOf(execution);
		expect(json).toMatchObject({
			handed_over: true,
			replaces: { id, status: 'active', kept: textWith('Switching it off did not work. DigiCert') },
		});
		expect(hintsOf(execution)).toContainEqual(textWith(`old ones may still be live: key ${id}.`));
		expect(newest().status).toBe('active');
	});

	test('the same when another item stops the workflow: the error names the old key', async () => {
		const [one, other] = await makeKeys(2);
		lab.fault(faults.errorBefore(), { match: { method: 'PUT', path: `/key/${one}/` }, ...ALWAYS });
		hand.store = ({ name }) => {
			if (name === 'old 1') throw new Error('sealed');
			return {};
		};
		const options = { concurrency: 1 };
		const error = errorOf(await rotate([Number(one), Number(other)], { parameters: { options } }));
		expect(error.description).toContain(
			`Old keys that may still be live, although their successors are stored: ${one}.`,
		);
		expect(error.keys.map(({ state }) => state)).toEqual(['handed_over', 'live']);
	});
});

describe("the credential's own key", () => {
	const own = () => lab.seeded('Administrator').id;

	/** Leaves the credential's user no other live key. */
	beforeEach(async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const keys = lab.sandbox.keys(
			({ api, instance, ownerId, status, id }) =>
				api === 'certcentral' &&
				instance === 'us' &&
				ownerId === user &&
				status === 'active' &&
				id !== own(),
		);
		const items = keys.map(({ id }) => ({ key: id }));
		const parameters = { keyId: byId('={{ $json.key }}'), options: { allowOwnKey: true } };
		await lab.perform('userApiKey', 'revoke', items, { parameters });
	});

	test.each([
		['userApiKey', 'Administrator'],
		['subaccountApiKey', 'Parent key'],
	])('%s: is not rotated when the old one would be switched off', async (resource, name) => {
		const { id } = lab.seeded(name);
		const error = errorOf(await rotate([id], {}, resource));
		expect(error.message).toContain('the API key of the credential itself');
		expect(lab.creations()).toEqual([]);
		expect(calls()).toEqual([]);
	});

	test.each([{ afterHandOver: 'keepOld' }, { options: { allowOwnKey: true } }])(
		'is rotated with %j',
		async (parameters) => {
			expect(only(await rotate([own()], { parameters }))).toMatchObject({ handed_over: true });
		},
	);

	test("not all live keys of the credential's user are switched off in one run", async () => {
		const user = lab.sandbox.certCentral.us.users.administrator;
		const second = Number(only(await lab.createUserKeys([{ user, name: 'second' }])).id);
		const before = lab.creations().length;
		const stopped = errorOf(await rotate([own(), second]));
		expect(stopped.message).toContain('the API key of the credential itself');
		expect(stopped.description).toContain('are to take the other live keys');
		expect(lab.creations()).toHaveLength(before);

		const execution = await rotate([own(), second], CONTINUE);
		expect(jsonsOf(execution)).toHaveLength(1);
		expect(itemErrors(execution)).toHaveLength(1);
		expect([statusOf(own()), statusOf(second)].sort()).toEqual(['active', 'revoked']);
	});
});

describe('a rotation of 9 keys with a store that fails for every third, after it has stored', () => {
	/** Whether DigiCert takes a key, asked for as its owner would. */
	async function works(value: string): Promise<boolean> {
		const { baseUrl } = lab.sandbox.certCentral.us;
		const headers = { 'X-DC-DEVKEY': value, accept: 'application/json' };
		const reply = await fetch(`${baseUrl}/user/me`, { headers });
		await reply.arrayBuffer();
		return reply.status === 200;
	}

	test.each([
		['keepBoth', 'continueErrorOutput'],
		['switchOffNew', 'continueErrorOutput'],
		['keepBoth', 'stopWorkflow'],
	] as const)(
		'with %s (%s): all owners can work at every moment',
		async (handOverFailed, onError) => {
			const user = lab.sandbox.certCentral.us.users.administrator;
			const owners = Array.from({ length: 9 }, (_, i) => `owner ${i}`);
			const made = jsonsOf(await lab.createUserKeys(owners.map((name) => ({ user, name }))));
			const stored = new Map(made.map(({ name, api_key }) => [text(name), text(api_key)]));
			const isThird = (name: string) => Number(name.slice(6)) % 3 === 2;
			hand.store = ({ name, api_key }) => {
				const owner = text(name);
				stored.set(owner, text(api_key));
				if (isThird(owner)) throw new Error('HTTP 503 from the store');
				return { stored: owner };
			};

			const refused = new Set<string>();
			let uses = 0;
			let isOver = false;
			const work = async (owner: string) => {
				do {
					// A refusal counts when the store held the same value before and after the call: an owner
					// reads the store again before it gives up.
					const value = present(stored.get(owner));
					uses += 1;
					if (!(await works(value)) && stored.get(owner) === value) refused.add(owner);
					await new Promise((resolve) => setTimeout(resolve, 100));
				} while (!isOver);
			};
			const working = Promise.all(owners.map(work));
			const execution = await rotate(
				made.map(({ id }) => Number(id)),
				{ settings: { onError }, parameters: { handOverFailed } },
			);
			isOver = true;
			await working;
			await Promise.all(owners.map(work));

			const errors = itemErrors(execution);
			const { keys } =
				onError === 'stopWorkflow' ? errorOf(execution) : { keys: errors.flatMap((e) => e.keys) };
			const offByName = keys
				.filter(({ state }) => state === 'switched_off')
				.map(({ name }) => name);
			expect([...refused].filter((owner) => !offByName.includes(owner))).toEqual([]);
			// Each owner at least once while keys change, and once afterwards.
			expect(uses).toBeGreaterThanOrEqual(2 * owners.length);
			if (handOverFailed === 'keepBoth') expect(refused.size).toBe(0);
			if (onError === 'stopWorkflow') return;
			expect(jsonsOf(execution)).toHaveLength(6);
			expect(errors).toHaveLength(3);
			expect(refused.size).toBe(handOverFailed === 'switchOffNew' ? 3 : 0);
			expect(lab.live()).toHaveLength(handOverFailed === 'keepBoth' ? 6 + 2 * 3 : 6 + 3);
		},
	);
});
