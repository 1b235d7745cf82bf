'use strict';

const { createPacer } = require('../../dist/nodes/DigiCert/transport/pacer');

let now = 0;
beforeEach(() => {
	now = 1_000_000;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => jest.restoreAllMocks());

const cancelled = () => true;

// What a pause does to a run is in test/engine/rateLimit.test.js; here are the sums behind it.
test('requests that went out before a pause began join it, and the bound counts it once', async () => {
	const pacer = createPacer(1000, cancelled);
	expect(pacer.pause(0, 1000)).toBe(true);
	expect(pacer.pause(0, 1000)).toBe(true);
	expect(pacer.pause(0, 400)).toBe(true);
	expect(pacer.pause(0, undefined)).toBe(true);
	expect(await pacer.ready()).toBe(1);
	now += 1000;
	expect(pacer.pause(1, 200)).toBe(false);
});

test('one that is asked to wait longer makes the pause longer, by what is missing', async () => {
	const pacer = createPacer(3000, cancelled);
	expect(pacer.pause(0, 1000)).toBe(true);
	now += 500;
	expect(pacer.pause(0, 2500)).toBe(true);
	expect(await pacer.ready()).toBe(2);
	now += 2500;
	expect(pacer.pause(2, 200)).toBe(false);
});

/** How many pauses in a row a bound allows. */
function allowed(/** @type {number} */ bound) {
	const pacer = createPacer(bound, cancelled);
	let pauses = 0;
	while (pacer.pause(pauses, undefined)) {
		pauses += 1;
		now += 60_000;
	}
	return pauses;
}

test('pauses in a row double, up to half a minute', () => {
	const lengths = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
	let total = 0;
	for (const [i, length] of lengths.entries()) {
		total += length;
		expect(allowed(total - 1)).toBe(i);
		expect(allowed(total)).toBe(i + 1);
	}
});

test('a request that passes makes the next pause short again', () => {
	const pacer = createPacer(4000, cancelled);
	expect(pacer.pause(0, undefined)).toBe(true);
	now += 60_000;
	expect(pacer.pause(1, undefined)).toBe(true);
	pacer.passed();
	now += 60_000;
	expect(pacer.pause(2, undefined)).toBe(true);
});

test('the length of a pause varies by a quarter either way', () => {
	for (const [random, length] of [
		[0, 750],
		[0.999, 1249.5],
	]) {
		jest.mocked(Math.random).mockReturnValue(random);
		expect(allowed(length - 1)).toBe(0);
		expect(allowed(length)).toBe(1);
	}
});
