'use strict';

const { until } = require('../../wait');
const { creation } = require('./desk');
const { fields, picker } = require('./fields');
const ui = require('./pages');
const { output, schemaPreview, wrongCredential } = require('./results');

/** @typedef {import('./desk').Desk} Desk */

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
		),
	);
	await check('a wrong key shows our advice', () => wrongCredential(desk));
	await check('the next node previews the fields before the first run', () => schemaPreview(desk));
	await check('the output panel shows the created key', () => output(desk));
}

module.exports = { checkEditor };
