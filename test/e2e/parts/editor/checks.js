'use strict';

const assert = require('node:assert/strict');

const flows = require('../../n8n/workflows');
const { until } = require('../../wait');
const ui = require('./pages');

/**
 * @typedef {import('../../lab').Lab} Lab
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Desk what a check in the editor works with
 * @property {Lab} lab
 * @property {Page} page
 * @property {(name: string) => Promise<void>} picture takes a screenshot, if any are wanted
 */

const CREATE = 'Create User API Key';

/** @param {Lab} lab @param {string} resource @param {string} operation @param {object} parameters */
async function workflowWith({ client, credentials, data }, resource, operation, parameters) {
	const ofPartner = resource.startsWith('subaccount');
	return await client.saveWorkflow(
		flows.workflow(`${resource} ${operation}`, [
			flows.manualTrigger(),
			flows.digiCert(
				CREATE,
				ofPartner ? credentials.partner : credentials.certCentral,
				resource,
				operation,
				parameters,
			),
			flows.useKey('Use the new key', `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
		]),
	);
}

/** @param {Lab} lab */
async function creation(lab) {
	return await workflowWith(lab, 'userApiKey', 'create', {
		userId: flows.byId(lab.sandbox.certCentral.us.users.person),
		name: 'Build server',
		restrictedToRoleId: 0,
	});
}

/** @param {Desk} desk */
async function nodesPanel({ lab, page, picture }) {
	await ui.openWorkflow(page, await creation(lab));
	for (const words of ['digicert', 'api key', 'certcentral', 'subaccount']) {
		await ui.searchNodes(page, words);
		const found = ui.panelItems(page).filter({ hasText: /^DigiCert$/ });
		await found.first().waitFor();
	}
	await ui
		.panelItems(page)
		.filter({ hasText: /^DigiCert$/ })
		.first()
		.click();
	for (const action of [
		'Create user API key',
		'Create subaccount API key',
		'Create service user',
	]) {
		await ui
			.panelItems(page)
			.filter({ hasText: new RegExp(`^${action}$`) })
			.waitFor();
	}
	// Each reads as a sentence about its object; the node itself slides out of the panel.
	await until('the list of actions alone', async () => {
		const names = await ui.panelItems(page).allInnerTexts();
		return names.every((name) => /^[A-Z][a-z]+ ([a-z]+|API)( |$)/.test(name)) ? true : undefined;
	});
	await picture('nodes-panel');
}

/** What is shown depends on the operation. @param {Desk} desk */
async function fields({ lab, page, picture }) {
	await ui.openWorkflow(page, await creation(lab));
	await ui.openNode(page, CREATE);
	const shown = async () => {
		const names = ['userId', 'accountId', 'keyId', 'name', 'restrictedToRoleId', 'returnAll'];
		const visible = await Promise.all(names.map((name) => ui.parameter(page, name).isVisible()));
		return names.filter((_, i) => visible[i]).join(' ');
	};
	const expectShown = async (/** @type {string} */ wanted) =>
		await until(
			`the fields ${wanted}`,
			async () => ((await shown()) === wanted ? true : undefined),
			10_000,
		);

	await expectShown('userId name restrictedToRoleId');
	await picture('create');
	await ui.choose(page, 'operation', 'Revoke User API Key');
	await expectShown('keyId');
	await ui.choose(page, 'operation', 'Get Many User API Keys');
	await expectShown('returnAll');
	await ui.choose(page, 'resource', 'Subaccount API Key');
	await ui.choose(page, 'operation', 'Create Subaccount API Key');
	await expectShown('accountId name');
	const credential = await ui.part(page, 'credentials-label').innerText();
	assert.match(credential, /DigiCert Partner Subscriptions API/);
}

/**
 * @param {Desk} desk
 * @param {string} resource
 * @param {string} parameter
 * @param {string} words that some entries have
 * @param {string} name of the picture
 */
async function picker({ lab, page, picture }, resource, parameter, words, name) {
	await ui.openWorkflow(page, await workflowWith(lab, resource, 'create', {}));
	await ui.openNode(page, CREATE);
	const entries = await ui.openPicker(page, parameter);
	const all = await entries.count();
	await picture(name);
	await ui.searchPicker(page, words);
	const matching = entries.filter({ hasText: new RegExp(words, 'i') });
	await until(
		'the search',
		async () => {
			const found = await entries.count();
			return found > 0 && found < all && found === (await matching.count()) ? true : undefined;
		},
		10_000,
	);
}

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

/**
 * @param {import('../../report').Report['check']} check
 * @param {Desk} desk
 */
async function checkEditor(check, desk) {
	await check('the nodes panel finds the node, and its actions read well', () => nodesPanel(desk));
	await check('fields show and hide with the operation', () => fields(desk));
	await check('the user picker lists and searches', () =>
		picker(desk, 'userApiKey', 'userId', 'ada', 'user-picker'),
	);
	await check('the subaccount picker lists and searches', () =>
		picker(
			desk,
			'subaccountApiKey',
			'accountId',
			String(desk.lab.sandbox.partner.accounts.subaccount),
			'subaccount-picker',
		),
	);
	await check('a wrong key shows our advice', () => wrongCredential(desk));
	await check('the next node previews the fields before the first run', () => schemaPreview(desk));
	await check('the output panel shows the created key', () => output(desk));
}

module.exports = { checkEditor };
