import { once } from 'node:events';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import { startSandbox, faults } from '../../sandbox/index.mts';
import { openSandbox, until } from './support.mts';
import type { Api } from './support.mts';

let api: Api | undefined;
afterEach(() => api?.close());

/** Resolves to whether somebody listens there. */
const listens = (host: string, port: number) =>
	new Promise<boolean>((resolve) => {
		const socket = net.connect({ host, port });
		const answer = (result: boolean) => () => {
			socket.destroy();
			resolve(result);
		};
		socket.once('connect', answer(true));
		socket.once('error', answer(false));
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

test('rejects when the port is taken', async () => {
	api = await openSandbox();
	const port = Number(new URL(api.sandbox.origin).port);

	await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
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

	// A busy machine may see the connection reset before it sees it closed.
	idle.on('error', () => undefined);
	const closed = new Promise((resolve) => idle.once('close', resolve));
	const ends = Promise.allSettled([...hanging, closed]);
	// Without an end to what hangs, it would outlast jest's time limit.
	await sandbox.close();
	const statuses = (await ends).map(({ status }) => status);
	expect(statuses).toEqual(['rejected', 'rejected', 'fulfilled']);
	await other.close();
});
