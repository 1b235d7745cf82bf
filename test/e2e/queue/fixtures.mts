import { test as base } from '@playwright/test';

import { installN8n } from '../toolchain/n8n.mts';
import { newest, type Release } from '../toolchain/releases.mts';
import { openCluster, type Cluster } from './cluster.mts';

/** Tests in an n8n in queue mode, which those of one file share. */
export const test = base.extend<object, { release: Release; cluster: Cluster }>({
	release: [newest, { option: true, scope: 'worker' }],
	cluster: [
		async ({ release }, use) => {
			const cluster = await openCluster(await installN8n(release));
			await use(cluster);
			await cluster.close();
		},
		{ scope: 'worker', timeout: 45 * 60_000 },
	],
});
