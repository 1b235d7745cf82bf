'use strict';

const { createHash } = require('node:crypto');

/** @typedef {import('./support/sandboxClient').NamedFault} NamedFault */

/** How many of the requests are hit. */
const SHARE = 0.3;
/** How many requests for one name are planned; n8n's Retry On Fail makes three, a 429 more. */
const REQUESTS = 6;

/**
 * What may become of a creation request. An answer that breaks off is not among it: one of them,
 * and n8n's HTTP Request node never ends, so there would be nothing to count.
 *
 * @param {string} foreignHost where redirects lead
 * @param {number} timeout of the client, in ms
 * @returns {NamedFault[]}
 */
function kinds(foreignHost, timeout) {
	return [
		{ preset: 'dropBefore' },
		{ preset: 'dropAfter' },
		{ preset: 'errorBefore', args: [500] },
		{ preset: 'errorAfter', args: [503] },
		{ preset: 'slow', args: [timeout + 300] },
		{ preset: 'htmlBefore', args: [503] },
		{ preset: 'htmlAfter', args: [200] },
		{ preset: 'redirect', args: [foreignHost, 307] },
		{ preset: 'unauthorized' },
		{ preset: 'forbiddenInvalidKey' },
		{ preset: 'rateLimited', args: [{ retryAfter: 0 }] },
		{ preset: 'errorsAsObject' },
		{ preset: 'emptyAfter' },
		{ preset: 'notJsonAfter' },
		{ preset: 'noKeyAfter' },
		{ preset: 'wrongTypesAfter' },
	];
}

/** A number from 0 up to 1 that follows from a text alone. @param {string} text */
function drawn(text) {
	return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

/**
 * Plans what becomes of each creation request: the first for a name, the second, and so on. It
 * depends on nothing else, so every client meets the same.
 *
 * @param {number} seed
 * @param {string[]} names
 * @param {{ foreignHost: string, timeout: number }} options
 * @returns {NamedFault[]}
 */
function planFaults(seed, names, { foreignHost, timeout }) {
	const all = kinds(foreignHost, timeout);
	return names.flatMap((name) =>
		Array.from({ length: REQUESTS }, (_, request) => {
			const match = { method: 'POST', name };
			const number = drawn(`${seed} ${name} ${request}`) / SHARE;
			if (number < 1) return { ...all[Math.floor(number * all.length)], match };
			return /** @type {NamedFault} */ ({ when: 'after', action: 'pass', match });
		}),
	);
}

module.exports = { planFaults, SHARE };
