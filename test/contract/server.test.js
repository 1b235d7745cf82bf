'use strict';

const { once } = require('node:events');
const net = require('node:net');
const { networkInterfaces } = require('node:os');
const { startSandbox, faults } = require('../../sandbox/index.mts');
const { openSandbox, until } = require('./support');

/** @type {import('./support').Api} */
let api;
afterEach(() => api?.close());

/** Resolves to whether somebody listens there. */
/** @param {string} host @param {number} port @returns {Promise<boolean>} */
const listens = (host, port) =>
	new Promise((resolve) => {
		const socket = net.connect({ host, port });
		const answer = (/** @type {boolean} */ result) => {
			socket.destroy();
			resolve(result);
		};
		socket.once('connect', () => answer(true));
		socket.once('error', () => answer(false));
	});

test('listens on 127.0.0.1 and on no other address of this machine', async () => {
	api = await openSandbox();
	const { hostname, port } = new URL(api.sandbox.origin);
	const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	const others = addresses.map(({ address }) => address).filter((each) => each !== '127.0.0.1');

	expect(hostname).toBe('127.0.0.1');
	expect(await listens('127.0.0.1', Number(port))).toBe(true);
	for (const address of [...others, '::1']) {
		expect([address, await listens(address, Number(port))]).toEqual([address, false]);
	}
});

test.each(['0.0.0.0', '::', 'localhost', '192.168.0.1'])(
	'refuses to listen on %s',
	async (host) => {
		await expect(startSandbox({ host })).rejects.toThrow('127.0.0.1 only');
	},
);

test('rejects when the port is taken', async () => {
	api = await openSandbox();
	const port = Number(new URL(api.sandbox.origin).port);

	await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('needs the people that its guide names', async () => {
	await expect(startSandbox({ seedUsers: 2 })).rejects.toThrow('3 seeded users');
});

test('a clock skew shifts what DigiCert would date, and not the journal', async () => {
	const now = Date.UTC(2026, 0, 1, 12, 0, 0);
	api = await openSandbox({ now: () => now, clockSkewMs: 90_000 });
	const { users } = api.sandbox.certCentral.us;
	const { accounts } = api.sandbox.partner;
	const created = await api.certCentral('POST', `/key/user/${users.person}`, { name: 'CI' });
	const path = `/api-key/account/${accounts.subaccount}`;
	const partnerKey = (await api.partner('POST', path, { name: 'CI' })).json();
	const key = (await api.certCentral('GET', `/key/${created.json().id}`)).json();
	const shown = (await api.partner('GET', `/api-key/${partnerKey.id}`)).json();

	expect(created.headers.date).toBe('Thu, 01 Jan 2026 12:01:30 GMT');
	expect(key.create_date).toBe('2026-01-01T12:01:30+00:00');
	expect(shown.created_at).toBe('2026-01-01T12:01:30Z');
	expect(api.sandbox.requests()[0].at).toBe('2026-01-01T12:00:00.000Z');
});

test('two sandboxes have different keys', async () => {
	api = await openSandbox();
	const other = await startSandbox();
	await other.close();

	expect(other.certCentral.us.keys.administrator).not.toBe(
		api.sandbox.certCentral.us.keys.administrator,
	);
});

test('closes at once, whatever is in flight, and can be closed twice', async () => {
	const other = await openSandbox();
	const { sandbox } = other;
	const delayMs = 600_000;
	sandbox.addFault({ match: { path: '/key' }, ...faults.slow(delayMs) });
	sandbox.addFault({ when: 'before', action: 'pass', delayMs });
	const hanging = [other.certCentral('GET', '/key'), other.certCentral('GET', '/user')];
	const idle = net.connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
	await once(idle, 'connect');
	idle.write('POST /us/services/v2/key/user/1 HTTP/1.1\r\nContent-Le');
	await until(() => sandbox.requests().length === 2);

	const began = performance.now();
	// A busy machine may see the connection reset before it sees it closed.
	idle.on('error', () => {});
	const closed = new Promise((resolve) => void idle.once('close', resolve));
	const ends = Promise.allSettled([...hanging, closed]);
	await sandbox.close();
	// Generous for a busy machine: it takes a millisecond or two.
	expect(performance.now() - began).toBeLessThan(1_000);
	const [slow, late, socket] = await ends;
	expect([slow.status, late.status, socket.status]).toEqual(['rejected', 'rejected', 'fulfilled']);
	await other.close();
});
