'use strict';

/**
 * What can go wrong with each kind of call, and how often. Everything is made of presets of the
 * sandbox, by name and arguments, so that a schedule can be printed and repeated.
 *
 * @typedef {import('./random').Random} Random
 * @typedef {{ preset: string, args?: unknown[] }} FaultKind
 * @typedef {(random: Random, timeout: number) => FaultKind} MakeFault
 */

/** Stands for the address of the foreign host, which is known once it listens. */
const FOREIGN_HOST = '{foreign host}';

const REDIRECTS = [301, 302, 303, 307, 308];
const GATEWAY_ERRORS = [500, 502, 503, 504];

/** Later than the client waits. @type {(random: Random, timeout: number) => number} */
const tooLate = (random, timeout) => timeout + random.int(50, 300);

/** What may become of any call. @type {MakeFault[]} */
const ANY_CALL = [
	() => ({ preset: 'dropBefore' }),
	() => ({ preset: 'dropAfter' }),
	(random) => ({ preset: 'errorBefore', args: [random.pick(GATEWAY_ERRORS)] }),
	(random) => ({ preset: 'errorAfter', args: [random.pick([...GATEWAY_ERRORS, 408])] }),
	(random) => ({ preset: 'slow', args: [random.int(1, 60)] }),
	(random, timeout) => ({ preset: 'slow', args: [tooLate(random, timeout)] }),
	() => ({ preset: 'halfBody' }),
	(random) => ({ preset: 'htmlAfter', args: [random.pick([200, 201, 502])] }),
	(random) => ({ preset: 'htmlBefore', args: [random.pick([403, 503])] }),
	(random) => ({ preset: 'redirect', args: [FOREIGN_HOST, random.pick(REDIRECTS)] }),
	() => ({ preset: 'unauthorized' }),
	() => ({ preset: 'forbiddenInvalidKey' }),
	(random) => ({ preset: 'errorsAsObject', args: [random.pick([400, 409, 422])] }),
];

/** What a call of its own kind may get besides. */
/** @type {MakeFault[]} */
const CREATION_ONLY = [
	(random) => ({ preset: 'emptyAfter', args: [random.pick([200, 201, 204])] }),
	() => ({ preset: 'notJsonAfter' }),
	() => ({ preset: 'noKeyAfter' }),
	() => ({ preset: 'wrongTypesAfter' }),
	(random, timeout) => ({ preset: 'late', args: [tooLate(random, timeout)] }),
];

/** @type {MakeFault[]} */
const LIST_ONLY = [
	() => ({ preset: 'emptyAfter', args: [200] }),
	() => ({ preset: 'notJsonAfter' }),
	() => ({ preset: 'noKeyAfter' }),
];

/** A 429, with what it says of the time to wait. @type {MakeFault} */
const rateLimited = (random) => ({
	preset: 'rateLimited',
	args: [
		random.pick([{}, { retryAfter: 0 }, { retryAfter: 0 }, { retryAfter: 0 }, { retryAfter: 1 }]),
	],
});

/** A 429 that asks for more than any run here waits. @type {MakeFault} */
const limitedForLong = () => ({ preset: 'rateLimited', args: [{ retryAfter: 3600 }] });

/** The list does not show the newest keys yet. @type {MakeFault} */
const staleList = (random) => ({ preset: 'staleList', args: [random.pick([1, 3, 1000])] });

module.exports = {
	creation: [...ANY_CALL, ...CREATION_ONLY, limitedForLong],
	list: [...ANY_CALL, ...LIST_ONLY, limitedForLong],
	read: [...ANY_CALL, ...LIST_ONLY],
	switchOff: [...ANY_CALL, limitedForLong],
	FOREIGN_HOST,
	rateLimited,
	staleList,
};
