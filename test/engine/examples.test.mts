import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { faults } from '../../sandbox/index.mts';
import { FOLDER, loadExample, readWorkflow } from '../support/examples.mts';
import { openWithJose } from '../support/jose.mts';
import { keyPairs, pemOf, privatePemOf } from '../support/keyPairs.mts';
import { useLab } from '../support/lab.mts';
import { textLike } from '../support/matchers.mts';
import { shortenPauses } from '../support/pauses.mts';
import { at, dataObject, present, text } from '../support/read.mts';
import { jsonOf, jsonsOf } from '../support/told.mts';

const lab = useLab();
shortenPauses();
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const STARTERS = ['create-subaccount-api-key.json', 'create-user-api-key.json'];

test.each(FILES)(
	'%s keeps executions out of the database, holds no secret, explains itself',
	(file) => {
		const workflow = readWorkflow(readFileSync(path.join(FOLDER, file), 'utf8'));
		expect(workflow.settings).toMatchObject({
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		});
		expect(workflow.pinData).toEqual({});
		for (const node of workflow.nodes) {
			expect(node.credentials).toBeUndefined();
			// n8n would run the whole node again.
			const { operation } = node.parameters;
			if (operation === 'create' || operation === 'rotate') {
				expect(node.retryOnFail).toBeUndefined();
			}
		}
		const note = workflow.nodes.find(({ type }) => type.endsWith('.stickyNote'));
		expect(note?.parameters.content).toMatch(/^## .+\n/);
		const page = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
		expect(page).toContain(`(${file})`);
	},
);

describe.each(STARTERS)('%s', (file) => {
	test('runs as it is: one key is created, put out, and used by the next step', async () => {
		const execution = await lab.run(await loadExample(file, lab.sandbox, lab.engine), {});
		expect(execution.status).toBe('success');
		expect(lab.created()).toHaveLength(1);
		expect(jsonOf(execution, 0, 'Use the new key').error).toBeUndefined();
		expect(lab.sandbox.requests()).toMatchObject([{ status: 201 }, { status: 200 }]);
		expect(at(lab.sandbox.requests(), 1).keyLast4).toBe(at(lab.created(), 0).last4);
	});

	test('a refused key leaves by the error branch', async () => {
		const workflow = await loadExample(file, lab.sandbox, lab.engine);
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 404, body: {} },
			match: { method: 'POST' },
		});
		const execution = await lab.run(workflow, {});
		expect(execution.status).toBe('success');
		expect(execution.items('No key was delivered')).toHaveLength(1);
		expect(execution.items('Use the new key')).toEqual([]);
	});
});

describe('self-service.json', () => {
	const { publicKey, privateKey } = keyPairs['P-256'];

	async function call(body: unknown) {
		const workflow = await loadExample('self-service.json', lab.sandbox, lab.engine);
		const execution = await lab.run(workflow, {
			items: [{ json: dataObject({ headers: {}, params: {}, query: {}, body }) }],
			mode: 'webhook',
		});
		expect(execution.status).toBe('success');
		const replies = ['Reply with the JWE', 'Reply with the reason', 'Reply what is missing'];
		const [reply, ...more] = replies.flatMap((name) => execution.items(name));
		expect(more).toEqual([]);
		return { reply: present(reply).json, execution };
	}

	test.each([
		['PEM', pemOf(publicKey)],
		['JWK', publicKey.export({ format: 'jwk' })],
	])('gives a key to the holder of a public key in %s, and to nobody else', async (_, key) => {
		const { reply, execution } = await call({ name: 'Laptop', public_key: key });
		expect(reply).toMatchObject({ status: 201, headers: { 'content-type': 'application/jose' } });
		const [opened] = openWithJose([{ jwe: text(reply.body), pem: privatePemOf(privateKey) }]);
		const value = present(opened).text;
		expect(lab.sandbox.holds(value)).toMatchObject({ name: 'Laptop', status: 'active' });
		expect(lab.created()).toHaveLength(1);
		expect(JSON.stringify(execution.run)).not.toContain(value);
	});

	test.each([
		['nothing', undefined],
		['no key', { name: 'Laptop' }],
		['no name', { public_key: pemOf(publicKey) }],
		['other types', { name: 1, public_key: true }],
		['a list', [{ name: 'Laptop' }]],
	])('refuses %s before anything is created', async (_, body) => {
		const { reply } = await call(body);
		expect(reply).toMatchObject({ status: 400, body: { error: textLike(/^Send/) } });
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('a private key is refused, and is not in the reply', async () => {
		const pem = privatePemOf(privateKey);
		const { reply } = await call({ name: 'Laptop', public_key: pem });
		expect(reply).toMatchObject({ status: 502, body: { error: textLike(/private/) } });
		expect(JSON.stringify(reply)).not.toContain(pem.split('\n')[1]);
		expect(lab.created()).toEqual([]);
	});

	test('a name that has a live key is refused', async () => {
		const body = { name: 'Laptop', public_key: pemOf(publicKey) };
		await call(body);
		expect((await call(body)).reply).toMatchObject({ status: 502 });
		expect(lab.created()).toHaveLength(1);
	});

	test('a lost reply leaves no live key, and the caller may ask again', async () => {
		const body = { name: 'Laptop', public_key: pemOf(publicKey) };
		lab.sandbox.addFault({ match: { method: 'POST' }, ...faults.dropAfter() });
		expect((await call(body)).reply).toMatchObject({ status: 502 });
		expect(lab.created()).toMatchObject([{ status: 'revoked' }]);
		expect((await call(body)).reply).toMatchObject({ status: 201 });
	});
});

describe('audit-unused-keys.json', () => {
	const off = () =>
		lab.sandbox.keys(({ status, seeded }) => seeded && status !== 'active').map(({ id }) => id);

	async function audit(settings: Record<string, unknown>) {
		const file = 'audit-unused-keys.json';
		const workflow = await loadExample(file, lab.sandbox, lab.engine, { settings });
		const execution = await lab.run(workflow);
		expect(execution.status).toBe('success');
		return execution;
	}

	test('reports the unused live keys of both APIs, and switches nothing off', async () => {
		const before = off();
		await lab.createUserKeys([lab.item('New')]);
		const execution = await audit({});
		const report = jsonsOf(execution, 'Send the report');
		const { us } = lab.sandbox.certCentral;
		expect(report).toHaveLength(6);
		expect(report[0]).toMatchObject({
			api: 'CertCentral',
			name: 'View only',
			owner: us.users.administrator,
			created: textLike(/^2024-03-01T/),
			last_used: 'never',
		});
		expect(new Set(report.map(({ name }) => name))).toEqual(
			new Set([
				...['View only', 'Orders', 'User management', 'Standard user'],
				...['First customer key', 'Second customer key'],
			]),
		);
		expect(off()).toEqual(before);
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test('switches them off when it is told to', async () => {
		const before = off();
		const execution = await audit({ revoke: true });
		expect(execution.items('Switched off')).toHaveLength(6);
		expect(off()).toHaveLength(before.length + 6);
	});

	test('a list that cannot be read does not keep the other from being reported', async () => {
		lab.sandbox.addFault({ match: { path: '/key' }, times: Infinity, ...faults.errorBefore(403) });
		const execution = await audit({ revoke: true });
		expect(execution.items('Not done')).toHaveLength(1);
		expect(execution.items('Switched off')).toHaveLength(2);
	});
});

test('npm run demo ends with status 0 and prints no key', () => {
	const printed = execFileSync(process.execPath, [path.join(FOLDER, 'demo.js')], {
		encoding: 'utf8',
		// As for a user: n8n-core loads nodes in another way when it is told that a test runs.
		env: { ...process.env, NODE_ENV: undefined, JEST_WORKER_ID: undefined },
	});
	expect(printed).toContain('Both keys were created once, put out, and used by the next step.');
	expect(printed).toMatch(/headers +.*x-dc-devkey/);
	expect(printed).toMatch(/headers +.*x-partner-apikey/);
	expect(printed).not.toMatch(/[a-z0-9]{40}/);
});
