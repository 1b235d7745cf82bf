import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { test as base, type BrowserContextOptions } from '@playwright/test';

import { ui } from './editor/pages.mts';
import { openLab, type Lab } from './lab.mts';
import { OWNER } from './n8n/client.mts';
import { say } from './processes.mts';
import { installN8n } from './toolchain/n8n.mts';
import { newest, type Release } from './toolchain/releases.mts';

const PICTURES = path.resolve(import.meta.dirname, '..', '..', 'docs', 'images');
/** Installing n8n on a busy machine. */
const INSTALL_MS = 45 * 60_000;

interface EachTest {
	/** Takes a picture for the documentation, of the page or of a part of it, when they are wanted. */
	picture: (name: string, selector?: string) => Promise<void>;
}

interface EachWorker {
	release: Release;
	lab: Lab;
	/** The browser's state after the owner has signed in. */
	signedIn: Exclude<BrowserContextOptions['storageState'], undefined>;
}

/** Tests in a real n8n of the project's release: `lab`, and `page`, which is signed in there. */
export const test = base.extend<EachTest, EachWorker>({
	release: [newest, { option: true, scope: 'worker' }],
	lab: [
		async ({ release }, use) => {
			const lab = await openLab(await installN8n(release));
			await use(lab);
			await lab.close();
		},
		{ scope: 'worker', timeout: INSTALL_MS },
	],
	signedIn: [
		async ({ browser, lab }, use) => {
			const page = await browser.newPage({ baseURL: lab.client.url });
			await page.goto('/signin');
			await page.fill('input[name=emailOrLdapLoginId]', OWNER.email);
			await page.fill('input[name=password]', OWNER.password);
			await ui(page, 'form-submit-button').click();
			await page.waitForURL((place) => !place.pathname.startsWith('/signin'));
			const state = await page.context().storageState();
			await page.close();
			await use(state);
		},
		{ scope: 'worker' },
	],
	baseURL: async ({ lab }, use) => {
		await use(lab.client.url);
	},
	storageState: async ({ signedIn }, use) => {
		await use(signedIn);
	},
	picture: async ({ page }, use) => {
		await use(async (name, selector) => {
			if (process.env.E2E_SCREENSHOTS !== 'yes') return;
			const file = path.join(PICTURES, `${name}.png`);
			mkdirSync(path.dirname(file), { recursive: true });
			const what = selector === undefined ? page : ui(page, selector);
			await what.screenshot({ path: file, animations: 'disabled' });
			say(`picture ${path.relative(process.cwd(), file)}`);
		});
	},
});
