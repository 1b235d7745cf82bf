import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { test as base, type Page } from '@playwright/test';

import { present } from '../support/read.mts';
import { ui } from './editor/pages.mts';
import { openLab, type Lab } from './lab.mts';
import { OWNER } from './n8n/client.mts';
import { say } from './processes.mts';
import { openCluster, type Cluster } from './queue/cluster.mts';
import { installN8n } from './toolchain/n8n.mts';
import { newest, type Release } from './toolchain/releases.mts';

const PICTURES = path.resolve(import.meta.dirname, '..', '..', 'docs', 'images');
/** Installing n8n on a busy machine. */
const INSTALL_MS = 45 * 60_000;

/** Large enough for n8n to show all three panels of a node. */
const VIEWPORT = { width: 1500, height: 950 };
/** For one step in the browser, on a busy machine. */
const TIMEOUT_MS = 60_000;

/** Nothing of the editor but the nodes, their notes and wires. */
const CANVAS_ONLY = `
	body * { visibility: hidden; }
	.vue-flow__viewport, .vue-flow__viewport * { visibility: visible; }
	[data-test-id^=canvas-handle-plus], [data-test-id^=canvas-handle-plus] *,
	[data-test-id=canvas-node-toolbar] *, [data-test-id=canvas-edge-toolbar] * { visibility: hidden; }`;
/** Around the nodes; below them stand their names. */
const MARGIN = { side: 60, above: 30, below: 80 };

interface EachTest {
	/** Takes a picture for the documentation, when they are wanted: of the page, or of its canvas. */
	picture: (name: string, what?: 'page' | 'canvas') => Promise<void>;
}

/** The part of the page where nodes are. */
async function nodesOf(page: Page) {
	const nodes = await page.locator('.vue-flow__node').all();
	const boxes = await Promise.all(nodes.map(async (node) => present(await node.boundingBox())));
	const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN.side;
	const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN.above;
	const right = Math.max(...boxes.map(({ x, width }) => x + width)) + MARGIN.side;
	const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + MARGIN.below;
	return { x: left, y: top, width: right - left, height: bottom - top };
}

interface EachWorker {
	release: Release;
	lab: Lab;
	/** n8n in queue mode, in the place of that one. */
	cluster: Cluster;
	/** n8n's editor, where the owner has signed in. One page for all, because it is slow to load. */
	editor: Page;
}

/** Tests in a real n8n of the project's release. */
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
	cluster: [
		async ({ release }, use) => {
			const cluster = await openCluster(await installN8n(release));
			await use(cluster);
			await cluster.close();
		},
		{ scope: 'worker', timeout: INSTALL_MS },
	],
	editor: [
		async ({ browser, lab }, use) => {
			const page = await browser.newPage({ baseURL: lab.client.url, viewport: VIEWPORT });
			page.setDefaultTimeout(TIMEOUT_MS);
			await page.goto('/signin');
			await page.fill('input[name=emailOrLdapLoginId]', OWNER.email);
			await page.fill('input[name=password]', OWNER.password);
			await ui(page, 'form-submit-button').click();
			await page.waitForURL((place) => !place.pathname.startsWith('/signin'));
			await use(page);
			await page.close();
		},
		{ scope: 'worker', timeout: 5 * TIMEOUT_MS },
	],
	picture: async ({ editor }, use) => {
		await use(async (name, what = 'page') => {
			if (process.env.E2E_SCREENSHOTS !== 'yes') return;
			const file = path.join(PICTURES, `${name}.png`);
			mkdirSync(path.dirname(file), { recursive: true });
			const canvas = what === 'canvas' && { clip: await nodesOf(editor), style: CANVAS_ONLY };
			await editor.screenshot({ path: file, animations: 'disabled', ...(canvas || {}) });
			say(`picture ${path.relative(process.cwd(), file)}`);
		});
	},
});
