import { expect } from '@playwright/test';

import { test } from '../fixtures.mts';
import { openLab } from '../lab.mts';
import { NODE_TYPE } from '../n8n/workflows.mts';
import { installN8n } from '../toolchain/n8n.mts';

// All other tests have it on.
for (const enabled of [undefined, 'false']) {
	test(`loads with N8N_UNVERIFIED_PACKAGES_ENABLED ${enabled ?? 'not set'}`, async ({
		release,
	}) => {
		const env = { N8N_UNVERIFIED_PACKAGES_ENABLED: enabled };
		const { client, close } = await openLab(await installN8n(release), env);
		try {
			expect((await client.typesOf('nodes')).map(({ name }) => name)).toContain(NODE_TYPE);
		} finally {
			await close();
		}
	});
}
