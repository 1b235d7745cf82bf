import path from 'node:path';

import { expect } from '@playwright/test';

import { at, present, record, text } from '../../support/read.mts';
import { storedKeys } from '../lab.mts';
import { fullItemsOf, itemsOf, type Execution, type StoredCredential } from '../n8n/client.mts';
import { runExample } from '../n8n/examples.mts';
import * as subs from '../n8n/subWorkflows.mts';
import * as flows from '../n8n/workflows.mts';
import { run } from '../processes.mts';
import { installN8n } from '../toolchain/n8n.mts';
import { expectSuccess, failureOf, lastUsed, test, type Bench } from './bench.mts';

/** Reads a Vault as n8n does for `$secrets`. */
const PROVIDER = path.resolve(import.meta.dirname, '..', 'n8n', 'vaultProvider.mts');
const NAME = 'Build server (rotated by n8n)';

test.beforeEach(({ bench }) => {
	bench.reset();
});

/** Imports a store's workflow and publishes it. */
async function publish(
	bench: Bench,
	file: string,
	credential: StoredCredential,
	settings: Record<string, unknown> = {},
): Promise<string> {
	const setup = { credentials: [credential], settings, saveExecutions: false };
	const store = await bench.load(file, setup);
	await bench.client.activate(store);
	return store.id;
}

/** One store's sub-workflow, set up. */
interface Store {
	right: StoredCredential;
	/** With which it refuses. */
	wrong: StoredCredential;
	settings?: Record<string, unknown>;
	/** The ID of the key that is at a place. */
	keyAt: (place: string) => number | undefined | Promise<number | undefined>;
}

const STORES: { file: string; prepare: (bench: Bench) => Store | Promise<Store> }[] = [
	{
		file: 'store-in-vault.json',
		prepare: ({ others, vault, sandbox }) => ({
			...{ right: others.vault, wrong: others.wrongHeader },
			keyAt: (place) => {
				const secret = vault.secrets.get(decodeURIComponent(place))?.at(-1);
				return sandbox.holds(text(secret?.api_key))?.id;
			},
		}),
	},
	{
		file: 'store-in-custodia.json',
		prepare: ({ others, custodia, sandbox }) => ({
			...{ right: others.custodia, wrong: others.wrongHeader },
			keyAt: async (place) => sandbox.holds(text(await custodia.read(place)))?.id,
		}),
	},
	{
		file: 'store-in-aws-secrets-manager.json',
		prepare: ({ others, aws, sandbox }) => ({
			...{ right: others.aws, wrong: others.wrongAws },
			keyAt: (place) => {
				const secret = aws.secrets.get(place)?.at(-1);
				return sandbox.holds(text(secret?.value))?.id;
			},
		}),
	},
	{
		file: 'store-in-n8n-credential.json',
		async prepare(bench) {
			const { client, credentials, data, others } = bench;
			const { type } = credentials.certCentral;
			const held = await client.storeCredential(type, 'Made by hand', data.certCentral);
			const use = flows.httpRequest('Use', {
				url: `${data.certCentral.baseUrl}/user/me`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: type,
			});
			const user = await client.saveWorkflow(
				subs.keptWorkflow('Uses the credential', [
					flows.manualTrigger(),
					{ ...use, credentials: flows.bound([held]) },
				]),
			);
			return {
				...{ right: others.n8n, wrong: await bench.n8nCredential('credential:read') },
				settings: { credential_id: held.id },
				// n8n gives no value back: another workflow uses it.
				async keyAt() {
					expect((await runExample(client, user))?.status).toBe('success');
					return lastUsed(bench);
				},
			};
		},
	},
];

/** Creates a key and hands it over. */
async function create(bench: Bench, handOverTo: string): Promise<Execution> {
	const { client, credentials, sandbox } = bench;
	const { person } = sandbox.certCentral.us.users;
	const workflow = await client.saveWorkflow(
		subs.keptWorkflow('Create', [
			flows.manualTrigger(),
			flows.createUserKey(credentials.certCentral, {
				...{ userId: flows.byId(person), name: NAME, restrictedToRoleId: 102 },
				...subs.handOverTo({ id: handOverTo }),
			}),
		]),
	);
	return present(await runExample(client, workflow), 'The execution');
}

/** Where the store says that it has put the key of an item. */
function placeIn(execution: Execution, node: string): string {
	const { place, key_id: id } = record(at(itemsOf(execution, node), 0).hand_over);
	expect(id).toBe(at(itemsOf(execution, node), 0).id);
	return text(place);
}

const rotate = async (bench: Bench, handOverTo: string) =>
	await bench.run('rotate-on-schedule.json', {
		handOverTo,
		// As if every key were old.
		replace: { '$now.minus({ days: 60 })': '$now.plus({ days: 1 })' },
	});

const created = ({ sandbox }: Bench, n: number) => at(sandbox.keys({ seeded: false }), n).id;

for (const { file, prepare } of STORES) {
	test(`${file}: stores a key and its successor, and fails when the store refuses`, async ({
		bench,
	}) => {
		const { right, wrong, settings = {}, keyAt } = await prepare(bench);
		const store = await publish(bench, file, right, settings);
		const first = await create(bench, store);
		expectSuccess(first);
		expect(await keyAt(placeIn(first, 'Create'))).toBe(created(bench, 0));

		const rotated = await rotate(bench, store);
		expectSuccess(rotated);
		const successor = created(bench, 1);
		expect(at(itemsOf(rotated, 'Your mail or chat node'), 0).report).toContain(
			`replaced by key ${successor}, and is revoked`,
		);
		expect(bench.statuses()).toEqual(['revoked', 'active']);
		const place = placeIn(rotated, 'Rotate and store');
		expect(await keyAt(place)).toBe(successor);

		const refusing = await publish(bench, file, wrong, settings);
		const refused = await rotate(bench, refusing);
		const failure = failureOf(refused);
		expect(failure).toMatch(/^1 of 1 keys that are due were not rotated\./);
		expect(failure).toContain(`[key ${created(bench, 2)}, "`);
		expect(failure).toContain('does not give key');
		expect(bench.statuses()).toEqual(['revoked', 'active', 'active']);
		expect(await keyAt(place)).toBe(successor);
		for (const execution of [first, rotated, refused])
			expect(await storedKeys(bench, execution)).toEqual([]);
	});
}

const inVault = async (bench: Bench, credential = bench.others.vault) =>
	await publish(bench, 'store-in-vault.json', credential);

test("store-in-vault.json: n8n's own secrets provider gives the value that was stored", async ({
	bench,
	release,
}) => {
	const { vault, sandbox } = bench;
	const stored = await create(bench, await inVault(bench));
	const { node, command } = await installN8n(release);
	const printed = await run(
		'node',
		[PROVIDER, path.resolve(command, '../../n8n/package.json'), vault.url],
		{ env: { ...node.env, VAULT_TOKEN: vault.header.value } },
	);
	const { state, secrets } = record(JSON.parse(printed));
	expect(state).toBe('connected');
	const [folder, owner, name = ''] = placeIn(stored, 'Create').split('/');
	// n8n calls a folder in a folder by its whole path.
	const steps = ['secret', `${folder}`, `${folder}/${owner}`, decodeURIComponent(name)];
	const secret = steps.reduce((found, step) => record(found[step]), record(secrets));
	expect(sandbox.holds(text(secret.api_key))?.id).toBe(created(bench, 0));
});

test('break-glass.json: the leaked key is off, with or without a successor', async ({ bench }) => {
	const { sandbox, others } = bench;
	const { person } = sandbox.certCentral.us.users;
	const run = async (handOverTo: string) => {
		const { id } = sandbox.console.us.makeKey({ name: 'Leaked', ownerId: person });
		const replace = { '"value": 184': `"value": ${id}` };
		const execution = await bench.run('break-glass.json', { handOverTo, replace });
		expect(await storedKeys(bench, execution)).toEqual([]);
		expect(sandbox.keys({ id })).toMatchObject([{ status: 'revoked' }]);
		return { id, execution };
	};
	const { id, execution } = await run(await inVault(bench));
	expect(at(itemsOf(execution, 'Replaced'), 0).report).toContain(`Key ${id} is switched off.`);

	const refused = await run(await inVault(bench, others.wrongHeader));
	expect(failureOf(refused.execution)).toMatch(
		new RegExp(`^Key ${refused.id} is switched off, .*may have no successor in the store`),
	);
});

test('onboard-subaccount.json: a key in the store, or none that is live', async ({ bench }) => {
	const { others, statuses } = bench;
	const onboard = async (handOverTo: string) =>
		await bench.run('onboard-subaccount.json', { handOverTo });
	const done = await onboard(await inVault(bench));
	expectSuccess(done);
	expect(at(itemsOf(done, 'Onboarded'), 0).report).toContain(`has the key ${created(bench, 1)}`);
	expect(statuses()).toEqual(['inactive', 'active']);

	bench.reset();
	const refused = await onboard(await inVault(bench, others.wrongHeader));
	expect(failureOf(refused)).toMatch(/^Subaccount \d+ exists, without a key in the store\. \[key/);
	expect(statuses()).toEqual(['inactive', 'inactive']);
});

test('as they are, n8n keeps nothing of the executions, nor of those of the store', async ({
	bench,
}) => {
	const { client } = bench;
	const handOverTo = await inVault(bench);
	expect(fullItemsOf(await create(bench, handOverTo), 'Create')).toHaveLength(1);
	for (const file of ['find-orphans.json', 'onboard-subaccount.json', 'rotate-on-schedule.json']) {
		const workflow = await bench.load(file, { handOverTo, saveExecutions: false });
		expect(await runExample(client, workflow), file).toBeUndefined();
		expect(await client.executionsOf(workflow), file).toEqual([]);
	}
	expect(await client.executionsOf({ id: handOverTo })).toEqual([]);
});
