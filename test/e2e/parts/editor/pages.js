'use strict';

/**
 * Where things are in n8n's editor: the only module that knows its test ids.
 *
 * @typedef {import('playwright-core').Page} Page
 */

/** An element by n8n's own mark for its tests. @param {Page} page @param {string} id */
function part(page, id) {
	return page.locator(`[data-test-id="${id}"]`);
}

/** @param {Page} page @param {{ id: string }} workflow */
async function openWorkflow(page, workflow) {
	await page.goto(`/workflow/${workflow.id}`);
	await part(page, 'canvas-node').first().waitFor();
}

/** Opens a node's panels. @param {Page} page @param {string} name */
async function openNode(page, name) {
	await page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`).dblclick();
	await part(page, 'node-parameters').waitFor();
}

/**
 * Searches in the nodes panel, which it opens if need be.
 *
 * @param {Page} page
 * @param {string} words
 */
async function searchNodes(page, words) {
	const field = part(page, 'node-creator-search-bar');
	if (!(await field.isVisible())) await part(page, 'node-creator-plus-button').click();
	await field.fill(words);
}

/** Names in the nodes panel: nodes, or the actions of the open one. @param {Page} page */
function panelItems(page) {
	return part(page, 'node-creator-item-name');
}

/** The field of a parameter, present only while it is shown. @param {Page} page @param {string} name */
function parameter(page, name) {
	return part(page, `parameter-input-${name}`);
}

/**
 * Chooses in the dropdown of a parameter.
 *
 * @param {Page} page
 * @param {string} name of the parameter
 * @param {string} label of the choice
 */
async function choose(page, name, label) {
	await parameter(page, name).click();
	await page
		.locator('[role=option]:visible, .el-select-dropdown__item:visible')
		.filter({
			has: page.getByText(label, { exact: true }),
		})
		.first()
		.click();
}

/**
 * Opens the list of a resource locator.
 *
 * @param {Page} page
 * @param {string} name of the parameter
 * @returns {Promise<import('playwright-core').Locator>} its entries
 */
async function openPicker(page, name) {
	await parameter(page, name).locator('[data-test-id=rlc-input]').click();
	const entries = part(page, 'rlc-item');
	await entries.first().waitFor();
	return entries;
}

/** Searches in the open list of a resource locator. @param {Page} page @param {string} words */
async function searchPicker(page, words) {
	await part(page, 'rlc-search').fill(words);
}

module.exports = {
	choose,
	openNode,
	openPicker,
	openWorkflow,
	panelItems,
	parameter,
	part,
	searchNodes,
	searchPicker,
};
