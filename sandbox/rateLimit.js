'use strict';

/** 100 requests per 5 seconds and 1000 per 3 minutes, both rolling (A.2). */
const DOCUMENTED_LIMITS = [
	{ requests: 100, windowMs: 5_000 },
	{ requests: 1_000, windowMs: 180_000 },
];

/**
 * Makes a rolling limit, counted per key (A.2).
 *
 * @param {import('./types').RateLimit[]} limits all of them apply; [] lets everything through
 * @param {() => number} now milliseconds
 * @param {boolean} countRefused whether a request that is refused takes room as well, which is not
 *   documented
 * @returns {import('./types').RateLimiter}
 */
function createRateLimiter(limits, now, countRefused) {
	const longestWindow = Math.max(0, ...limits.map((limit) => limit.windowMs));
	/** @type {Map<string, number[]>} times of counted requests by key, oldest first */
	const counted = new Map();

	return {
		admit(keyDigest) {
			const time = now();
			const past = (counted.get(keyDigest) ?? []).filter((at) => at > time - longestWindow);
			const waits = limits.map(({ requests, windowMs }) => {
				const within = past.filter((at) => at > time - windowMs);
				return within.length < requests ? 0 : within[within.length - requests] + windowMs - time;
			});
			const wait = Math.max(0, ...waits);
			if (wait === 0 || countRefused) past.push(time);
			counted.set(keyDigest, past);
			return wait;
		},
		reset: () => counted.clear(),
	};
}

module.exports = { createRateLimiter, DOCUMENTED_LIMITS };
