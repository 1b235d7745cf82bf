import { expect } from '@playwright/test';

import { list, record, text } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import type { Lab } from '../lab.mts';
import type { StoredCredential } from '../n8n/client.mts';
import { NODE_TYPE } from '../n8n/workflows.mts';

const APIS = ['certCentral', 'partner'] as const;

test('n8n loads the node and both credentials', async ({ lab: { client } }) => {
	const node = (await client.typesOf('nodes')).find(({ name }) => name === NODE_TYPE);
	expect(node?.displayName).toBe('DigiCert');
	const credentials = (await client.typesOf('credentials')).map(({ name }) => name);
	expect(credentials).toContain('digiCertCertCentralApi');
	expect(credentials).toContain('digiCertPartnerApi');
});

for (const api of APIS) {
	test(`${api}: the test of a credential with the right key passes`, async ({ lab }) => {
		const { status } = await lab.client.testCredential(lab.credentials[api], lab.data[api]);
		expect(status).toBe('OK');
	});

	test(`${api}: with a wrong key it does not, and it says why`, async ({ lab, release }) => {
		const wrong = { ...lab.data[api], apiKey: 'not-a-key' };
		const { status, message } = await lab.client.testCredential(lab.credentials[api], wrong);
		expect(status).toBe('Error');
		const advice = /DigiCert (refused|does not know) this API key\. Check/;
		// That of CertCentral judges the answer by its body, where every n8n shows our text.
		const isShown = release.showsTestAdvice || api === 'certCentral';
		expect(message).toMatch(isShown ? advice : /check your credentials/);
	});
}

test('certCentral: a key of another region is refused', async ({ lab }) => {
	const { baseUrl } = lab.sandbox.certCentral.eu;
	const elsewhere = { ...lab.data.certCentral, baseUrl };
	const { status } = await lab.client.testCredential(lab.credentials.certCentral, elsewhere);
	expect(status).toBe('Error');
});

/** What a picker lists, asked for as the editor does. */
async function pick(
	{ client }: Lab,
	methodName: string,
	resource: string,
	{ id, name, type }: StoredCredential,
	filter?: string,
): Promise<Record<string, unknown>[]> {
	const project = record(await client.rest('GET', '/projects/personal'));
	const url = '/dynamic-node-parameters/resource-locator-results';
	const answer = await client.rest('POST', url, {
		path: 'parameters.any',
		methodName,
		nodeTypeAndVersion: { name: NODE_TYPE, version: 1 },
		currentNodeParameters: { resource, operation: 'create' },
		credentials: { [type]: { id, name } },
		filter,
		projectId: project.id,
	});
	return list(record(answer).results).map(record);
}

test('the user picker lists and searches', async ({ lab }) => {
	const { certCentral } = lab.credentials;
	const all = await pick(lab, 'searchUsers', 'userApiKey', certCentral);
	const some = await pick(lab, 'searchUsers', 'userApiKey', certCentral, 'ada');
	expect(some.length).toBeGreaterThan(0);
	expect(all.length).toBeGreaterThan(some.length);
	expect(some.filter(({ name }) => !/ada/i.test(text(name)))).toEqual([]);
});

test('the subaccount picker lists', async ({ lab }) => {
	const { partner } = lab.credentials;
	const found = await pick(lab, 'searchSubaccounts', 'subaccountApiKey', partner);
	const { subaccount } = lab.sandbox.partner.accounts;
	expect(found.map(({ value }) => String(value))).toContain(String(subaccount));
});
