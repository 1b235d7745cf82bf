import { expect } from '@playwright/test';

import { list, record } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import { openLab } from '../lab.mts';
import { NODE_TYPE } from '../n8n/workflows.mts';
import { installN8n } from '../toolchain/n8n.mts';
import { until } from '../wait.mts';

// All other tests have it on.
for (const enabled of [undefined, 'false']) {
	test(`loads with N8N_UNVERIFIED_PACKAGES_ENABLED ${enabled ?? 'not set'}`, async ({
		release,
	}) => {
		const env = { N8N_UNVERIFIED_PACKAGES_ENABLED: enabled };
		const { client, close } = await openLab(await installN8n(release), env);
		try {
			const types = await until('the types of nodes', async () => {
				const { body } = await client.call('GET', '/types/nodes.json');
				return Array.isArray(body) ? list(body).map((type) => record(type).name) : undefined;
			});
			expect(types).toContain(NODE_TYPE);
		} finally {
			await close();
		}
	});
}
