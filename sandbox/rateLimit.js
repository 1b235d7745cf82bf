'use strict';

/** 100 requests per 5 seconds and 1000 per 3 minutes, both rolling (A.2). */
const DOCUMENTED_LIMITS = [
	{ requests: 100, windowMs: 5_000 },
	{ requests: 1_000, windowMs: 180_000 },
];

/**
 * Makes a rolling limit, counted per key (A.2). Requests that it refuses are not counted: whether
 * DigiCert counts them is not documented, and if it did, a client that keeps trying would never
 * get in again.
 *
 * @param {import('./types').RateLimit[]} limits all of them apply; [] lets everything through
 * @param {() => number} now milliseconds
 * @returns {import('./types').RateLimiter} `admit` is false when the request must be refused
 */
function createRateLimiter(limits, now) {
	const longestWindow = Math.max(0, ...limits.map((limit) => limit.windowMs));
	/** @type {Map<string, number[]>} times of admitted requests by key, oldest first */
	const admitted = new Map();

	return {
		admit(keyDigest) {
			const time = now();
			const past = (admitted.get(keyDigest) ?? []).filter((at) => at > time - longestWindow);
			const full = limits.some(
				({ requests, windowMs }) => past.filter((at) => at > time - windowMs).length >= requests,
			);
			if (!full) past.push(time);
			admitted.set(keyDigest, past);
			return !full;
		},
		reset: () => admitted.clear(),
	};
}

module.exports = { createRateLimiter, DOCUMENTED_LIMITS };
