import '../support/ssrfProtection.mts';

import { useLab } from '../support/lab.mts';
import { errorOf } from '../support/told.mts';

const lab = useLab();

test('a request that n8n itself does not let through is told as such, and creates nothing', async () => {
	const { message, description } = errorOf(await lab.createUserKeys([lab.item('A')]));
	expect(message).toBe('n8n did not let the request through [item 0]');
	expect(description).toMatch(/^n8n says: The request was blocked/);
	expect(lab.sandbox.requests()).toEqual([]);
});
