'use strict';

const { chromium } = require('playwright-core');

const { OWNER } = require('../../n8n/session');
const { part } = require('./pages');

/** Large enough for n8n to show all three panels of a node. */
const VIEWPORT = { width: 1500, height: 950 };
const TIMEOUT_MS = 20_000;
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/**
 * Opens a browser and signs in to n8n.
 *
 * @param {string} executablePath
 * @param {string} url of n8n
 * @returns {Promise<{ page: import('playwright-core').Page, close: () => Promise<void> }>}
 */
async function signIn(executablePath, url) {
	const browser = await chromium.launch({ executablePath, args: FLAGS });
	const close = async () => await browser.close();
	try {
		const page = await browser.newPage({ viewport: VIEWPORT, baseURL: url });
		page.setDefaultTimeout(TIMEOUT_MS);
		await page.goto('/signin');
		await page.fill('input[name=emailOrLdapLoginId]', OWNER.email);
		await page.fill('input[name=password]', OWNER.password);
		await part(page, 'form-submit-button').click();
		await page.waitForURL((place) => !place.pathname.startsWith('/signin'));
		return { page, close };
	} catch (error) {
		await close();
		throw error;
	}
}

module.exports = { signIn };
