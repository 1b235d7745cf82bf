'use strict';

const assert = require('node:assert/strict');

const { faults } = require('../../../../sandbox/index.mts');
const { itemsOf } = require('../../n8n/client');
const { callExample } = require('../../n8n/examples');
const flows = require('../../n8n/workflows');

/** @typedef {import('../../lab').Lab} Lab */

/**
 * A webhook that creates a key for each name of its body.
 *
 * @param {Lab} lab
 * @param {string} name
 * @param {object} settings of the DigiCert node
 */
async function createFromNames({ client, credentials, sandbox }, name, settings) {
	return await client.saveWorkflow(
		flows.workflow(name, [
			flows.webhook(name),
			{
				name: 'Split',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				parameters: { fieldToSplitOut: 'body.names', options: { destinationFieldName: 'name' } },
			},
			flows.digiCert(
				'Create',
				credentials.certCentral,
				'userApiKey',
				'create',
				{
					userId: flows.byId(sandbox.certCentral.us.users.person),
					name: '={{ $json.name }}',
					restrictedToRoleId: 0,
				},
				settings,
			),
		]),
	);
}

/** A lost reply: nothing is sent again, even with Retry On Fail, and the others arrive. @param {Lab} lab */
async function lostReply(lab) {
	const { client, sandbox } = lab;
	sandbox.reset();
	sandbox.addFault({ match: { name: 'lost' }, ...faults.dropAfter() });
	const workflow = await createFromNames(lab, 'lost-reply', {
		onError: 'continueErrorOutput',
		retryOnFail: true,
		maxTries: 3,
	});
	const names = ['first', 'lost', 'last'];
	const { execution } = await callExample(client, workflow, { names });
	assert.ok(execution !== undefined);
	assert.equal(sandbox.requests({ method: 'POST' }).length, 3);
	const created = itemsOf(execution, 'Create');
	assert.deepEqual(
		created.map(({ name }) => name),
		['first', 'last'],
	);
	assert.ok(created.every(({ api_key: key }) => sandbox.holds(key)?.status === 'active'));
	const [failed] = itemsOf(execution, 'Create', 1);
	assert.match(failed.error, /may have been created/);
	assert.ok(!JSON.stringify(failed).includes('api_key'));
}

/** Stop Workflow: the caller gets no key, and the error says why. @param {Lab} lab */
async function refusal(lab) {
	const { client, sandbox } = lab;
	sandbox.reset();
	const forbidden = faults.errorBefore(403);
	sandbox.addFault({ match: { name: 'refused' }, ...forbidden });
	const workflow = await createFromNames(lab, 'refusal', {});
	const answer = await callExample(client, workflow, { names: ['refused'] });
	assert.equal(answer.status, 500);
	assert.equal(answer.execution?.status, 'error');
	const { error } = answer.execution.data.resultData;
	assert.match(error.message, /^DigiCert (refused|does not permit) this call/);
	assert.equal(sandbox.keys({ seeded: false }).length, 0);
}

/**
 * @param {import('../../report').Report['check']} check
 * @param {Lab} lab
 */
async function checkFailures(check, lab) {
	await check('a lost reply is told, and nothing is sent twice', () => lostReply(lab));
	await check('a refusal stops the workflow, with the reason', () => refusal(lab));
}

module.exports = { checkFailures };
