import { expect } from '@playwright/test';

import { at } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import type { Lab } from '../lab.mts';
import type { StoredWorkflow } from '../n8n/client.mts';
import * as flows from '../n8n/workflows.mts';
import * as pages from './pages.mts';

const CREATE = 'Create User API Key';
const NEXT = 'Use the new key';

async function workflowWith(
	{ client, credentials, data }: Lab,
	operation: string,
	parameters: Record<string, unknown> = {},
): Promise<StoredWorkflow> {
	const api = operation.startsWith('subaccount') ? 'partner' : 'certCentral';
	const nodes = [
		flows.manualTrigger(),
		flows.digiCert(CREATE, credentials[api], operation, parameters),
		flows.useKey(NEXT, `${data.certCentral.baseUrl}/user/me`, 'X-DC-DEVKEY'),
	];
	return await client.saveWorkflow(flows.workflow('DigiCert API keys', nodes));
}

async function creation(lab: Lab): Promise<StoredWorkflow> {
	const { person } = lab.sandbox.certCentral.us.users;
	const parameters = { userId: flows.byId(person), name: 'Build server', restrictedToRoleId: 0 };
	return await workflowWith(lab, 'userApiKey.create', parameters);
}

test('the nodes panel finds the node, and its actions read well', async ({ lab, editor: page }) => {
	await pages.openWorkflow(page, await creation(lab));
	const node = pages
		.panelItems(page)
		.filter({ hasText: /^DigiCert$/ })
		.first();
	for (const words of ['digicert', 'api key', 'certcentral', 'subaccount']) {
		await pages.searchNodes(page, words);
		await node.waitFor();
	}
	await node.click();
	for (const action of ['user API key', 'subaccount API key', 'service user']) {
		const name = new RegExp(`^Create ${action}$`);
		await pages.panelItems(page).filter({ hasText: name }).waitFor();
	}
	// Each reads as a sentence about its object; the node itself slides out of the panel.
	await expect(async () => {
		const names = await pages.panelItems(page).allInnerTexts();
		expect(names.filter((name) => !/^[A-Z][a-z]+ ([a-z]+|API)( |$)/.test(name))).toEqual([]);
	}).toPass();
});

test('fields show and hide with the operation', async ({ lab, editor: page }) => {
	await pages.openWorkflow(page, await creation(lab));
	await pages.openNode(page, CREATE);
	const expectShown = async (...wanted: string[]) => {
		const names = ['userId', 'accountId', 'keyId', 'name', 'restrictedToRoleId', 'returnAll'];
		for (const name of names) {
			await expect(pages.parameter(page, name)).toBeVisible({ visible: wanted.includes(name) });
		}
	};
	await expectShown('userId', 'name', 'restrictedToRoleId');
	await pages.choose(page, 'operation', 'Revoke User API Key');
	await expectShown('keyId');
	await pages.choose(page, 'operation', 'Get Many User API Keys');
	await expectShown('returnAll');
	await pages.choose(page, 'resource', 'Subaccount API Key');
	await pages.choose(page, 'operation', 'Create Subaccount API Key');
	await expectShown('accountId', 'name');
	const credential = pages.ui(page, 'credentials-label');
	await expect(credential).toContainText('DigiCert Partner Subscriptions API');
});

for (const { operation, parameter, words } of [
	{
		operation: 'userApiKey.create',
		parameter: 'userId',
		words: () => 'ada',
	},
	{
		operation: 'subaccountApiKey.create',
		parameter: 'accountId',
		words: ({ sandbox }: Lab) => String(sandbox.partner.accounts.subaccount),
	},
]) {
	test(`the picker of ${operation} lists and searches`, async ({ lab, editor: page, picture }) => {
		await pages.openWorkflow(page, await workflowWith(lab, operation));
		await pages.openNode(page, CREATE);
		const entries = await pages.openPicker(page, parameter);
		const all = await entries.count();
		if (parameter === 'userId') await picture('user-picker');
		await pages.searchPicker(page, words(lab));
		const matching = entries.filter({ hasText: new RegExp(words(lab), 'i') });
		await expect(async () => {
			const found = await entries.count();
			expect(found).toBeLessThan(all);
			expect(found).toBeGreaterThan(0);
			expect(await matching.count()).toBe(found);
		}).toPass();
	});
}

test('a wrong key shows our advice', async ({ lab, editor: page, picture }) => {
	const { client, credentials, data } = lab;
	const { id } = await client.storeCredential(
		credentials.certCentral.type,
		'DigiCert with a wrong key',
		{ ...data.certCentral, apiKey: 'not-a-key' },
	);
	await page.goto(`/home/credentials/${id}`);
	const dialog = pages.ui(page, 'credential-edit-dialog');
	await dialog.getByText('More details').click();
	await dialog.getByText(/DigiCert does not know this API key\. Check/).waitFor();
	await dialog.getByRole('button', { name: 'Retry' }).waitFor();
	await picture('wrong-key');
});

test('the next node previews the fields before the first run', async ({ lab, editor: page }) => {
	await pages.openWorkflow(page, await creation(lab));
	await pages.openNode(page, NEXT);
	const input = pages.ui(page, 'ndv-input-panel');
	await input.getByText('Usually outputs the following fields').waitFor();
	for (const field of ['id', 'api_key', 'name', 'user_id', 'restricted_to_role_id']) {
		await input.getByText(field, { exact: true }).first().waitFor();
	}
});

test('the output panel shows the created key', async ({ lab, editor: page, picture }) => {
	lab.sandbox.reset();
	await pages.openWorkflow(page, await creation(lab));
	await pages.openNode(page, CREATE);
	await pages.ui(page, 'node-execute-button').click();
	await pages.ui(page, 'node-run-status-success').waitFor();
	const created = at(lab.sandbox.keys({ seeded: false }), 0);
	const panel = pages.ui(page, 'output-panel');
	await panel.getByText('Build server').first().waitFor();
	await panel.getByText(String(created.id), { exact: true }).first().waitFor();
	await expect(panel).toContainText(at(lab.issuedKeys(), -1));
	expect(lab.sandbox.requests({ method: 'POST' })).toHaveLength(1);
	await pages.ui(page, 'node-execute-button').getByText('Execute step').waitFor();
	await picture('output');
});
