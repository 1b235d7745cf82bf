'use strict';

const assert = require('node:assert/strict');

const { itemsOf } = require('../../n8n/client');
const { callExample, lastExecution } = require('../../n8n/examples');
const flows = require('../../n8n/workflows');
const { until } = require('../../wait');

/** @typedef {import('../../lab').Lab} Lab */

const EVERY_SECONDS = 3;
const SCHEDULED_RUNS = 2;

/** Create and rotate need the same of their item. @param {Lab} lab */
function createKey({ credentials: { certCentral } }) {
	return flows.digiCert('Create', certCentral, 'userApiKey', 'create', {
		userId: flows.byId('={{ $json.body.user }}'),
		name: '={{ $json.body.name }}',
		restrictedToRoleId: 0,
	});
}

/** A webhook asks for a key, and the next step uses it. @param {Lab} lab */
async function webhookCreatesUsableKey(lab) {
	const { client, credentials, data, sandbox } = lab;
	sandbox.reset();
	const user = flows.workflow('Key by webhook', [
		flows.webhook('user-key'),
		createKey(lab),
		flows.useKey('Use', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
	]);
	const { users } = sandbox.certCentral.us;
	const body = { user: users.person, name: 'By webhook' };
	const answer = await callExample(client, await client.saveWorkflow(user), body);
	assert.equal(answer.status, 200);
	assert.equal(answer.body.id, users.person);

	const { accounts } = sandbox.partner;
	const subaccount = flows.workflow('Subaccount key by webhook', [
		flows.webhook('subaccount-key'),
		flows.digiCert('Create', credentials.partner, 'subaccountApiKey', 'create', {
			accountId: flows.byId('={{ $json.body.account }}'),
			name: '={{ $json.body.name }}',
		}),
		flows.useKey('Use', `${data.partner.baseUrl}/api-key`, 'X-PARTNER-APIKEY'),
	]);
	const partnerBody = { account: accounts.subaccount, name: 'By webhook' };
	const partnerAnswer = await callExample(
		client,
		await client.saveWorkflow(subaccount),
		partnerBody,
	);
	assert.equal(partnerAnswer.status, 200);
	assert.ok(Array.isArray(partnerAnswer.body.api_keys));

	assert.equal(sandbox.requests({ method: 'POST' }).length, 2);
	const record = JSON.stringify([answer.execution, partnerAnswer.execution]);
	assert.ok(!record.includes(data.certCentral.apiKey) && !record.includes(data.partner.apiKey));
}

/** The life of a key: create, rotate, try the new one, revoke the old one, list. @param {Lab} lab */
async function tour(lab) {
	const { client, credentials, data, sandbox } = lab;
	sandbox.reset();
	const step = (/** @type {[string, string, object]} */ ...[name, operation, parameters]) =>
		flows.digiCert(name, credentials.certCentral, 'userApiKey', operation, parameters);
	const workflow = flows.workflow('Tour', [
		flows.webhook('tour'),
		createKey(lab),
		step('Rotate', 'rotate', { keyId: flows.byId('={{ $json.id }}'), name: '' }),
		flows.useKey('Try', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
		step('Revoke', 'revoke', { keyId: flows.byId("={{ $('Rotate').item.json.replaces.id }}") }),
		step('List', 'getMany', {
			returnAll: true,
			filters: { nameContains: 'tour', status: 'active' },
		}),
	]);
	const user = sandbox.certCentral.us.users.person;
	const answer = await callExample(client, await client.saveWorkflow(workflow), {
		user,
		name: 'Tour',
	});
	assert.equal(answer.status, 200);
	assert.ok(answer.execution !== undefined);
	assert.equal(answer.execution.status, 'success');
	const [created] = itemsOf(answer.execution, 'Create');
	const [rotated] = itemsOf(answer.execution, 'Rotate');
	assert.deepEqual(
		itemsOf(answer.execution, 'List').map(({ id }) => id),
		[rotated.id],
	);
	const status = (/** @type {{ id: number }} */ { id }) => sandbox.keys({ id })[0]?.status;
	assert.equal(status(created), 'revoked');
	assert.equal(status(rotated), 'active');
	assert.equal(sandbox.keys({ seeded: false }).length, 2);
}

/** A schedule creates one key with each run. @param {Lab} lab */
async function scheduleCreates(lab) {
	const { client, credentials, sandbox } = lab;
	sandbox.reset();
	const workflow = await client.saveWorkflow(
		flows.workflow('Scheduled', [
			flows.schedule(EVERY_SECONDS),
			flows.digiCert('Create', credentials.certCentral, 'userApiKey', 'create', {
				userId: flows.byId(sandbox.certCentral.us.users.person),
				name: 'By schedule {{ $execution.id }}',
				restrictedToRoleId: 0,
			}),
		]),
	);
	await client.activate(workflow);
	await until('scheduled runs', async () =>
		sandbox.keys({ seeded: false }).length >= SCHEDULED_RUNS ? true : undefined,
	);
	await client.deactivate(workflow);
	await lastExecution(client, workflow);
	const executions = await client.executionsOf(workflow);
	assert.ok(executions.every(({ status }) => status === 'success'));
	assert.equal(sandbox.keys({ seeded: false }).length, executions.length);
}

/**
 * @param {import('../../report').Report['check']} check
 * @param {Lab} lab
 */
async function checkTriggers(check, lab) {
	await check('a webhook creates a key that the next step uses', () =>
		webhookCreatesUsableKey(lab),
	);
	await check('tour: create, rotate, use, revoke the old one, list', () => tour(lab));
	await check('a schedule creates one key with each run', () => scheduleCreates(lab));
}

module.exports = { checkTriggers };
