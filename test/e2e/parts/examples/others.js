'use strict';

const assert = require('node:assert/strict');
const { request } = require('undici');

const { openWithJose } = require('../../../support/jose');
const { keyPairs, pemOf, privatePemOf } = require('../../../support/keyPairs');
const { itemsOf } = require('../../n8n/client');
const { runExample } = require('../../n8n/examples');
const flows = require('../../n8n/workflows');
const { until } = require('../../wait');
const { reports } = require('./bench');

/** @typedef {import('./bench').Bench} Bench */

/** @param {Bench} bench */
async function selfService(bench) {
	const { client, header, sandbox } = bench;
	const { publicKey, privateKey } = keyPairs.X25519;
	bench.reset();
	const credentials = [bench.headers.callers];
	const workflow = await bench.load('self-service.json', { credentials }, false);
	/** @param {object} body @param {string} [value] */
	const post = async (body, value = header.value) => {
		const answer = await request(`${client.url}/webhook/digicert-key`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', [header.name]: value },
			body: JSON.stringify(body),
		});
		const type = String(answer.headers['content-type']);
		return { status: answer.statusCode, type, text: await answer.body.text() };
	};
	const wanted = { name: 'Laptop', public_key: pemOf(publicKey) };

	await client.activate(workflow);
	try {
		// n8n answers 404 for a moment after the activation.
		const stranger = await until('the webhook', async () => {
			const answer = await post(wanted, 'wrong');
			return answer.status === 404 ? undefined : answer;
		});
		assert.equal(stranger.status, 403);
		assert.equal((await post({ name: 'Laptop' })).status, 400);
		const own = privatePemOf(privateKey);
		const mistake = await post({ ...wanted, public_key: own });
		assert.equal(mistake.status, 502);
		assert.match(JSON.parse(mistake.text).error, /private/);
		assert.ok(!mistake.text.includes(own.split('\n')[1]));
		assert.equal(sandbox.requests().length, 0);

		const { status, type, text } = await post(wanted);
		assert.equal(status, 201);
		assert.match(type, /^application\/jose/);
		const [{ text: key = '' }] = openWithJose([{ jwe: text, pem: own }]);
		assert.equal(sandbox.holds(key)?.name, 'Laptop');
		assert.equal((await post(wanted)).status, 502);
		assert.deepEqual(bench.statuses(), ['active']);
	} finally {
		await client.deactivate(workflow);
	}
	assert.deepEqual(await client.executionsOf(workflow), []);
}

/** @param {Bench} bench */
async function audit(bench) {
	const { sandbox } = bench;
	bench.reset();
	const isOff = () => sandbox.keys(({ status }) => status !== 'active').length;
	const before = isOff();
	const report = itemsOf(await bench.run('audit-unused-keys.json'), 'Send the report');
	assert.deepEqual(
		report.map(({ api, name }) => `${api}: ${name}`),
		[
			...['CertCentral: View only', 'CertCentral: Orders', 'CertCentral: User management'],
			...['CertCentral: Standard user', 'Partner Subscriptions: First customer key'],
			'Partner Subscriptions: Second customer key',
		],
	);
	assert.equal(isOff(), before);

	const replace = { '"value": false': '"value": true' };
	const revoking = await bench.run('audit-unused-keys.json', { replace });
	assert.equal(itemsOf(revoking, 'Switched off').length, 6);
	assert.equal(isOff(), before + 6);
}

/** A workflow that uses a credential by its ID. @param {Bench} bench @param {string} id */
async function userOf({ client, data }, id) {
	const type = 'digiCertCertCentralApi';
	return await client.saveWorkflow(
		flows.workflow('Uses the credential', [
			flows.manualTrigger(),
			{
				name: 'Use',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				credentials: { [type]: { id, name: 'any' } },
				parameters: {
					url: `${data.certCentral.baseUrl}/user/me`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: type,
					options: {},
				},
			},
		]),
	);
}

/** @param {Bench} bench */
async function n8nCredential(bench) {
	const { client, sandbox } = bench;
	const file = 'key-to-n8n-credential.json';
	bench.reset();
	const [all, readOnly] = [
		await bench.n8nCredential('credential:create', 'credential:read', 'credential:update'),
		await bench.n8nCredential('credential:read'),
	];
	const first = await bench.run(file, { credentials: [all] });
	const [{ credential_id: id }] = itemsOf(first, 'Enter this ID in Settings');

	const user = await userOf(bench, id);
	/** Another workflow works, and with which of the created keys. */
	const usedKey = async () => {
		assert.equal((await runExample(client, user))?.status, 'success');
		const { keyLast4 } = sandbox.requests({ path: '/user/me' }).at(-1) ?? {};
		return sandbox.keys({ seeded: false }).findIndex(({ last4 }) => last4 === keyLast4);
	};
	/** @param {import('./bench').StoredCredential} credential */
	const refresh = async (credential) => {
		// The only empty value of the file.
		const replace = { '"value": "",': `"value": "${id}",` };
		return reports(await bench.run(file, { credentials: [credential], replace }));
	};
	assert.equal(await usedKey(), 0);
	assert.deepEqual(await refresh(all), ['Rotated']);
	assert.deepEqual(bench.statuses(), ['revoked', 'active']);
	assert.equal(await usedKey(), 1);

	assert.deepEqual(await refresh(readOnly), ['Not changed']);
	assert.deepEqual(bench.statuses(), ['revoked', 'active', 'revoked']);
	assert.equal(await usedKey(), 1);
}

/** None of the examples that start by themselves leaves an execution. @param {Bench} bench */
async function nothingKept(bench) {
	const { client, headers } = bench;
	for (const [file, credentials] of /** @type {const} */ ([
		['audit-unused-keys.json', []],
		['onboard-subaccount.json', [headers.vault]],
		['rotate-on-schedule.json', [headers.vault]],
		['store-in-custodia.json', [headers.custodia]],
		['store-in-vault.json', [headers.vault]],
	])) {
		bench.reset();
		const workflow = await bench.load(file, { credentials: [...credentials] }, false);
		assert.equal(await runExample(client, workflow), undefined, file);
		assert.deepEqual(await client.executionsOf(workflow), [], file);
	}
}

/**
 * @param {import('../../report').Report['check']} check
 * @param {Bench} bench
 */
async function checkOthers(check, bench) {
	await check('self-service.json: an encrypted key for those who may', () => selfService(bench));
	await check('audit-unused-keys.json: reports, and revokes if told to', () => audit(bench));
	await check('key-to-n8n-credential.json: other workflows use the new key at once', () =>
		n8nCredential(bench),
	);
	await check('as they are, n8n keeps nothing of the executions', () => nothingKept(bench));
}

module.exports = { checkOthers };
