/** Where things are in n8n's editor: the only module that knows its test ids. */
import type { Locator, Page } from '@playwright/test';

/** An element by n8n's own mark for its tests. */
export function ui(page: Page, id: string): Locator {
	return page.locator(`[data-test-id="${id}"]`);
}

export async function openWorkflow(page: Page, { id }: { id: string }): Promise<void> {
	await page.goto(`/workflow/${id}`);
	await ui(page, 'canvas-node').first().waitFor();
}

/** Shows all nodes, in a window that is wide, as workflows are. */
export async function fitCanvas(page: Page): Promise<void> {
	await page.setViewportSize({ width: 2000, height: 900 });
	await ui(page, 'zoom-to-fit').click();
	// It glides there.
	await page.waitForTimeout(1000);
}

/** Opens a node's panels. */
export async function openNode(page: Page, name: string): Promise<void> {
	await page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`).dblclick();
	await ui(page, 'node-parameters').waitFor();
}

/** Searches in the nodes panel, which it opens if need be. */
export async function searchNodes(page: Page, words: string): Promise<void> {
	const field = ui(page, 'node-creator-search-bar');
	if (!(await field.isVisible())) await ui(page, 'node-creator-plus-button').click();
	await field.fill(words);
}

/** Names in the nodes panel: nodes, or the actions of the open one. */
export function panelItems(page: Page): Locator {
	return ui(page, 'node-creator-item-name');
}

/** The field of a parameter, present only while it is shown. */
export function parameter(page: Page, name: string): Locator {
	return ui(page, `parameter-input-${name}`);
}

/** Chooses in the dropdown of a parameter. */
export async function choose(page: Page, name: string, label: string): Promise<void> {
	await parameter(page, name).click();
	await page
		.locator('[role=option]:visible, .el-select-dropdown__item:visible')
		.filter({ has: page.getByText(label, { exact: true }) })
		.first()
		.click();
}

/** Opens the list of a resource locator. @returns its entries */
export async function openPicker(page: Page, name: string): Promise<Locator> {
	await parameter(page, name).locator('[data-test-id=rlc-input]').click();
	const entries = ui(page, 'rlc-item');
	await entries.first().waitFor();
	return entries;
}

/** Searches in the open list of a resource locator. */
export async function searchPicker(page: Page, words: string): Promise<void> {
	await ui(page, 'rlc-search').fill(words);
}
