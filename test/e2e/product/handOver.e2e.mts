import { expect } from '@playwright/test';
import { request } from 'undici';

import { at, isRecord, list, present, record, text } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import { loggedKeys, QUOTED, storedKeys, type Lab } from '../lab.mts';
import {
	errorOf,
	fullItemsOf,
	itemsOf,
	type Execution,
	type StoredWorkflow,
} from '../n8n/client.mts';
import { callExample } from '../n8n/examples.mts';
import * as subs from '../n8n/subWorkflows.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';

const CONTINUE = { onError: 'continueErrorOutput' } as const;

test.beforeEach(({ lab }) => {
	lab.sandbox.reset();
});

/** A store that tries what it got, and answers with what it got, value and all. */
async function store(lab: Lab, settings?: Record<string, unknown>): Promise<StoredWorkflow> {
	const { client, data } = lab;
	return await client.saveWorkflow(
		subs.subWorkflow(
			'Store',
			[
				flows.useKey('Try', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
				flows.setField('got', 'string', "={{ $('Key').first().json.api_key }}"),
			],
			settings,
		),
	);
}

/** Creates a key and hands it over. @param trigger by hand, or a webhook */
async function creator(
	{ client, credentials, sandbox }: Lab,
	trigger: flows.WorkflowNode,
	form: Record<string, unknown>,
	settings: { onError?: string } = CONTINUE,
): Promise<StoredWorkflow> {
	const userId = flows.byId(sandbox.certCentral.us.users.person);
	const given = { userId, name: 'Handed over', ...form };
	const create = flows.createUserKey(credentials.certCentral, given, settings);
	const nodes = [trigger, { ...create, name: 'DigiCert' }];
	return await client.saveWorkflow(subs.keptWorkflow('Parent', nodes));
}

/** Runs it by hand, as it is in the editor. */
async function byHand(lab: Lab, form: Record<string, unknown>): Promise<Execution> {
	const parent = await creator(lab, flows.manualTrigger(), form);
	return present(await lab.client.runByHand(parent, 'Start'), 'The execution');
}

/** Publishes it and calls its webhook. @param path of no other one */
async function inProduction(lab: Lab, path: string, form: Record<string, unknown>) {
	const parent = await creator(lab, flows.webhook(path), form);
	const { execution } = await callExample(lab.client, parent, {});
	return present(execution, 'The execution');
}

const made = ({ sandbox }: Lab) => sandbox.keys({ seeded: false });
const statuses = (lab: Lab) => made(lab).map(({ status }) => status);

/** The one failed item: its text, and the keys that a workflow can read. */
function failureOf(execution: Execution) {
	const failed = at(fullItemsOf(execution, 'DigiCert', 1), 0);
	const error = record(failed.error);
	const told = `${text(error.message)} ${String(error.description)}`;
	return { told, keys: list(record(error.context).keys).map(record), metadata: failed.metadata };
}

/** The execution that the editor links to. */
function linked(metadata: unknown): Record<string, unknown> {
	return record(record(metadata).subExecution);
}

async function expectHandedOver(lab: Lab, execution: Execution, child: StoredWorkflow) {
	expect(execution.status).toBe('success');
	const item = at(fullItemsOf(execution, 'DigiCert'), 0);
	const [key] = made(lab);
	expect(item.json).toMatchObject({
		id: key?.id,
		handed_over: true,
		hand_over: { got: '[API key]' },
	});
	expect(record(item.json)).not.toHaveProperty('api_key');
	expect(key).toMatchObject({ status: 'active' });
	expect(key?.lastUsedAt).toBeDefined();
	expect(linked(item.metadata)).toEqual({ workflowId: child.id, executionId: expect.any(String) });
	expect(await storedKeys(lab, execution)).toEqual([]);
	expect(made(lab)).toHaveLength(1);
	return text(linked(item.metadata).executionId);
}

test('by hand, the draft of the sub-workflow takes the key over', async ({ lab }) => {
	const child = await store(lab);
	const execution = await byHand(lab, subs.handOverTo(child));
	const link = await expectHandedOver(lab, execution, child);
	// What it kept is for its own settings to say.
	expect(await lab.client.stored(link)).toBeUndefined();
});

test('in production, its published version does; the link leads to its execution', async ({
	lab,
}) => {
	const child = await store(lab, {});
	await lab.client.activate(child);
	const execution = await inProduction(lab, 'hand-over', subs.handOverTo(child));
	const link = await expectHandedOver(lab, execution, child);
	const kept = present(await lab.client.finished(link), 'The linked execution');
	expect(kept.status).toBe('success');
	expect(JSON.stringify(itemsOf(kept, 'Key'))).toContain(at(lab.issuedKeys(), -1));
});

const REFUSALS: {
	title: string;
	path: string;
	prepare: (lab: Lab) => Promise<StoredWorkflow>;
	told: RegExp;
}[] = [
	{
		...{ title: 'is not published', path: 'draft' },
		prepare: async (lab) => await store(lab),
		told: /not active/,
	},
	{
		...{ title: 'fails, and quotes the key', path: 'fails' },
		prepare: async ({ client }) => {
			const refuse = subs.stopAndError(`=${QUOTED} {{ $json.api_key }}`);
			const child = await client.saveWorkflow(subs.subWorkflow('Refusing store', [refuse]));
			await client.activate(child);
			return child;
		},
		told: /No room for/,
	},
	{
		...{ title: 'may not be called', path: 'denied' },
		prepare: async (lab) => {
			const child = await store(lab, { ...subs.KEEPS_NOTHING, callerPolicy: 'none' });
			await lab.client.activate(child);
			return child;
		},
		told: /It ended with: .*(may not be called|cannot be called|policy|not allowed|permission)/i,
	},
	{
		...{ title: 'was deleted', path: 'deleted' },
		prepare: async (lab) => {
			const child = await store(lab);
			await subs.deleteWorkflow(lab.client, child);
			return child;
		},
		told: /Workflow (is not active|does not exist)/,
	},
];

for (const { title, path, prepare, told } of REFUSALS) {
	test(`a sub-workflow that ${title}: an error with the key, which is switched off`, async ({
		lab,
	}) => {
		const child = await prepare(lab);
		const failure = failureOf(await inProduction(lab, path, subs.handOverTo(child)));
		expect(failure.told).toMatch(told);
		expect(statuses(lab)).toEqual(['revoked']);
		expect(failure.keys).toMatchObject([{ id: made(lab)[0]?.id, state: 'switched_off' }]);

		lab.sandbox.reset();
		const keeping = subs.handOverTo(child, { handOverFailed: 'keepNew' });
		const execution = await inProduction(lab, `${path}-kept`, keeping);
		expect(failureOf(execution).keys).toMatchObject([{ id: made(lab)[0]?.id, state: 'live' }]);
		expect(statuses(lab)).toEqual(['active']);
		expect(await storedKeys(lab, execution)).toEqual([]);
	});
}

test('a sub-workflow that waits: refused; its caller ends, and stays as it is', async ({ lab }) => {
	const { client } = lab;
	const address = flows.setField('address', 'string', '={{ $execution.resumeUrl }}');
	const child = await client.saveWorkflow(
		subs.subWorkflow('Waiting store', [address, subs.waitForCall()], {}),
	);
	await client.activate(child);
	const form = subs.handOverTo(child, { handOverFailed: 'keepNew' });
	const execution = await inProduction(lab, 'waits', form);
	expect(execution.status).toBe('success');
	const { told, keys } = failureOf(execution);
	expect(told).toMatch(/waits/);
	expect(keys).toMatchObject([{ id: made(lab)[0]?.id, state: 'live' }]);
	const before = await client.stored(execution.id);

	// Once it goes on and ends, n8n has nobody to wake.
	const waiting = await until('the waiting execution', async () => {
		const [newest] = await client.executionsOf(child);
		return newest?.status === 'waiting' ? newest : undefined;
	});
	const stored = JSON.stringify(await client.stored(waiting.id));
	const [url] = /http:[^"\\]*webhook-waiting[^"\\]*/.exec(stored) ?? [];
	const woken = await request(present(url, 'The address that wakes it'));
	await woken.body.dump();
	expect((await client.finished(waiting.id))?.status).toBe('success');
	expect(await client.stored(execution.id)).toEqual(before);
	expect(await storedKeys(lab, execution)).toEqual([]);
});

test('a rotation switches the old key off once the store has it, and not before', async ({
	lab,
}) => {
	const { client, sandbox } = lab;
	const { person } = sandbox.certCentral.us.users;
	const rotate = async (child: StoredWorkflow, name: string, old: number) => {
		await client.activate(child);
		const node = flows.digiCert(
			'DigiCert',
			lab.credentials.certCentral,
			'userApiKey.rotate',
			{ keyId: flows.byId(old), name: '', ...subs.handOverTo(child) },
			CONTINUE,
		);
		const parent = subs.keptWorkflow('Rotation', [flows.webhook(name), node]);
		const answer = await callExample(client, await client.saveWorkflow(parent), {});
		const execution = present(answer.execution, 'The execution');
		expect(await storedKeys(lab, execution)).toEqual([]);
		return execution;
	};
	const old = sandbox.console.us.makeKey({ name: 'Build server', ownerId: person });
	const done = await rotate(await store(lab), 'rotates', old.id);
	expect(itemsOf(done, 'DigiCert')).toMatchObject([
		{ handed_over: true, replaces: { id: old.id, status: 'revoked' } },
	]);
	expect(sandbox.holds(old.value)?.status).toBe('revoked');
	const steps = sandbox.requests().map(({ method, path }) => `${method} ${path}`);
	const last = (step: string) => steps.lastIndexOf(step);
	const tried = last('GET /user/me');
	expect(tried).toBeGreaterThan(steps.findIndex((step) => step.startsWith('POST /key/user')));
	expect(last(`PUT /key/${old.id}/status`)).toBeGreaterThan(tried);

	const second = sandbox.console.us.makeKey({ name: 'Mail server', ownerId: person });
	const refusing = subs.subWorkflow('Full store', [subs.stopAndError('No room')]);
	const failed = await rotate(await client.saveWorkflow(refusing), 'fails-to-rotate', second.id);
	expect(sandbox.holds(second.value)?.status).toBe('active');
	const added = made(lab).filter(({ id, name }) => name === 'Mail server' && id !== second.id);
	expect(added).toMatchObject([{ status: 'active' }]);
	const { keys, metadata } = failureOf(failed);
	expect(keys).toMatchObject([{ id: added[0]?.id, state: 'live' }]);
	if (isRecord(metadata)) expect(linked(metadata).workflowId).toBeDefined();
});

test('On Error: Stop, with a store that fails: the error names the key', async ({ lab }) => {
	const refusing = subs.subWorkflow('Full store', [subs.stopAndError('No room')]);
	const child = await lab.client.saveWorkflow(refusing);
	const parent = await creator(lab, flows.manualTrigger(), subs.handOverTo(child), {});
	const execution = present(await lab.client.runByHand(parent, 'Start'), 'The execution');
	expect(execution.status).toBe('error');
	const context = record(errorOf(execution).context);
	expect(context.keys).toMatchObject([{ id: made(lab)[0]?.id, state: 'switched_off' }]);
	expect(await storedKeys(lab, execution)).toEqual([]);
});

test("no key is in n8n's log", ({ lab }) => {
	expect(loggedKeys(lab)).toEqual([]);
});
