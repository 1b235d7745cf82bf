import { readRetryAfter } from '../../dist/nodes/DigiCert/http/reply.js';

const NOW = Date.parse('2026-11-22T06:00:00Z');

test.each([
	['0', 0],
	['7', 7000],
	[' 120 ', 120_000],
	['Sun, 22 Nov 2026 06:01:00 GMT', 60_000],
	['Sun, 22 Nov 2026 05:00:00 GMT', 0],
])('%p is a wait', (value, wait) => {
	expect(readRetryAfter(value, NOW)).toBe(wait);
});

test.each([undefined, null, 7, '', 'soon', ['7'], '-1 s', '-1', '120.5', '1e3'])(
	'%p is no wait',
	(value) => {
		expect(readRetryAfter(value, NOW)).toBeUndefined();
	},
);
