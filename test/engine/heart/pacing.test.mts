/** The sums behind the pauses for the rate limit. What they do to a run is in refusals.test.mts. */
import { DigiCertFailure } from '../../../dist/nodes/DigiCert/errors/failure.js';
import { toReply } from '../../../dist/nodes/DigiCert/http/exchange.js';
import { createPacer, pauses, sendPaced } from '../../../dist/nodes/DigiCert/http/pacing.js';
import type { Pacer } from '../../../dist/nodes/DigiCert/http/pacing.js';
import { openSession } from '../../../dist/nodes/DigiCert/http/repeating.js';

let now = 0;
beforeEach(() => {
	now = 1_000_000;
	jest.spyOn(performance, 'now').mockImplementation(() => now);
	jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => jest.restoreAllMocks());

const stopped = () => true;

test('requests that went out before a pause began join it, and the bound counts it once', async () => {
	const pacer = createPacer(1000);
	expect(pacer.pause(0, 1000)).toBe(true);
	expect(pacer.pause(0, 1000)).toBe(true);
	expect(pacer.pause(0, 400)).toBe(true);
	expect(pacer.pause(0, undefined)).toBe(true);
	expect(await pacer.ready(stopped)).toBe(1);
	now += 1000;
	expect(pacer.pause(1, 200)).toBe(false);
});

test('one that is asked to wait longer makes the pause longer, by what is missing', async () => {
	const pacer = createPacer(3000);
	expect(pacer.pause(0, 1000)).toBe(true);
	now += 500;
	expect(pacer.pause(0, 2500)).toBe(true);
	expect(await pacer.ready(stopped)).toBe(2);
	now += 2500;
	expect(pacer.pause(2, 200)).toBe(false);
});

/** How many pauses in a row a bound allows. */
function allowed(bound: number) {
	const pacer = createPacer(bound);
	let count = 0;
	while (pacer.pause(count, undefined)) {
		count += 1;
		now += 60_000;
	}
	return count;
}

test('pauses in a row grow by a twentieth, up to half a minute', () => {
	const lengths = Array.from({ length: 110 }, (_, i) => Math.min(30_000, 250 * 1.05 ** i));
	expect(lengths.at(-1)).toBe(30_000);
	let total = 0;
	for (const [i, length] of lengths.entries()) {
		total += length;
		expect(allowed(total - 1)).toBe(i);
		expect(allowed(total + 0.01)).toBe(i + 1);
	}
});

test('a request that passes makes the next pause short again', () => {
	const pacer = createPacer(250 + 262.5 + 250);
	expect(pacer.pause(0, undefined)).toBe(true);
	now += 60_000;
	expect(pacer.pause(1, undefined)).toBe(true);
	pacer.end(2);
	now += 60_000;
	expect(pacer.pause(2, undefined)).toBe(true);
});

test('one that went out before the pause and passes does not', () => {
	const pacer = createPacer(250 + 262.5 - 1);
	expect(pacer.pause(0, undefined)).toBe(true);
	pacer.end(0);
	now += 60_000;
	expect(pacer.pause(1, undefined)).toBe(false);
});

test('the length of a pause varies by a quarter either way', () => {
	for (const [random, length] of [
		[0, 187.5],
		[0.999, 312.375],
	] as const) {
		jest.mocked(Math.random).mockReturnValue(random);
		expect(allowed(length - 1)).toBe(0);
		expect(allowed(length)).toBe(1);
	}
});

/** The turns that have been given so far. */
function ask(pacer: Pacer, count: number) {
	const given: number[] = [];
	for (let i = 0; i < count; i += 1) void pacer.ready(stopped).then((turn) => given.push(turn));
	return given;
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('after a pause one request goes out alone, and the others follow when it passed', async () => {
	const pacer = createPacer(10_000);
	const first = ask(pacer, 3);
	await settle();
	expect(first).toEqual([0, 0, 0]);
	pacer.pause(0, undefined);
	now += 60_000;
	const given = ask(pacer, 3);
	await settle();
	expect(given).toEqual([1]);
	// What is still under way from before the pause does not open the way.
	pacer.end(0);
	await settle();
	expect(given).toEqual([1]);
	pacer.end(1);
	await settle();
	expect(given).toEqual([1, 1, 1]);
});

test('when the one that went alone is refused, the next goes alone', async () => {
	const pacer = createPacer(10_000);
	pacer.pause(0, undefined);
	now += 60_000;
	const given = ask(pacer, 3);
	await settle();
	pacer.pause(1, undefined);
	pacer.end(1);
	now += 60_000;
	await settle();
	expect(given).toEqual([1, 2]);
});

test('when no pause is left, nobody waits for the one that went alone', async () => {
	const pacer = createPacer(250);
	pacer.pause(0, undefined);
	now += 60_000;
	const given = ask(pacer, 3);
	await settle();
	expect(pacer.pause(1, undefined)).toBe(false);
	pacer.end(1);
	await settle();
	expect(given).toEqual([1, 1, 1]);
});

describe('a request that is paced', () => {
	const limited = toReply(
		{ statusCode: 429, headers: { 'retry-after': '0' }, body: '' },
		'POST',
		'',
	);
	const done = toReply({ statusCode: 204, headers: {}, body: '' }, 'POST', '');
	const REQUEST = { method: 'POST', path: '/' } as const;
	type Client = Parameters<typeof sendPaced>[0];
	/** A client that answers in turn; an Error is thrown. */
	function clientThat(...answers: (Error | typeof done)[]): Client {
		const unused = (): never => {
			throw new Error('Not used here');
		};
		return {
			...{ api: { credential: 'digiCertPartnerApi', header: '', baseUrlOf: unused } },
			...{ timeoutMs: 1, last4: '', quote: String, enduring: unused, withKey: unused },
			send: () => {
				const answer = answers.shift() ?? unused();
				return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
			},
		};
	}
	const never = () => false;
	/** Reads something with a client, as `openSession` does it. */
	const readWith = async (client: Client, isCancelled: () => boolean) =>
		await openSession(client, createPacer(0), isCancelled).read(
			'/key',
			{ thing: 'key 1' },
			(json: unknown): json is object => json !== undefined,
		);

	test('and only reads: the pause before a next try doubles, and counts for the timeout', async () => {
		jest.replaceProperty(pauses, 'repeat', 20);
		const broken = toReply({ statusCode: 500, headers: {}, body: '' }, 'POST', '');
		let tries = 0;
		const client = (timeoutMs: number): Client => ({
			...clientThat(),
			timeoutMs,
			send: () => {
				tries += 1;
				return Promise.resolve(broken);
			},
		});
		await expect(readWith(client(20 + 40), never)).rejects.toThrow('usable answer');
		expect(tries).toBe(2);
		await expect(readWith(client(20 + 40 + 1), never)).rejects.toThrow('usable answer');
		expect(tries).toBe(2 + 3);
	});

	test('and only reads: once the run has stopped, it fails like one without an answer', async () => {
		await expect(readWith(clientThat(), stopped)).rejects.toBeInstanceOf(DigiCertFailure);
	});

	test('that breaks while it tries alone does not hold those that wait for it', async () => {
		const pacer = createPacer(10_000);
		pacer.pause(0, undefined);
		now += 60_000;
		const broken = sendPaced(clientThat(new RangeError('broken')), pacer, REQUEST, never);
		const given = ask(pacer, 2);
		await expect(broken).rejects.toThrow('broken');
		await settle();
		expect(given).toEqual([1, 1]);
	});

	test('is not sent (again) once the run has stopped', async () => {
		const pacer = createPacer(10_000);
		expect(await sendPaced(clientThat(), pacer, REQUEST, stopped)).toBeUndefined();
		let isStopped = false;
		const client = clientThat(limited);
		const stopping: Client = {
			...client,
			send: async (request) => {
				isStopped = true;
				return await client.send(request);
			},
		};
		expect(await sendPaced(stopping, pacer, REQUEST, () => isStopped)).toBeUndefined();
		now += 60_000;
		expect(await sendPaced(clientThat(done), pacer, REQUEST, never)).toBe(done);
	});
});
