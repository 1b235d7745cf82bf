'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { request } = require('undici');

// Starting is slow on a busy machine; nothing here depends on how slow.
jest.setTimeout(60_000);

const CLI = path.resolve(__dirname, '../../sandbox/cli.mts');

/** Runs the command line and collects what it prints. */
const run = (/** @type {string[]} */ ...args) => {
	const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args]);
	const printed = { out: '', err: '' };
	child.stdout.on('data', (chunk) => (printed.out += chunk));
	child.stderr.on('data', (chunk) => (printed.err += chunk));
	return { child, printed, ended: once(child, 'close') };
};

test.each(/** @type {const} */ (['SIGINT', 'SIGTERM']))(
	'prints keys that work, and ends on %s',
	async (signal) => {
		const { child, printed, ended } = run('--port', '0');
		while (!printed.out.includes('/sandbox/keys')) await once(child.stdout, 'data');
		const baseUrl = printed.out.match(/\S+\/us\/services\/v2/)?.[0];
		const key = printed.out.match(/administrator +([a-z0-9]{47})/)?.[1];
		const { statusCode, body } = await request(`${baseUrl}/user/me`, {
			headers: { 'x-dc-devkey': String(key) },
			reset: true,
		});
		const me = /** @type {{ id: number }} */ (await body.json());
		child.kill(signal);

		expect(statusCode).toBe(200);
		expect(printed.out).toMatch(new RegExp(`User ids +administrator +${me.id}\\n`));
		expect(printed.out).toContain('dropAfter');
		expect(await ended).toEqual([0, null]);
		expect(printed.err).toBe('');
	},
);

test('explains itself', async () => {
	const { printed, ended } = run('--help');

	expect(await ended).toEqual([0, null]);
	expect(printed.out).toMatch(/^Usage: /);
});

test.each([
	['--port', 'http'],
	['--port', '65536'],
	['--host', '0.0.0.0'],
])('refuses %s %s in one line', async (...args) => {
	const { printed, ended } = run(...args);

	expect((await ended)[0]).toBe(1);
	expect(printed.err.trim().split('\n')).toHaveLength(1);
	expect(printed.out).toBe('');
});
