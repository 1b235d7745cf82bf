import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { request } from 'undici';
import { runCommand } from '../../sandbox/command.mts';
import { startSandbox } from '../../sandbox/index.mts';

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

test('prints a key that works and is the same each time, and ends on a signal', async () => {
	const { child, printed, ended } = run('--port', '0');
	while (!printed.out.includes('/sandbox/keys')) await once(child.stdout, 'data');
	const find = (pattern: RegExp) => pattern.exec(printed.out)?.[1] ?? 'not found';
	const baseUrl = find(/Base URL +(\S+\/us\/services\/v2)/);
	const key = find(/API Key +([a-z0-9]{47})/);
	const { statusCode, body } = await request(`${baseUrl}/user/me`, {
		headers: { 'x-dc-devkey': key },
		reset: true,
	});
	await body.text();
	child.kill('SIGINT');
	expect(await ended).toEqual([0, null]);
	expect([statusCode, printed.err]).toEqual([200, '']);
	expect(printed.out).toMatch(/Region +Custom Base URL/);
	expect(printed.out).toMatch(/IDs +administrator +125039\n/);
	expect(printed.out).toContain('dropAfter');
	const another = await startSandbox();
	expect(key).toBe(another.certCentral.us.keys.administrator);
	await another.close();
});

test('says what to do when the port is taken', async () => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	await expect(runCommand(['--port', String(port)])).rejects.toThrow(
		new RegExp(`^Port ${String(port)} is taken.*npm run sandbox -- --port 9000$`),
	);
	server.close();
});

test.each([
	[['--port', 'http'], /^Not a port: http$/],
	[['--port', '65536'], /^Not a port: 65536$/],
])('refuses %j in one line', async (args, text) => {
	await expect(runCommand(args)).rejects.toThrow(text);
});

test('ends with status 1 and one line when it does not start', async () => {
	const { printed, ended } = run('--color');

	expect((await ended)[0]).toBe(1);
	expect(printed.err).toMatch(/^Unknown option '--color'.*\n$/);
	expect(printed.out).toBe('');
});
