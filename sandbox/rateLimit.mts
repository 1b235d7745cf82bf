export interface RateLimit {
	requests: number;
	windowMs: number;
}

export interface RateLimiter {
	/** Counts a request, and gives 0 when it is let through, else how many ms are to be waited. */
	admit: (keyDigest: string) => number;
	reset: () => void;
}

/** 100 requests per 5 seconds and 1000 per 3 minutes, both rolling (digicert-api.md A.2). */
export const DOCUMENTED_LIMITS: readonly RateLimit[] = [
	{ requests: 100, windowMs: 5_000 },
	{ requests: 1_000, windowMs: 180_000 },
];

/**
 * Makes a rolling limit, counted per key (digicert-api.md A.2).
 *
 * @param limits all of them apply; [] lets everything through
 * @param now milliseconds
 * @param countRefused whether a request that is refused takes room as well (not documented)
 */
export function createRateLimiter(
	limits: readonly RateLimit[],
	now: () => number,
	countRefused: boolean,
): RateLimiter {
	const longestWindow = Math.max(0, ...limits.map((limit) => limit.windowMs));
	/** Times of counted requests by key, oldest first. */
	const counted = new Map<string, number[]>();

	return {
		admit(keyDigest) {
			const time = now();
			const past = (counted.get(keyDigest) ?? []).filter((at) => at > time - longestWindow);
			const waits = limits.map(({ requests, windowMs }) => {
				const within = past.filter((at) => at > time - windowMs);
				const inTheWay = within.at(-requests);
				return within.length < requests || inTheWay === undefined ? 0 : inTheWay + windowMs - time;
			});
			const wait = Math.max(0, ...waits);
			if (wait === 0 || countRefused) past.push(time);
			counted.set(keyDigest, past);
			return wait;
		},
		reset: () => {
			counted.clear();
		},
	};
}
