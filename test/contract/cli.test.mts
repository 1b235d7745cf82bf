import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { request } from 'undici';

// Starting is slow on a busy machine; nothing here depends on how slow.
jest.setTimeout(60_000);

/** Runs the command line and collects what it prints. */
function run(...args: string[]) {
	const cli = path.resolve('sandbox/cli.mts');
	const child = spawn(process.execPath, ['--import', 'tsx', cli, ...args]);
	const printed = { out: '', err: '' };
	child.stdout.on('data', (chunk) => (printed.out += String(chunk)));
	child.stderr.on('data', (chunk) => (printed.err += String(chunk)));
	const ended: Promise<unknown[]> = once(child, 'close');
	return { child, printed, ended };
}

/** Runs it until the guide is there, then ends it with a signal. */
async function guideOf(signal: NodeJS.Signals, ...args: string[]) {
	const { child, printed, ended } = run('--port', '0', ...args);
	while (!printed.out.includes('/sandbox/keys')) await once(child.stdout, 'data');
	const find = (pattern: RegExp) => pattern.exec(printed.out)?.[1] ?? 'not found';
	const baseUrl = find(/Base URL +(\S+\/us\/services\/v2)/);
	const key = find(/API Key +([a-z0-9]{47})/);
	const { statusCode, body } = await request(`${baseUrl}/user/me`, {
		headers: { 'x-dc-devkey': key },
		reset: true,
	});
	await body.text();
	child.kill(signal);
	expect(await ended).toEqual([0, null]);
	expect(printed.err).toBe('');
	return { out: printed.out, key, statusCode };
}

test('prints keys that work and are the same next time, and ends on either signal', async () => {
	const one = await guideOf('SIGINT');
	const again = await guideOf('SIGTERM');

	expect([one.statusCode, again.statusCode]).toEqual([200, 200]);
	expect(again.key).toBe(one.key);
	expect(one.out).toMatch(/Region +Custom Base URL/);
	expect(one.out).toMatch(/IDs +administrator +125039\n/);
	expect(one.out).toContain('dropAfter');
	expect(one.out).not.toContain('WARNING');
});

test('--seed gives other keys, and --host on an open address a warning with what to use', async () => {
	const plain = await guideOf('SIGTERM');
	const other = await guideOf('SIGTERM', '--seed', 'mine', '--host', '0.0.0.0');

	expect(other.statusCode).toBe(200);
	expect(other.key).not.toBe(plain.key);
	expect(other.out).toMatch(/WARNING: it listens on 0\.0\.0\.0/);
	expect(other.out).toMatch(/http:\/\/host\.docker\.internal:\d+ /);
});

test('explains itself', async () => {
	const { printed, ended } = run('--help');

	expect(await ended).toEqual([0, null]);
	expect(printed.out).toMatch(/^Usage: /);
});

test('says what to do when the port is taken', async () => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	const { printed, ended } = run('--port', String(port));

	expect((await ended)[0]).toBe(1);
	expect(printed.err).toMatch(
		new RegExp(`^Port ${String(port)} is taken.*npm run sandbox -- --port 9000\n$`),
	);
	server.close();
});

test.each([
	[['--port', 'http'], /^Not a port: http\n$/],
	[['--port', '65536'], /^Not a port: 65536\n$/],
	[['--host', '192.0.2.1'], /^This computer has no address 192\.0\.2\.1\..*\n$/],
	[['--color'], /^Unknown option '--color'.*\n$/],
])('refuses %j in one line', async (args, text) => {
	const { printed, ended } = run(...args);

	expect((await ended)[0]).toBe(1);
	expect(printed.err).toMatch(text);
	expect(printed.out).toBe('');
});
