'use strict';

const assert = require('node:assert/strict');

/**
 * @typedef {import('../../lab').Lab} Lab
 * @typedef {import('../../report').Report['check']} Check
 */

/**
 * What a picker lists, asked for as the editor does.
 *
 * @param {Lab} lab
 * @param {string} methodName
 * @param {string} resource
 * @param {import('../../n8n/client').StoredCredential} credential
 * @param {string} [filter]
 * @returns {Promise<Array<{ name: string, value: unknown }>>}
 */
async function pick({ client }, methodName, resource, { id, name, type }, filter) {
	const { id: projectId } = await client.rest('GET', '/projects/personal');
	const { results } = await client.rest(
		'POST',
		'/dynamic-node-parameters/resource-locator-results',
		{
			path: 'parameters.any',
			methodName,
			nodeTypeAndVersion: { name: 'n8n-nodes-digicert.digiCert', version: 1 },
			currentNodeParameters: { resource, operation: 'create' },
			credentials: { [type]: { id, name } },
			filter,
			projectId,
		},
	);
	return results;
}

/**
 * The credential tests, and the pickers, which use the credentials.
 *
 * @param {Check} check
 * @param {Lab} lab
 * @param {import('../../toolchain/releases').Release} release
 */
async function checkCredentials(check, lab, { showsTestAdvice }) {
	const { client, credentials, data, sandbox } = lab;

	for (const api of /** @type {const} */ (['certCentral', 'partner'])) {
		await check(`${api}: the test of a credential with the right key passes`, async () => {
			const { status } = await client.testCredential(credentials[api], data[api]);
			assert.equal(status, 'OK');
		});
		await check(
			`${api}: with a wrong key it does not, and ${showsTestAdvice ? 'we say' : 'n8n says'} why`,
			async () => {
				const wrong = { ...data[api], apiKey: 'not-a-key' };
				const { status, message } = await client.testCredential(credentials[api], wrong);
				assert.equal(status, 'Error');
				const advice = /DigiCert (refused|did not accept) this API key\. Check/;
				assert.match(message, showsTestAdvice ? advice : /check your credentials/);
			},
		);
	}
	await check('certCentral: a key of another region is refused', async () => {
		const elsewhere = { ...data.certCentral, baseUrl: sandbox.certCentral.eu.baseUrl };
		const { status } = await client.testCredential(credentials.certCentral, elsewhere);
		assert.equal(status, 'Error');
	});
	await check('the user picker lists and searches', async () => {
		const all = await pick(lab, 'searchUsers', 'userApiKey', credentials.certCentral);
		const some = await pick(lab, 'searchUsers', 'userApiKey', credentials.certCentral, 'ada');
		assert.ok(all.length > some.length && some.length > 0);
		assert.ok(some.every(({ name }) => /ada/i.test(name)));
	});
	await check('the subaccount picker lists', async () => {
		const found = await pick(lab, 'searchSubaccounts', 'subaccountApiKey', credentials.partner);
		const { subaccount } = sandbox.partner.accounts;
		assert.ok(found.some(({ value }) => String(value) === String(subaccount)));
	});
}

module.exports = { checkCredentials };
