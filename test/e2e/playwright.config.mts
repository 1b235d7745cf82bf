import { defineConfig } from '@playwright/test';

import { chromium } from './toolchain/debian.mts';
import { newest, oldest, type Release } from './toolchain/releases.mts';

/** The package in real n8n: CONTRIBUTING.md says how to run it. */
export default defineConfig<object, { release: Release }>({
	testDir: '.',
	// One n8n at a time; each of its tests finds the sandbox as it needs it.
	workers: 1,
	fullyParallel: false,
	timeout: 300_000,
	expect: { timeout: 60_000 },
	reporter: [['list'], ['./record.mts']],
	outputDir: '../../node_modules/.cache/e2e',
	use: {
		launchOptions: {
			executablePath: chromium(),
			args: ['--no-sandbox', '--disable-gpu', '--no-first-run'].concat([
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			]),
		},
	},
	projects: [
		{ name: 'newest', testMatch: 'product/*.e2e.mts', use: { release: newest } },
		{ name: 'oldest', testMatch: 'product/*.e2e.mts', use: { release: oldest } },
		{ name: 'editor', testMatch: 'editor/*.e2e.mts', use: { release: newest } },
		{ name: 'examples', testMatch: 'examples/*.e2e.mts', use: { release: newest } },
		// It starts n8n again and again, and n8n polls at most every few seconds.
		{ name: 'trigger', testMatch: 'trigger/*.e2e.mts', use: { release: newest }, timeout: 900_000 },
		{ name: 'queue', testMatch: 'queue/*.e2e.mts', use: { release: newest }, timeout: 900_000 },
	],
});
