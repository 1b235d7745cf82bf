'use strict';

const { createServerClock } = require('../../dist/nodes/DigiCert/http/serverClock');

const NOON = Date.parse('2026-03-01T12:00:00Z');
const httpDate = (/** @type {number} */ ms) => new Date(ms).toUTCString();

test('nothing is known before an answer tells a time', () => {
	const clock = createServerClock();
	clock.note(undefined, NOON);
	clock.note('some day', NOON);
	clock.note(NOON, NOON);
	expect(clock.earliestAt(new Date(NOON))).toBeUndefined();
});

test.each([90_000, 0, -90_000])('a server whose clock differs by %d ms', (skew) => {
	const clock = createServerClock();
	// Header in whole seconds, half a second on the way.
	clock.note(httpDate(NOON + skew), NOON + 500);
	expect(clock.earliestAt(new Date(NOON))).toEqual(new Date(NOON + skew - 500));
});

test('the fastest answer decides', () => {
	const clock = createServerClock();
	for (const delay of [4000, 100, 9000]) clock.note(httpDate(NOON), NOON + delay);
	expect(clock.earliestAt(new Date(NOON))).toEqual(new Date(NOON - 100));
});
