/**
 * The live tour against the sandbox. It never reaches DigiCert from here: the environment it gets
 * has no keys but the sandbox's.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { faults, startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { shortenPauses } from '../support/pauses.mts';
import { secretsIn } from '../support/secrets.mts';
import { runTour } from './run.mts';
import { NAMES } from './settings.mts';
import { codesIn, shapeOf } from './shape.mts';

shortenPauses();
let sandbox: Sandbox;
const running = new Set<ChildProcess>();
const createdKeys: string[] = [];
beforeAll(async () => {
	sandbox = await startSandbox({ onIssue: (value) => void createdKeys.push(value) });
});
afterEach(() => {
	for (const child of running) child.kill('SIGKILL');
	sandbox.reset();
});
afterAll(async () => {
	await sandbox.close();
});

/** What the tour needs for both APIs of the sandbox. */
function bothAccounts() {
	const { certCentral, partner } = sandbox;
	return {
		[NAMES.certCentralKey]: certCentral.us.keys.administrator,
		[NAMES.certCentralRegion]: 'custom',
		[NAMES.certCentralUrl]: certCentral.us.baseUrl,
		[NAMES.partnerKey]: partner.keys.parent,
		[NAMES.partnerUrl]: partner.baseUrl,
		[NAMES.partnerAccount]: String(partner.accounts.subaccount),
	};
}

/** Starts the command itself. */
function start(env: Record<string, string>) {
	// As for a user: n8n-core loads nodes in another way when it is told that a test runs.
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(DIGICERT_|NODE_ENV$|JEST_)/.test(name),
	);
	const command = path.join(import.meta.dirname, 'index.mts');
	const child = spawn(process.execPath, ['--import', 'tsx', command], {
		env: { ...Object.fromEntries(inherited), ...env },
	});
	running.add(child);
	child.once('close', () => running.delete(child));
	const printed = { text: '' };
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => (printed.text += chunk));
	}
	const ended = once(child, 'close').then(() => child.exitCode);
	return { child, printed, ended };
}

/** Runs the tour to its end, in this process. */
async function tour(
	env: Record<string, string> = {},
	onStart: (stop: () => void) => void = ignore,
) {
	const lines: string[] = [];
	const status = await runTour({ env, print: (text) => void lines.push(text), onStart });
	const text = lines.map((line) => `${line}\n`).join('');
	expectNothingPrivate(text);
	return { status, text };
}
const ignore = () => undefined;

/** Neither a key nor what people are called. */
function expectNothingPrivate(text: string): void {
	const { us, eu } = sandbox.certCentral;
	const seeded = [us, eu, sandbox.partner].flatMap(({ keys }) => Object.values(keys));
	expect(secretsIn(text, [...seeded, ...createdKeys])).toEqual([]);
	expect(text).not.toMatch(
		/@|John|Smith|Administrator\b(?! role)|Parent key|Customer|67890|123654/,
	);
}

const created = () => sandbox.keys({ seeded: false });
const liveCreated = () => created().filter(({ status }) => status === 'active');
const writes = () => sandbox.requests().filter(({ method }) => method !== 'GET');

describe('without keys', () => {
	test.each([
		['none at all', {}],
		['empty ones', { [NAMES.certCentralKey]: ' ', [NAMES.partnerKey]: '' }],
	])('%s: nothing is tried, and it says so', async (_, env) => {
		const { status, text } = await tour(env);
		expect(status).toBe(0);
		expect(text).toContain('nothing was tried');
		for (const name of Object.values(NAMES)) expect(text).toContain(name);
		expect(sandbox.requests()).toEqual([]);
	});
});

test.each([
	[NAMES.certCentralRegion, 'asia'],
	[NAMES.certCentralUrl, ''],
	[NAMES.certCentralUser, 'x'],
	[NAMES.partnerAccount, '0'],
	[NAMES.write, 'true'],
])('refuses %s=%s, and sends nothing', async (name, value) => {
	const { status, text } = await tour({ ...bothAccounts(), [name]: value });
	expect(status).toBe(1);
	expect(text).toContain(name);
	expect(sandbox.requests()).toEqual([]);
});

describe('reading only', () => {
	test('changes nothing, and reports what it met', async () => {
		const { status, text } = await tour(bothAccounts());
		expect(status).toBe(0);
		expect(writes()).toEqual([]);
		expect(created()).toEqual([]);
		expect(text).toMatch(/Left behind\n {2}nothing\n/);

		const report = text.split('---- report: this is what to send back ----')[1];
		for (const line of [
			'F.4    A user who does not exist: HTTP 404, not_found|user',
			'F.11   Service users are among the users (first 500 of each): no',
			'F.13   A wrong key: HTTP 403, access_denied|access_denied_invalid_key',
			'F.14   Rate limit (429): not met',
			'F.16   A wrong key: HTTP 403, forbidden',
			'A.1    Answers with a Date header: all',
			'- GET /key: HTTP 200, JSON',
			'    api_keys[].last_used_date: ISO 8601 time with an offset, sometimes',
			'    api_keys[].created_at: ISO 8601 time with Z',
		]) {
			expect(report).toContain(`${line}\n`);
		}
	});

	test('one API alone is enough, and a refused call is told as a finding', async () => {
		const { us } = sandbox.certCentral;
		const { status, text } = await tour({
			[NAMES.certCentralKey]: us.keys.orders,
			[NAMES.certCentralRegion]: 'custom',
			[NAMES.certCentralUrl]: us.baseUrl,
		});
		expect(status).toBe(1);
		expect(text).toMatch(/NO {2}the list of API keys \(HTTP 403\): DigiCert does not permit/);
		expect(text).toContain('GET /key: HTTP 403, JSON, access_denied|missing_permission\n');
		expect(text).not.toContain('Partner');
		expect(writes()).toEqual([]);
	});

	test('a met rate limit is reported with its headers', async () => {
		sandbox.addFault({ ...faults.rateLimited({ retryAfter: 0 }), match: { path: '/key' } });
		const { text } = await tour(bothAccounts());
		expect(text).toContain('F.14   Rate limit (429): met, with Retry-After\n');
	});
});

describe('with creations', () => {
	const env = (): Record<string, string> => ({ ...bothAccounts(), [NAMES.write]: 'yes' });

	test('leaves nothing live, and says what is left', async () => {
		const { status, text } = await tour(env());
		expect(status).toBe(0);
		expect(created()).toHaveLength(4);
		expect(liveCreated()).toEqual([]);
		for (const { id, name } of created()) {
			expect(name).toMatch(/^n8n-nodes-digicert live test \d{4}-\S+Z [0-9a-f]{6}/);
			expect(text).toMatch(new RegExp(`switched off, but still listed: .*\\b${id}\\b`));
		}
		const roles = sandbox
			.keys({ seeded: false, instance: 'us' })
			.map((key) => key.restricted_to_role_id);
		expect(roles).toEqual([102, 102]);
		for (const line of [
			'F.3    A second key of the same name: HTTP 201',
			'F.6    Switch it on again; it is live then: HTTP 204; yes',
			'F.23   The new key works at once: yes, HTTP 200',
			'F.19   A second key of the same name: HTTP 201',
		]) {
			expect(text).toContain(`${line}\n`);
		}
	});

	test('creates for the subaccount that was named, and for none without a name', async () => {
		const { text } = await tour({ ...env(), [NAMES.partnerAccount]: '' });
		expect(text).toContain('Nothing is created here, because no ID says for whom.');
		expect(sandbox.requests({ method: 'POST' }).map(({ path: sent }) => sent)).toEqual([
			`/key/user/${sandbox.certCentral.us.users.administrator}`,
			`/key/user/${sandbox.certCentral.us.users.administrator}`,
		]);
	});

	test.each([
		['a lost answer', () => faults.dropAfter(), { method: 'POST' }],
		['a step that fails', () => faults.errorAfter(500), { method: 'PUT' }],
		['each change refused at first', () => faults.unauthorized(), { path: '/status' }, 4],
	])('%s leaves nothing live either', async (_, fault, match, times = 1) => {
		sandbox.addFault({ ...fault(), match, times });
		const { status, text } = await tour(env());
		expect(created().length).toBeGreaterThan(0);
		expect(liveCreated()).toEqual([]);
		expect(text).not.toContain('STILL LIVE');
		// A change whose answer was lost is made again by the node itself.
		expect(status).toBe(text.includes('NO ') ? 1 : 0);
	});

	test('what cannot be switched off is named', async () => {
		sandbox.addFault({ ...faults.unauthorized(), match: { method: 'PUT' }, times: Infinity });
		const { status, text } = await tour(env());
		expect(status).toBe(1);
		expect(liveCreated()).toHaveLength(4);
		for (const { id } of liveCreated()) {
			expect(text).toMatch(new RegExp(`STILL LIVE as far as is known, so .*\\b${id}\\b`));
		}
	});

	const creationBegins = async () => {
		while (sandbox.requests({ method: 'POST' }).length === 0) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	};
	function expectCleanEnd(status: unknown, text: string): void {
		expect(status).toBe(130);
		expect(created()).toHaveLength(1);
		expect(liveCreated()).toEqual([]);
		expect(text).toContain('It was stopped before its end.');
	}

	test('told to stop while a key is created, it switches the key off', async () => {
		sandbox.addFault({ ...faults.slow(100), match: { method: 'POST' } });
		const { status, text } = await tour(env(), (stop) => {
			void creationBegins().then(() => {
				stop();
				stop();
			});
		});
		expectCleanEnd(status, text);
	});

	test('a signal tells the command to stop', async () => {
		sandbox.addFault({ ...faults.slow(300), match: { method: 'POST' } });
		const { child, printed, ended } = start(env());
		await creationBegins();
		child.kill('SIGINT');
		child.kill('SIGTERM');
		expectCleanEnd(await ended, printed.text);
		expectNothingPrivate(printed.text);
	});
});

describe('what is shown of a body', () => {
	test('names and types of fields, never values', () => {
		const shape = shapeOf({
			list: [{ id: 1, when: '2026-11-20T09:00:00Z' }, { id: null }],
			'someone@example.com': true,
			acct_12345: { 77: 'x' },
			empty: '',
		});
		expect(Object.fromEntries(shape)).toEqual({
			list: 'list',
			'list[].id': 'null or number',
			'list[].when': 'ISO 8601 time with Z, sometimes',
			empty: 'empty text',
			'(a name that is not shown)': 'boolean or object',
			'(a name that is not shown).(a name that is not shown)': 'text',
		});
	});

	test('error codes, and nothing else that stands in their place', () => {
		const errors = [{ code: 'not_found|user', message: 'x' }, { code: 'abc123' }, { code: 'A b' }];
		expect(codesIn({ errors })).toEqual(['not_found|user']);
		expect(codesIn({ error: 'forbidden', other: 'text' })).toEqual(['forbidden']);
		expect(codesIn('text')).toEqual([]);
	});
});
