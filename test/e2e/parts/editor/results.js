'use strict';

const assert = require('node:assert/strict');

const { CREATE, creation } = require('./desk');
const ui = require('./pages');

/** @typedef {import('./desk').Desk} Desk */

/** @param {Desk} desk */
async function wrongCredential({ lab, page, picture }) {
	const { client, credentials, data } = lab;
	const wrong = { ...data.certCentral, apiKey: 'not-a-key' };
	const { type } = credentials.certCentral;
	const credential = await client.storeCredential(type, 'DigiCert with a wrong key', wrong);
	await page.goto(`/home/credentials/${credential.id}`);
	const dialog = ui.part(page, 'credential-edit-dialog');
	await dialog.getByText('More details').click();
	await dialog.getByText(/DigiCert refused this API key\. Check/).waitFor();
	await dialog.getByRole('button', { name: 'Retry' }).waitFor();
	await picture('wrong-key');
}

/** @param {Desk} desk */
async function schemaPreview({ lab, page, picture }) {
	await ui.openWorkflow(page, await creation(lab));
	await ui.openNode(page, 'Use the new key');
	const input = ui.part(page, 'ndv-input-panel');
	await input.getByText('Usually outputs the following fields').waitFor();
	for (const field of ['id', 'api_key', 'name', 'user_id', 'restricted_to_role_id']) {
		await input.getByText(field, { exact: true }).first().waitFor();
	}
	await picture('schema-preview');
}

/** @param {Desk} desk */
async function output({ lab, page, picture }) {
	lab.sandbox.reset();
	await ui.openWorkflow(page, await creation(lab));
	await ui.openNode(page, CREATE);
	await ui.part(page, 'node-execute-button').click();
	await ui.part(page, 'node-run-status-success').waitFor();
	const [created] = lab.sandbox.keys({ seeded: false });
	assert.ok(created !== undefined);
	const panel = ui.part(page, 'output-panel');
	await panel.getByText('Build server').first().waitFor();
	await panel.getByText(String(created.id), { exact: true }).first().waitFor();
	const shown = lab.issuedKeys().at(-1) ?? '';
	assert.ok((await panel.innerText()).includes(shown));
	assert.equal(lab.sandbox.requests({ method: 'POST' }).length, 1);
	await ui.part(page, 'node-execute-button').getByText('Execute step').waitFor();
	await picture('output');
}

module.exports = { output, schemaPreview, wrongCredential };
