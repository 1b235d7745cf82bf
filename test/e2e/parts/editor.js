'use strict';

const { mkdirSync } = require('node:fs');
const path = require('node:path');

const { openLab } = require('../lab');
const { say } = require('../report');
const { chromium } = require('../toolchain/chromium');
const { installN8n } = require('../toolchain/n8n');
const { signIn } = require('./editor/browser');
const { checkEditor } = require('./editor/checks');

const PICTURES = path.join(__dirname, '..', '..', '..', 'docs', 'images');

/**
 * The node in n8n's editor, in a real browser.
 *
 * @param {import('../report').Report} report
 * @param {import('../toolchain/releases').Release} release
 * @param {boolean} screenshots whether to take the README's pictures anew
 */
async function runEditor(report, release, screenshots) {
	const browser = await chromium();
	if ('reason' in browser) return report.notRun('editor', browser.reason);

	const lab = await openLab(await installN8n(release));
	/** @param {import('playwright-core').Page} page */
	const camera = (page) => async (/** @type {string} */ name) => {
		if (!screenshots) return;
		mkdirSync(PICTURES, { recursive: true });
		await page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
		say(`  picture docs/images/${name}.png`);
	};
	try {
		const { page, close } = await signIn(browser.path, lab.n8n.url);
		await checkEditor(report.check, { lab, page, picture: camera(page) }).finally(close);
	} finally {
		await lab.close();
	}
}

module.exports = { runEditor };
