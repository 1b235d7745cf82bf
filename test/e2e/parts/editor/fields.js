'use strict';

const assert = require('node:assert/strict');

const { until } = require('../../wait');
const { CREATE, creation, workflowWith } = require('./desk');
const ui = require('./pages');

/** @typedef {import('./desk').Desk} Desk */

/** What is shown depends on the operation. @param {Desk} desk */
async function fields({ lab, page }) {
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
 * @param {string} [name] of a picture of the list
 */
async function picker({ lab, page, picture }, resource, parameter, words, name) {
	await ui.openWorkflow(page, await workflowWith(lab, resource, 'create', {}));
	await ui.openNode(page, CREATE);
	const entries = await ui.openPicker(page, parameter);
	const all = await entries.count();
	if (name !== undefined) await picture(name);
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

module.exports = { fields, picker };
