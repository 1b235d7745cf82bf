import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { INode, INodeExecutionData } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import type { RunOptions } from '../../support/engine.mts';
import { FOLDER, loadExample, readWorkflow } from '../../support/examples.mts';
import type { Setup } from '../../support/examples.mts';
import {
	endsOf,
	hasErrorOutput,
	hiddenWires,
	isNote,
	wiresOf,
} from '../../support/examplesCanvas.mts';
import { openWithJose } from '../../support/jose.mts';
import { keyPairs, pemOf, privatePemOf } from '../../support/keyPairs.mts';
import { ALWAYS, answering, LIST, POST, useLab } from '../../support/lab.mts';
import { at, dataObject, present, record, text } from '../../support/read.mts';
import { mailbox } from '../../support/standInNodes.mts';

const lab = useLab();
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

const read = (file: string) => readWorkflow(readFileSync(path.join(FOLDER, file), 'utf8'));
const isStop = ({ type }: INode) => type.endsWith('.stopAndError');

/** Whether a node gets a new key's value, or puts it out. */
function seesKey({ type, parameters: { operation, deliverTo, resource } }: INode): boolean {
	if (type.endsWith('.executeWorkflowTrigger') || resource === 'subaccount') return true;
	return (operation === 'create' || operation === 'rotate') && deliverTo !== 'workflow';
}

describe.each(FILES)('%s', (file) => {
	const workflow = read(file);
	const { nodes, settings } = workflow;

	test('holds no secret, and keeps no execution that may hold a key', () => {
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
		expect(workflow.pinData).toEqual({});
		expect(settings).toMatchObject({
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: nodes.some(seesKey) ? 'none' : 'all',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		});
	});

	test('can be read: few nodes, short notes, no wire behind a node', () => {
		expect(nodes.length).toBeLessThanOrEqual(12);
		const notes = nodes.filter(isNote).map(({ parameters }) => text(parameters.content));
		expect(notes.length).toBeGreaterThan(0);
		for (const note of notes) expect(note).toMatch(/^## .+\n/);
		expect(Math.max(...notes.map(({ length }) => length))).toBeLessThanOrEqual(1300);
		expect(hiddenWires(workflow)).toEqual([]);
		expect(readFileSync(path.join(FOLDER, 'README.md'), 'utf8')).toContain(`(${file})`);
	});

	test('fails visibly: after all else, in Stop and Error, which names the keys', () => {
		const wires = wiresOf(workflow);
		for (const node of nodes.filter(hasErrorOutput)) {
			const [good, bad] = [0, 1].map((output) =>
				wires.find((wire) => wire.from === node && wire.output === output),
			);
			const ends = endsOf(workflow, present(bad, `The error output of ${node.name}`));
			expect(ends.every(isStop)).toBe(true);
			// Of two branches n8n runs the upper one first, and Stop and Error ends the execution.
			const upper = at((good?.to ?? node).position, 1);
			expect(upper).toBeLessThan(at(present(bad).to.position, 1));
			const { operation } = node.parameters;
			if (operation !== 'create' && operation !== 'rotate') continue;
			for (const { parameters } of ends) {
				expect(parameters.errorObject).toContain('item.error.context.keys');
			}
		}
		for (const wire of wires.filter(
			({ from, output }) => from.type.endsWith('.if') && output === 1,
		)) {
			const ends = endsOf(workflow, wire);
			expect(ends.every((end) => isStop(end) || end.type.endsWith('.respondToWebhook'))).toBe(true);
		}
	});

	test('repeats no creation, and sends a key to no address that it is redirected to', () => {
		for (const { type, parameters, retryOnFail } of nodes) {
			const { operation } = parameters;
			if (operation === 'create' || operation === 'rotate') expect(retryOnFail).toBeUndefined();
			if (!type.endsWith('.httpRequest')) continue;
			const off = { redirect: { redirect: { followRedirects: false } } };
			expect(parameters.options).toMatchObject(off);
		}
	});

	test('says what becomes of Automation Access Keys, where it looks at many keys', () => {
		const many = nodes.some(
			({ parameters: { resource, operation } }) =>
				resource === 'userApiKey' && operation === 'getMany',
		);
		if (!many || file === 'alert-on-new-keys.json') return;
		expect(JSON.stringify(nodes)).toContain('Automation Access Key');
	});
});

/** Runs an example. @returns what it failed with, and the items of its nodes */
async function run(file: string, setup: Setup = {}, options: RunOptions = {}) {
	const workflow = await loadExample(file, lab.sandbox, lab.engine, setup);
	const execution = await lab.run(workflow, options);
	const { status, error, run: ran } = execution;
	const { message = '', description = '' } = error ?? {};
	const failure = `${message}\n${description ?? ''}`;
	expect(failure).not.toMatch(/undefined|\[object|[a-z0-9]{40}/i);
	return { run: ran, status, failure, items: (node: string) => execution.items(node) };
}

describe.each(['create-subaccount-api-key.json', 'create-user-api-key.json'])('%s', (file) => {
	test('runs as it is: one key is created, put out, and used by the next step', async () => {
		const execution = await run(file);
		expect(execution.status).toBe('success');
		expect(lab.created()).toHaveLength(1);
		expect(execution.items('Use the new key')).toHaveLength(1);
		expect(lab.sandbox.requests()).toMatchObject([
			{ status: 201 },
			{ status: 200, keyLast4: at(lab.created(), 0).last4 },
		]);
	});

	test('a refused key fails, with what DigiCert said', async () => {
		lab.fault(answering(404, {}), POST);
		const { failure, items } = await run(file);
		expect(failure).toMatch(/^No key was delivered\.\n.*404/s);
		expect(items('Use the new key')).toEqual([]);
	});

	test('a key whose value was lost is named from error.context.keys', async () => {
		lab.fault(faults.dropAfter(), POST);
		const { failure } = await run(file);
		const { id, name } = at(lab.created(), 0);
		expect(failure).toContain(`No key was delivered. [key ${id}, "${name}": candidate]`);
		expect(failure).toContain('ECONNRESET');
	});
});

describe('self-service.json', () => {
	const { publicKey, privateKey } = keyPairs['P-256'];
	const wanted = { name: 'Laptop', public_key: pemOf(publicKey) };

	async function call(body: unknown) {
		const items = [{ json: dataObject({ headers: {}, params: {}, query: {}, body }) }];
		const execution = await run('self-service.json', {}, { items, mode: 'webhook' });
		const replies = ['Reply with the JWE', 'Reply with the reason', 'Reply what is missing'];
		const [reply, ...more] = replies.flatMap((name) => execution.items(name));
		expect(more).toEqual([]);
		return { reply: present(reply).json, ...execution };
	}

	test.each([
		['PEM', wanted.public_key],
		['JWK', publicKey.export({ format: 'jwk' })],
	])('gives a key to the holder of a public key in %s, and to nobody else', async (_, key) => {
		const execution = await call({ ...wanted, public_key: key });
		expect(execution.status).toBe('success');
		const { reply } = execution;
		expect(reply).toMatchObject({ status: 201, headers: { 'content-type': 'application/jose' } });
		const opened = await openWithJose([{ jwe: text(reply.body), pem: privatePemOf(privateKey) }]);
		const value = at(opened, 0).text;
		expect(lab.sandbox.holds(value)).toMatchObject({ status: 'active' });
		expect(JSON.stringify(execution.run)).not.toContain(value);
	});

	test.each([
		['nothing', undefined],
		['no key', { name: 'Laptop' }],
		['no name', { public_key: wanted.public_key }],
		['other types', { name: 1, public_key: true }],
		['a list', [wanted]],
	])('refuses %s before anything is created', async (_, body) => {
		const { reply, status } = await call(body);
		expect(status).toBe('success');
		expect(record(reply.body).error).toMatch(/^Send/);
		expect(reply.status).toBe(400);
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test('a private key is refused, and is not in the reply', async () => {
		const pem = privatePemOf(privateKey);
		const { reply, failure } = await call({ ...wanted, public_key: pem });
		expect(reply.status).toBe(502);
		expect(record(reply.body).error).toMatch(/private/);
		expect(failure).toMatch(/private/);
		expect(JSON.stringify(reply)).not.toContain(at(pem.split('\n'), 1));
		expect(lab.created()).toEqual([]);
	});

	test('a name that has a live key is refused; after a lost reply the caller may ask again', async () => {
		lab.fault(faults.dropAfter(), POST);
		const lost = await call(wanted);
		expect(lost.reply.status).toBe(502);
		expect(lost.failure).toMatch(/\[key \d+, "Laptop \[n8n \w{6}\]": switched_off\]/);
		expect((await call(wanted)).reply.status).toBe(201);
		expect((await call(wanted)).reply.status).toBe(502);
		expect(lab.statuses()).toEqual(['revoked', 'active']);
	});
});

describe('find-orphans.json', () => {
	test('reports the live keys that nobody uses, and switches nothing off', async () => {
		await lab.createUserKeys([lab.item('New')]);
		const { items, status } = await run('find-orphans.json');
		expect(status).toBe('success');
		const report = items('Your mail or chat node').map(({ json }) => json);
		expect(report.map(({ name }) => name)).toEqual([
			...['View only', 'Orders', 'User management', 'Standard user'],
		]);
		const [first] = report;
		expect(first?.last_used).toBe('never');
		expect(first?.created).toMatch(/^2024-03-01T/);
		expect(first?.findings).toMatch(/never_used/);
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test('reports keys of subaccounts, changed as its note says', async () => {
		const { items, status } = await run('find-orphans.json', {
			replace: {
				'"resource": "userApiKey"': '"resource": "subaccountApiKey"',
				'{{ $json.user.first_name }} {{ $json.user.last_name }}': '{{ $json.account_id }}',
			},
		});
		expect(status).toBe('success');
		const report = items('Your mail or chat node').map(({ json }) => json);
		expect(report.length).toBeGreaterThan(0);
		for (const { created } of report) expect(created).toMatch(/^\d{4}-\d\d-\d\dT/);
	});

	test('fails when the list cannot be read', async () => {
		lab.fault(faults.errorBefore(403), { ...LIST, ...ALWAYS });
		expect((await run('find-orphans.json')).failure).toMatch(/DigiCert refused this call/);
	});
});

describe('alert-on-new-keys.json', () => {
	/** Runs what follows the trigger. */
	async function alert(keys: number[], event = 'created') {
		const user = {
			...{ id: lab.sandbox.certCentral.us.users.person },
			...{ first_name: 'Ben', last_name: 'Brook' },
		};
		const items = keys.map((id): INodeExecutionData => {
			const key = { id, name: 'New', user, create_date: '2026-11-24' };
			return { json: { event, event_id: String(id), key } };
		});
		const ran = await run('alert-on-new-keys.json', {}, { items, mode: 'trigger' });
		const messages = ran.items('Your mail or chat node').map(({ json }) => text(json.message));
		expect(messages.join()).not.toMatch(/undefined/);
		return { ...ran, messages };
	}

	test.each([
		['created', 'There is a new API key'],
		['neverUsed', 'An API key was never used'],
	])('says of an event "%s" what a reviewer would note', async (event, begin) => {
		await lab.createUserKeys([lab.item('New'), lab.item('Other')]);
		const { id } = at(lab.created(), 0);
		const { messages, status } = await alert([id], event);
		expect(status).toBe('success');
		expect(messages).toHaveLength(1);
		expect(messages[0]).toContain(`${begin}: New (ID ${id}) of Ben Brook, created 2026-11-24.`);
		expect(messages[0]).toMatch(/Findings: never_used, .*no_restriction/);
	});

	test.each([
		['the list does not show yet', (id: number) => [id, id + 1], /Findings: never_used/],
		['of an owner without any', (id: number) => [id + 1, id + 2], /Findings: not known/],
	])('an event of a key that %s is told as well', async (_, keysFor, first) => {
		await lab.createUserKeys([lab.item('New')]);
		const { messages, status } = await alert(keysFor(at(lab.created(), 0).id));
		expect(status).toBe('success');
		expect(messages).toEqual([
			expect.stringMatching(first),
			expect.stringMatching(/^There is .* Findings: not known: /),
		]);
	});

	test('findings that are refused keep no message back, and the execution fails', async () => {
		lab.fault(faults.errorBefore(403), { ...LIST, ...ALWAYS });
		const { failure, messages } = await alert([1, 2]);
		expect(failure).toContain('[created: key 1, "New"] [created: key 2, "New"]');
		expect(messages).toHaveLength(2);
	});
});

describe('offboard-user.json', () => {
	const entered = (many: unknown) => (form: string[]) => ({ [at(form, 0)]: many });
	const offboard = async (user = lab.sandbox.certCentral.us.users.person) =>
		await run('offboard-user.json', { replace: { '"value": 125039': `"value": ${user}` } });
	/** The names of a user's keys, ACME directory URLs excepted. */
	const liveOf = (user: number) =>
		lab.sandbox
			.keys(
				({ ownerId, status, instance }) =>
					[ownerId, status, instance].join() === [user, 'active', 'us'].join(),
			)
			.map(({ name }) => name)
			.filter((name) => name !== 'ACME directory');

	afterEach(() => {
		mailbox.asked.length = 0;
		mailbox.answer = undefined;
	});

	test('switches off what was agreed to; keys of other users and of Automation stay', async () => {
		const { person, serviceUser } = lab.sandbox.certCentral.us.users;
		await lab.createUserKeys([...['A', 'My Automation'].map(lab.item), lab.itemOfOther('Other')]);
		const mine = liveOf(person).filter((name) => name !== 'My Automation');
		mailbox.answer = entered(String(mine.length));
		const { items, status } = await offboard();
		expect(status).toBe('success');
		const { subject, message } = at(mailbox.asked, 0);
		expect(subject).toBe(`Switch off ${mine.length} DigiCert API keys?`);
		for (const name of mine) expect(message).toContain(`, ${name}, last used `);
		expect(message).not.toContain('Automation');
		expect(items('Switch off')).toHaveLength(mine.length);
		expect(liveOf(person)).toEqual(['My Automation']);
		expect(liveOf(serviceUser)).toContain('Other');
	});

	test.each([
		['another number', entered(99)],
		['nothing', undefined],
		['no number', entered('yes')],
	])('switches nothing off when the person enters %s', async (_, answer) => {
		await lab.createUserKeys([lab.item('A')]);
		mailbox.answer = answer;
		expect((await offboard()).failure).toMatch(/^Nobody entered the right number/);
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test("spares the keys of its own credential's user, of which one is its own", async () => {
		const { administrator } = lab.sandbox.certCentral.us.users;
		mailbox.answer = entered(liveOf(administrator).length);
		const { failure } = await offboard(administrator);
		expect(failure).toMatch(/^Nobody .*\nTo switch off: none, because/);
		expect(at(mailbox.asked, 0).subject).toBe('Switch off 0 DigiCert API keys?');
		expect(lab.sandbox.requests({ method: 'PUT' })).toEqual([]);
	});

	test('names what DigiCert refused', async () => {
		const { person } = lab.sandbox.certCentral.us.users;
		await lab.createUserKeys(['A', 'B'].map(lab.item));
		mailbox.answer = entered(liveOf(person).length);
		lab.fault(faults.errorBefore(403), { match: { method: 'PUT' }, times: 1 });
		const { failure } = await offboard();
		const [left, ...more] = lab.live();
		expect(more).toEqual([]);
		expect(failure).toMatch(`1 of 2 keys were not switched off: key ${present(left).id}\n`);
		expect(failure).toContain('HTTP 403');
	});
});
