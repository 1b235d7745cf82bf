'use strict';

const assert = require('node:assert/strict');

const { itemsOf } = require('../../n8n/client');
const { importExample, runExample } = require('../../n8n/examples');

/** @param {import('../../lab').Lab} lab */
function addresses({ data }) {
	return {
		'https://www.digicert.com/services/v2': data.certCentral.baseUrl,
		'https://www.digicert.com/partner-subscription/api/v1': data.partner.baseUrl,
	};
}

/**
 * @param {import('../../lab').Lab} lab
 * @param {string} file
 * @param {boolean} saveExecutions
 */
async function runOnce(lab, file, saveExecutions) {
	lab.sandbox.reset();
	const workflow = await importExample(lab.client, file, {
		credentials: Object.values(lab.credentials),
		replace: addresses(lab),
		saveExecutions,
	});
	return await runExample(lab.client, workflow);
}

/**
 * The examples that create a key and use it at once.
 *
 * @param {import('../../report').Report['check']} check
 * @param {import('../../lab').Lab} lab
 */
async function checkExamples(check, lab) {
	const creations = [
		{ file: 'create-user-api-key.json', creates: 'Create User API Key' },
		{ file: 'create-subaccount-api-key.json', creates: 'Create Subaccount API Key' },
	];
	for (const { file, creates } of creations) {
		await check(`${file}: one key is created, and works`, async () => {
			const execution = await runOnce(lab, file, true);
			assert.equal(execution?.status, 'success');
			const [{ api_key: key }] = itemsOf(execution, creates);
			assert.equal(lab.sandbox.holds(key)?.status, 'active');
			assert.notEqual(lab.sandbox.holds(key)?.lastUsedAt, undefined);
			assert.equal(lab.sandbox.keys({ seeded: false }).length, 1);
		});
		await check(`${file}: as it is, n8n keeps nothing of the execution`, async () => {
			assert.equal(await runOnce(lab, file, false), undefined);
			assert.equal(lab.sandbox.keys({ seeded: false }).length, 1);
		});
	}
}

module.exports = { checkExamples };
