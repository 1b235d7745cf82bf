'use strict';

// n8n reads this setting once, when its engine is loaded.
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';

const { useLab } = require('../support/lab');

const lab = useLab();

test('a request that n8n itself does not let through is told as such, and creates nothing', async () => {
	const { person } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys([{ user: person, name: 'A' }]);
	expect(execution.error.message).toBe('n8n did not let the request through [item 0]');
	expect(execution.error.description).toMatch(/^n8n says: The request was blocked/);
	expect(lab.sandbox.requests()).toEqual([]);
});
