'use strict';

const { mkdirSync, readdirSync } = require('node:fs');
const path = require('node:path');

const { FOLDER } = require('../../n8n/examples');
const { say } = require('../../report');
const { chromium } = require('../../toolchain/chromium');
const { signIn } = require('../editor/browser');
const ui = require('../editor/pages');

const PICTURES = path.join(__dirname, '..', '..', '..', '..', 'docs', 'images', 'examples');
/** Wide, as most of the examples are. */
const VIEWPORT = { width: 2000, height: 900 };

/**
 * Takes the pictures of examples/README.md in n8n's editor.
 *
 * @param {import('./bench').Bench} bench
 * @throws {Error} when there is no browser
 */
async function takePictures(bench) {
	const browser = await chromium();
	if ('reason' in browser) throw new Error(browser.reason);
	const { page, close } = await signIn(browser.path, bench.client.url);
	mkdirSync(PICTURES, { recursive: true });
	try {
		await page.setViewportSize(VIEWPORT);
		const n8nApi = await bench.n8nCredential('credential:read');
		for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
			const { callers, custodia, vault } = bench.headers;
			const header = { 'self-service.json': callers, 'store-in-custodia.json': custodia }[file];
			const credentials = [n8nApi, header ?? vault];
			await ui.openWorkflow(page, await bench.load(file, { credentials }, false));
			await ui.part(page, 'zoom-to-fit').click();
			const picture = path.join(PICTURES, file.replace(/json$/, 'png'));
			await ui.part(page, 'canvas').screenshot({ path: picture, animations: 'disabled' });
			say(`  picture ${path.relative(process.cwd(), picture)}`);
		}
	} finally {
		await close();
	}
}

module.exports = { takePictures };
