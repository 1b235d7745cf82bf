import { readdirSync } from 'node:fs';

import { expect } from '@playwright/test';
import { FormData, request } from 'undici';

import { FOLDER } from '../../support/examples.mts';
import { openWithJose } from '../../support/jose.mts';
import { keyPairs, pemOf, privatePemOf } from '../../support/keyPairs.mts';
import { at, parse, present, record, text } from '../../support/read.mts';
import * as pages from '../editor/pages.mts';
import { loggedKeys } from '../lab.mts';
import { itemsOf } from '../n8n/client.mts';
import * as subs from '../n8n/subWorkflows.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';
import { expectSuccess, failureOf, test, type Bench } from './bench.mts';

test.beforeEach(({ bench }) => {
	bench.reset();
});

test('self-service.json: an encrypted key for those who may', async ({ bench }) => {
	const { client, header, sandbox } = bench;
	const { publicKey, privateKey } = keyPairs.X25519;
	const credentials = [bench.others.callers];
	const setup = { credentials, saveExecutions: false };
	const workflow = await bench.load('self-service.json', setup);
	const post = async (body: object, token = header.value) => {
		const answer = await request(`${client.url}/webhook/digicert-key`, {
			method: 'POST',
			// A connection of its own: a busy n8n may have closed one that was kept.
			reset: true,
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
		const opened = at(await openWithJose([{ jwe: body, pem: own }]), 0);
		expect(sandbox.holds(opened.text)?.name).toMatch(/^Laptop \[n8n /);
		expect((await post(wanted)).status).toBe(502);
		expect(bench.statuses()).toEqual(['active']);
	} finally {
		await client.deactivate(workflow);
	}
	expect(await client.executionsOf(workflow)).toEqual([]);
});

test('find-orphans.json: the keys that nobody uses, and nothing is switched off', async ({
	bench,
}) => {
	const execution = await bench.run('find-orphans.json');
	expectSuccess(execution);
	const found = itemsOf(execution, 'Your mail or chat node');
	expect(found.map(({ name }) => name)).toEqual([
		...['View only', 'Orders', 'User management', 'Standard user'],
	]);
	expect(at(found, 0)).toMatchObject({ last_used: 'never' });
	expect(bench.sandbox.requests({ method: 'PUT' })).toEqual([]);
});

test('alert-on-new-keys.json: says what a reviewer would note', async ({ bench }) => {
	const { sandbox } = bench;
	const { id } = sandbox.console.us.makeKey({
		name: 'By hand',
		ownerId: sandbox.certCentral.us.users.person,
	});
	const execution = await bench.run('alert-on-new-keys.json');
	expectSuccess(execution);
	const messages = itemsOf(execution, 'Your mail or chat node').map(({ message }) => message);
	expect(messages).toContainEqual(
		expect.stringMatching(`^There is a new API key: By hand \\(ID ${id}\\) of .* never_used, `),
	);
});

/** Runs offboard-user.json up to the form, and answers it. */
async function offboard({ client, load, mail, others, sandbox }: Bench, answer: number) {
	const { person } = sandbox.certCentral.us.users;
	const workflow = await load('offboard-user.json', {
		credentials: [others.mail],
		replace: { '"value": 125039': `"value": ${person}` },
	});
	mail.mails.splice(0);
	const execution = await client.startByHand(workflow, 'Start by hand');
	const sent = await until('the mail', () => mail.mails.at(-1));
	const [form] = /http:[^"\s]*(webhook|form)-waiting[^"\s]*/.exec(sent) ?? [];
	const body = new FormData();
	body.set('field-0', String(answer));
	// The mail leaves before n8n has put the execution to wait.
	await until('the form', async () => {
		const url = present(form, 'The address of the form').replaceAll('&amp;', '&');
		const answered = await request(url, { method: 'POST', body });
		await answered.body.dump();
		return answered.statusCode === 200 ? true : undefined;
	});
	return { sent, execution: present(await client.finished(execution), 'The execution') };
}

test('offboard-user.json: a mail, a form, and only then the keys are off', async ({ bench }) => {
	const { sandbox } = bench;
	const { person } = sandbox.certCentral.us.users;
	for (const name of ['A', 'My Automation']) sandbox.console.us.makeKey({ name, ownerId: person });
	const live = () =>
		sandbox
			.keys({ ownerId: person, status: 'active', instance: 'us' })
			.map(({ name }) => name)
			.filter((name) => name !== 'ACME directory');
	const mine = live().length - 1;

	const wrong = await offboard(bench, 99);
	expect(wrong.sent).toContain(`Switch off ${mine} DigiCert API keys?`);
	expect(failureOf(wrong.execution)).toMatch(/^Nobody entered the right number/);
	expect(live()).toHaveLength(mine + 1);

	const { execution } = await offboard(bench, mine);
	expectSuccess(execution);
	expect(live()).toEqual(['My Automation']);
});

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
	test(`${file} opens in the editor`, async ({ bench, editor: page, picture }) => {
		const { others } = bench;
		const headers = new Map([
			['self-service.json', others.callers],
			['store-in-custodia.json', others.custodia],
		]);
		const credentials = [headers.get(file) ?? others.vault, others.aws, others.n8n, others.mail];
		const store = await bench.load('store-in-vault.json', { credentials, saveExecutions: false });
		const setup = { credentials, handOverTo: store.id, saveExecutions: false };
		await pages.openWorkflow(page, await bench.load(file, setup));
		await pages.fitCanvas(page);
		await picture(`examples/${file.replace('.json', '')}`, 'canvas');
	});
}

test('in the editor, a key goes from DigiCert into a store', async ({
	bench,
	editor: page,
	picture,
}) => {
	const { client, credentials, others, sandbox, vault } = bench;
	const userId = flows.byId(sandbox.certCentral.us.users.person);
	const nodes = [
		flows.manualTrigger(),
		flows.digiCert(
			'Create User API Key',
			credentials.certCentral,
			'userApiKey.create',
			{ userId, name: 'Build server', restrictedToRoleId: 102 },
			{ onError: 'continueErrorOutput' },
		),
		{
			...flows.httpRequest('Put it into Vault', {
				...{ method: 'POST', url: `=${vault.mount}/data/digicert/{{ $json.name }}` },
				...{ authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' },
				...{ sendBody: true, specifyBody: 'json' },
				jsonBody: '={{ JSON.stringify({ data: { api_key: $json.api_key } }) }}',
			}),
			credentials: flows.bound([others.vault]),
		},
		{ ...flows.setField('place', 'string', '=digicert/Build server'), name: 'Stored' },
	];
	const refuse = { ...subs.stopAndError('No key was delivered'), name: 'No key was delivered' };
	const onError = { ...refuse, position: [440, 200] };
	const workflow = flows.workflow('Key into a store', nodes, { onError });
	await pages.openWorkflow(page, await client.saveWorkflow(workflow));
	await pages.fitCanvas(page);
	await picture('canvas', 'canvas');
	await pages.ui(page, 'execute-workflow-button').click();
	await expect(pages.ui(page, 'canvas-node-status-success')).toHaveCount(4);
	const value = text(vault.secrets.get('digicert/Build server')?.at(-1)?.api_key);
	expect(sandbox.holds(value)).toMatchObject({ status: 'active' });
});

test("no key is in n8n's log", ({ bench }) => {
	expect(loggedKeys(bench)).toEqual([]);
});
