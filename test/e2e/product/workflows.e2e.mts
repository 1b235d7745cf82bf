import { expect } from '@playwright/test';

import { faults } from '../../../sandbox/index.mts';
import { at, list, present, record, text } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import { loggedKeys, type Lab } from '../lab.mts';
import { errorOf, itemsOf, type Execution } from '../n8n/client.mts';
import { callExample, importExample, lastExecution, runExample } from '../n8n/examples.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';

const EVERY_SECONDS = 3;
const SCHEDULED_RUNS = 2;

test.beforeEach(({ lab }) => {
	lab.sandbox.reset();
});

/** The keys that were created since. */
const created = ({ sandbox }: Lab) => sandbox.keys({ seeded: false });

for (const [file, creates] of [
	['create-user-api-key.json', 'Create User API Key'],
	['create-subaccount-api-key.json', 'Create Subaccount API Key'],
] as const) {
	const run = async (lab: Lab, saveExecutions: boolean): Promise<Execution | undefined> => {
		const credentials = Object.values(lab.credentials);
		const options = { credentials, replace: lab.addresses, saveExecutions };
		return await runExample(lab.client, await importExample(lab.client, file, options));
	};

	test(`${file}: one key is created, and works`, async ({ lab }) => {
		const execution = present(await run(lab, true));
		expect(execution.status).toBe('success');
		const { api_key: key } = at(itemsOf(execution, creates), 0);
		expect(lab.sandbox.holds(text(key))?.status).toBe('active');
		expect(lab.sandbox.holds(text(key))?.lastUsedAt).toBeDefined();
		expect(created(lab)).toHaveLength(1);
	});

	test(`${file}: as it is, n8n keeps nothing of the execution`, async ({ lab }) => {
		expect(await run(lab, false)).toBeUndefined();
		expect(created(lab)).toHaveLength(1);
	});
}

test('a webhook creates a key that the next step uses', async ({ lab }) => {
	const { client, credentials, data, sandbox } = lab;
	const user = flows.workflow('Key by webhook', [
		flows.webhook('user-key'),
		flows.createUserKey(credentials.certCentral),
		flows.useKey('Use', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
	]);
	const { person } = sandbox.certCentral.us.users;
	const body = { user: person, name: 'By webhook' };
	const answer = await callExample(client, await client.saveWorkflow(user), body);
	expect(answer.status).toBe(200);
	expect(record(answer.body).id).toBe(person);

	const { subaccount: account } = sandbox.partner.accounts;
	const subaccount = flows.workflow('Subaccount key by webhook', [
		flows.webhook('subaccount-key'),
		flows.digiCert('Create', credentials.partner, 'subaccountApiKey.create', {
			accountId: flows.byId('={{ $json.body.account }}'),
			name: '={{ $json.body.name }}',
		}),
		flows.useKey('Use', `${data.partner.baseUrl}/api-key`, 'X-PARTNER-APIKEY'),
	]);
	const partner = await callExample(client, await client.saveWorkflow(subaccount), {
		account,
		name: 'By webhook',
	});
	expect(partner.status).toBe(200);
	expect(list(record(partner.body).api_keys).length).toBeGreaterThan(0);

	expect(sandbox.requests({ method: 'POST' })).toHaveLength(2);
	const stored = JSON.stringify([answer.execution, partner.execution]);
	expect(stored).not.toContain(data.certCentral.apiKey);
	expect(stored).not.toContain(data.partner.apiKey);
});

test('the life of a key: create, rotate, use, revoke the old one, list', async ({ lab }) => {
	const { client, credentials, data, sandbox } = lab;
	const step = (name: string, operation: string, parameters: Record<string, unknown>) =>
		flows.digiCert(name, credentials.certCentral, `userApiKey.${operation}`, parameters);
	const workflow = flows.workflow('Tour', [
		flows.webhook('tour'),
		flows.createUserKey(credentials.certCentral),
		step('Rotate', 'rotate', { keyId: flows.byId('={{ $json.id }}'), name: '' }),
		flows.useKey('Try', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
		step('Revoke', 'revoke', { keyId: flows.byId("={{ $('Rotate').item.json.replaces.id }}") }),
		step('List', 'getMany', {
			returnAll: true,
			filters: { nameContains: 'tour', status: 'active' },
		}),
	]);
	const body = { user: sandbox.certCentral.us.users.person, name: 'Tour' };
	const answer = await callExample(client, await client.saveWorkflow(workflow), body);
	expect(answer.status).toBe(200);
	const execution = present(answer.execution);
	expect(execution.status).toBe('success');
	const [old, rotated] = ['Create', 'Rotate'].map((node) => at(itemsOf(execution, node), 0).id);
	expect(itemsOf(execution, 'List').map(({ id }) => id)).toEqual([rotated]);
	expect(created(lab).map(({ id, status }) => [id, status])).toEqual([
		[old, 'revoked'],
		[rotated, 'active'],
	]);
});

test('a schedule creates one key with each run', async ({ lab }) => {
	const { client, credentials, sandbox } = lab;
	const workflow = await client.saveWorkflow(
		flows.workflow('Scheduled', [
			flows.schedule(EVERY_SECONDS),
			flows.createUserKey(credentials.certCentral, {
				userId: flows.byId(sandbox.certCentral.us.users.person),
				name: 'By schedule {{ $execution.id }}',
			}),
		]),
	);
	await client.activate(workflow);
	await until('scheduled runs', () => (created(lab).length >= SCHEDULED_RUNS ? true : undefined));
	await client.deactivate(workflow);
	await lastExecution(client, workflow);
	const executions = await client.executionsOf(workflow);
	expect(executions.filter(({ status }) => status !== 'success')).toEqual([]);
	expect(created(lab)).toHaveLength(executions.length);
});

/** Names of a webhook's body become items; what fails of them goes to another node. */
async function createFromNames(
	{ client, credentials, sandbox }: Lab,
	name: string,
	settings: Parameters<typeof flows.digiCert>[4],
) {
	const split = { fieldToSplitOut: 'body.names', options: { destinationFieldName: 'name' } };
	return await client.saveWorkflow(
		flows.workflow(
			name,
			[
				flows.webhook(name),
				{
					...{ name: 'Split', type: 'n8n-nodes-base.splitOut', typeVersion: 1 },
					parameters: split,
				},
				flows.createUserKey(
					credentials.certCentral,
					{ userId: flows.byId(sandbox.certCentral.us.users.person), name: '={{ $json.name }}' },
					settings,
				),
			],
			{ onError: flows.setField('keys', 'array', '={{ $input.item.error.context.keys }}') },
		),
	);
}

test('a lost reply is told, with the key, and nothing is sent twice', async ({ lab }) => {
	const { client, sandbox } = lab;
	sandbox.addFault({ match: { name: 'lost' }, ...faults.dropAfter() });
	const workflow = await createFromNames(lab, 'lost-reply', {
		onError: 'continueErrorOutput',
		retryOnFail: true,
		maxTries: 3,
	});
	const names = ['first', 'lost', 'last'];
	const execution = present((await callExample(client, workflow, { names })).execution);
	expect(sandbox.requests({ method: 'POST' })).toHaveLength(3);
	const delivered = itemsOf(execution, 'Create');
	expect(delivered.map(({ name }) => name)).toEqual(['first', 'last']);
	const statuses = delivered.map(({ api_key: key }) => sandbox.holds(text(key))?.status);
	expect(statuses).toEqual(['active', 'active']);
	const failed = at(itemsOf(execution, 'Create', 1), 0);
	expect(failed.error).toMatch(/may have been created/);
	expect(JSON.stringify(failed)).not.toContain('api_key');
	// What a workflow reads without parsing a sentence.
	const [lost] = list(at(itemsOf(execution, 'Set keys'), 0).keys).map(record);
	expect(lost).toMatchObject({ id: created(lab).find(({ name }) => name === 'lost')?.id });
});

test('a refusal stops the workflow, with the reason', async ({ lab }) => {
	lab.sandbox.addFault({ match: { name: 'refused' }, ...faults.errorBefore(403) });
	const workflow = await createFromNames(lab, 'refusal', {});
	const answer = await callExample(lab.client, workflow, { names: ['refused'] });
	expect(answer.status).toBe(500);
	const execution = present(answer.execution);
	expect(execution.status).toBe('error');
	expect(errorOf(execution).message).toMatch(/^DigiCert (refused|does not permit) this call/);
	expect(created(lab)).toEqual([]);
});

test("no key is in n8n's log", ({ lab }) => {
	expect(loggedKeys(lab)).toEqual([]);
});
