import { readdirSync } from 'node:fs';

import { expect } from '@playwright/test';
import { request } from 'undici';

import { FOLDER } from '../../support/examples.mts';
import { openWithJose } from '../../support/jose.mts';
import { keyPairs, pemOf, privatePemOf } from '../../support/keyPairs.mts';
import { at, parse, record, text } from '../../support/read.mts';
import * as pages from '../editor/pages.mts';
import { loggedKeys } from '../lab.mts';
import { itemsOf, type StoredCredential } from '../n8n/client.mts';
import { runExample } from '../n8n/examples.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';
import { reports, test, type Bench } from './bench.mts';

test.beforeEach(({ bench }) => {
	bench.reset();
});

test('self-service.json: an encrypted key for those who may', async ({ bench }) => {
	const { client, header, sandbox } = bench;
	const { publicKey, privateKey } = keyPairs.X25519;
	const credentials = [bench.headers.callers];
	const setup = { credentials, saveExecutions: false };
	const workflow = await bench.load('self-service.json', setup);
	const post = async (body: object, token = header.value) => {
		const answer = await request(`${client.url}/webhook/digicert-key`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', [header.name]: token },
			body: JSON.stringify(body),
		});
		const type = String(answer.headers['content-type']);
		return { status: answer.statusCode, type, body: await answer.body.text() };
	};
	const wanted = { name: 'Laptop', public_key: pemOf(publicKey) };

	await client.activate(workflow);
	try {
		// n8n answers 404 for a moment after the activation.
		const stranger = await until('the webhook', async () => {
			const answer = await post(wanted, 'wrong');
			return answer.status === 404 ? undefined : answer;
		});
		expect(stranger.status).toBe(403);
		expect((await post({ name: 'Laptop' })).status).toBe(400);
		const own = privatePemOf(privateKey);
		const mistake = await post({ ...wanted, public_key: own });
		expect(mistake.status).toBe(502);
		expect(record(parse(mistake.body)).error).toMatch(/private/);
		expect(mistake.body).not.toContain(at(own.split('\n'), 1));
		expect(sandbox.requests()).toEqual([]);

		const { status, type, body } = await post(wanted);
		expect(status).toBe(201);
		expect(type).toMatch(/^application\/jose/);
		const opened = at(openWithJose([{ jwe: body, pem: own }]), 0);
		expect(sandbox.holds(opened.text)?.name).toBe('Laptop');
		expect((await post(wanted)).status).toBe(502);
		expect(bench.statuses()).toEqual(['active']);
	} finally {
		await client.deactivate(workflow);
	}
	expect(await client.executionsOf(workflow)).toEqual([]);
});

test('audit-unused-keys.json: reports, and revokes if told to', async ({ bench }) => {
	const { sandbox } = bench;
	const off = () => sandbox.keys(({ status }) => status !== 'active').length;
	const before = off();
	const report = itemsOf(await bench.run('audit-unused-keys.json'), 'Send the report');
	expect(report.map(({ api, name }) => `${text(api)}: ${text(name)}`)).toEqual([
		...['CertCentral: View only', 'CertCentral: Orders', 'CertCentral: User management'],
		...['CertCentral: Standard user', 'Partner Subscriptions: First customer key'],
		'Partner Subscriptions: Second customer key',
	]);
	expect(off()).toBe(before);

	const replace = { '"value": false': '"value": true' };
	const revoking = await bench.run('audit-unused-keys.json', { replace });
	expect(itemsOf(revoking, 'Switched off')).toHaveLength(6);
	expect(off()).toBe(before + 6);
});

/** A workflow that uses a credential by its ID. */
async function userOf({ client, data }: Bench, id: string) {
	const type = 'digiCertCertCentralApi';
	const use = flows.httpRequest('Use', {
		url: `${data.certCentral.baseUrl}/user/me`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: type,
	});
	const credentials = flows.bound([{ id, name: 'any', type }]);
	const nodes = [flows.manualTrigger(), { ...use, credentials }];
	return await client.saveWorkflow(flows.workflow('Uses the credential', nodes));
}

test('key-to-n8n-credential.json: other workflows use the new key at once', async ({ bench }) => {
	const { client, sandbox } = bench;
	const file = 'key-to-n8n-credential.json';
	const scopes = ['credential:create', 'credential:read', 'credential:update'];
	const all = await bench.n8nCredential(...scopes);
	const readOnly = await bench.n8nCredential('credential:read');
	const first = await bench.run(file, { credentials: [all] });
	const id = text(at(itemsOf(first, 'Enter this ID in Settings'), 0).credential_id);

	const user = await userOf(bench, id);
	/** Another workflow works, and with which of the created keys. */
	const usedKey = async () => {
		expect((await runExample(client, user))?.status).toBe('success');
		const { keyLast4 } = at(sandbox.requests({ path: '/user/me' }), -1);
		return sandbox.keys({ seeded: false }).findIndex(({ last4 }) => last4 === keyLast4);
	};
	const refresh = async (credential: StoredCredential) => {
		// The only empty value of the file.
		const replace = { '"value": "",': `"value": "${id}",` };
		return reports(await bench.run(file, { credentials: [credential], replace }));
	};
	expect(await usedKey()).toBe(0);
	expect(await refresh(all)).toEqual(['Rotated']);
	expect(bench.statuses()).toEqual(['revoked', 'active']);
	expect(await usedKey()).toBe(1);

	expect(await refresh(readOnly)).toEqual(['Not changed']);
	expect(bench.statuses()).toEqual(['revoked', 'active', 'revoked']);
	expect(await usedKey()).toBe(1);
});

test('as they are, n8n keeps nothing of the executions', async ({ bench }) => {
	const { client, headers } = bench;
	for (const [file, ...credentials] of [
		['audit-unused-keys.json'],
		['onboard-subaccount.json', headers.vault],
		['rotate-on-schedule.json', headers.vault],
		['store-in-vault.json', headers.vault],
		['store-in-custodia.json', headers.custodia],
	] as const) {
		bench.reset();
		const setup = { credentials: [...credentials], saveExecutions: false };
		const workflow = await bench.load(file, setup);
		expect(await runExample(client, workflow), file).toBeUndefined();
		expect(await client.executionsOf(workflow), file).toEqual([]);
	}
});

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
	test(`${file} opens in the editor`, async ({ bench, editor: page, picture }) => {
		// Wide, as most of the examples are.
		await page.setViewportSize({ width: 2000, height: 900 });
		const { callers, custodia, vault } = bench.headers;
		const own = new Map([
			['self-service.json', callers],
			['store-in-custodia.json', custodia],
		]);
		const credentials = [await bench.n8nCredential('credential:read'), own.get(file) ?? vault];
		await pages.openWorkflow(page, await bench.load(file, { credentials, saveExecutions: false }));
		await pages.ui(page, 'zoom-to-fit').click();
		await picture(`examples/${file.replace('.json', '')}`, 'canvas');
	});
}

test("no key is in n8n's log", ({ bench }) => {
	expect(loggedKeys(bench)).toEqual([]);
});
