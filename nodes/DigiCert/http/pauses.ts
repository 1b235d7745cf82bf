/**
 * How long this package waits of its own accord, in ms. In one object, so that tests can wait for
 * less; nothing else changes it.
 */
export const pauses = {
	/** Before a call that reads or sets something is sent a second time; doubles, with jitter. */
	repeat: 200,
	/**
	 * Before the second look for a key that a request may be creating yet, at most: by then, a
	 * gateway that gave up on DigiCert has its answer, or there is none.
	 */
	secondLook: 2000,
	/** Between looks for an own key in a list that does not show it yet; doubles. */
	ownKey: 250,
	/** After a 429 without Retry-After. Short, because one request ends the pause alone. */
	rateLimit: 250,
	/** Shortest after a 429, so that "Retry-After: 0" does not become a loop without end. */
	rateLimitLeast: 200,
	/** Least total wait for the rate limit when keys are looked for or switched off. */
	rateLimitForCare: 60_000,
};
