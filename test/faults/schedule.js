'use strict';

const kinds = require('./faultKinds');
const { createRandom } = require('./random');

/**
 * What one run of a workflow does, and what goes wrong in it. Plain data, which follows from seed
 * and number alone.
 *
 * @typedef {object} RunPlan
 * @property {number} seed
 * @property {number} number
 * @property {Cell} cell
 * @property {string} resource
 * @property {string} operation
 * @property {PlannedItem[]} items
 * @property {Record<string, unknown>} options the node's `options`
 * @property {boolean} encrypted whether the keys are encrypted to a recipient
 * @property {EarlierKey[]} earlierKeys keys that exist before the run
 * @property {PlannedFault[]} faults
 * @property {number | undefined} cancelAfter creation requests after which the run is cancelled
 * @property {number} skewMs how far DigiCert's clock is ahead
 *
 * @typedef {'certcentral' | 'partner'} Api
 * @typedef {object} Cell one combination of settings with one API
 * @property {Api} api
 * @property {'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput'} onError
 * @property {boolean} retryOnFail
 *
 * @typedef {object} PlannedItem
 * @property {number} owner position among the owners of the API
 * @property {string} name
 * @property {number} [rotates] position among the earlier keys; `name` is empty to take its name
 *
 * @typedef {{ owner: number, name: string, ageMs: number, off: boolean, used: boolean }} EarlierKey
 *
 * @typedef {import('./faultKinds').FaultKind &
 *   { match: { method: string, path?: string, name?: string }, times: number }} PlannedFault
 *   `path` is the source of a pattern
 */

/** How many owners each API has to choose from. */
const OWNERS = { certcentral: 4, partner: 2 };

/** @type {Api[]} */
const APIS = ['certcentral', 'partner'];

/** Every combination of settings with each API, the refused one last. @type {Cell[]} */
const CELLS = [
	/** @type {const} */ ({ onError: 'stopWorkflow', retryOnFail: false }),
	/** @type {const} */ ({ onError: 'continueRegularOutput', retryOnFail: false }),
	/** @type {const} */ ({ onError: 'continueRegularOutput', retryOnFail: true }),
	/** @type {const} */ ({ onError: 'continueErrorOutput', retryOnFail: false }),
	/** @type {const} */ ({ onError: 'continueErrorOutput', retryOnFail: true }),
	/** @type {const} */ ({ onError: 'stopWorkflow', retryOnFail: true }),
].flatMap((settings) => APIS.map((api) => ({ api, ...settings })));

/** Whether the node refuses to run with these settings. @param {Cell} cell */
function isRefused({ onError, retryOnFail }) {
	return onError === 'stopWorkflow' && retryOnFail;
}

/** Paths of both APIs, as the sandbox's faults see them: without the base path. */
const LIST_PATH = '^/(key|api-key)$';
const READ_PATH = '^/(key|api-key)/\\d+$';
const STATUS_PATH = '/status$';

const MINUTE = 60_000;

/** @param {import('./random').Random} random @param {Api} api */
function pickOperation(random, api) {
	const one = api === 'certcentral' ? 'userApiKey' : 'subaccountApiKey';
	const whole = api === 'certcentral' ? 'serviceUser' : 'subaccount';
	const dice = random.next();
	if (dice < 0.8) return { resource: one, operation: 'create' };
	return dice < 0.9
		? { resource: one, operation: 'rotate' }
		: { resource: whole, operation: 'create' };
}

/** Sizes from one item to sixty, small ones more often. @param {import('./random').Random} random */
function pickSize(random) {
	return random.chance(0.25) ? random.int(1, 4) : random.int(5, random.pick([15, 30, 60]));
}

/**
 * Names that stay the same however numbers are looked for in texts: no digit stands alone.
 *
 * @param {number} index
 */
const nameOf = (index) => `key-n${index}n`;

/** @param {import('./random').Random} random @param {Api} api @param {string} operation */
function planItems(random, api, operation) {
	const count = pickSize(random);
	const repeats = random.pick([0, 0.2, 0.6]);
	const owners = random.chance(0.3) ? 1 : OWNERS[api];
	return Array.from({ length: count }, (_, index) => {
		const name = nameOf(random.chance(repeats) ? random.int(0, index) : index);
		const item = { owner: random.int(0, owners - 1), name };
		if (operation !== 'rotate') return item;
		return { ...item, name: random.chance(0.5) ? '' : name, rotates: index };
	});
}

/**
 * Keys from before the run: those that are rotated, and others of the same names, which must be
 * left alone, even those that were made a moment ago.
 *
 * @param {import('./random').Random} random
 * @param {PlannedItem[]} items
 * @returns {EarlierKey[]}
 */
function planEarlierKeys(random, items) {
	const age = () => random.pick([10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]);
	const rotated = items
		.filter(({ rotates }) => rotates !== undefined)
		.map(({ owner }, index) => ({
			owner,
			name: `old-n${index}n`,
			ageMs: age(),
			off: false,
			used: false,
		}));
	const share = random.pick([0, 0.2, 0.9]);
	const twins = items
		.filter(({ name }) => name !== '' && random.chance(share))
		.map(({ owner, name }) => {
			const used = random.chance(0.25);
			return {
				owner,
				name,
				ageMs: used ? 0 : random.pick([0, age()]),
				off: random.chance(0.2),
				used,
			};
		});
	return [...rotated, ...twins];
}

/** @param {import('./random').Random} random @param {string} resource @param {number} patience */
function planOptions(random, resource, patience) {
	/** @type {Record<string, unknown>} */
	const options = {
		concurrency: random.pick([1, 2, 5, 10, 10, 25, 50]),
		// Far above what a busy machine takes, so that only planned faults are too slow.
		timeout: patience * random.pick([1_500, 2_000]),
		rateLimitWait: random.pick([0, 2, 5, 5]),
	};
	if (random.chance(0.7)) options.lostReply = random.pick(['report', 'revoke', 'revoke', 'revoke']);
	if (random.chance(0.3)) options.rollback = random.pick([true, false]);
	if (resource.endsWith('ApiKey') && random.chance(0.6)) {
		options.ifNameExists = random.pick(['create', 'skip', 'fail']);
	}
	return options;
}

/**
 * @param {import('./random').Random} random
 * @param {Pick<RunPlan, 'items' | 'options' | 'operation' | 'cell' | 'earlierKeys'>} run
 * @returns {PlannedFault[]}
 */
function planFaults(random, { items, options, operation, cell, earlierKeys }) {
	const timeout = Number(options.timeout);
	// A run that stops at the first failure tries few faults; more of them would try no more.
	const stops = cell.onError === 'stopWorkflow';
	const rate = random.pick(stops ? [0, 0.02, 0.05, 0.1] : [0, 0.05, 0.15, 0.3, 0.3, 0.6]);
	/** @type {PlannedFault[]} */
	const planned = [];
	/** Waiting for answers that never come is what takes a run its time. */
	let slowOnes = 0;

	function plan(
		/** @type {import('./faultKinds').MakeFault[]} */ from,
		/** @type {PlannedFault['match']} */ match,
		times = 1,
	) {
		const kind = random.pick(from)(random, timeout);
		const isSlow = Number(kind.args?.[0]) > timeout;
		if (isSlow && (slowOnes += times) > 4) return;
		planned.push({ ...kind, match, times });
	}

	for (const { name } of items) {
		if (!random.chance(rate)) continue;
		plan(kinds.creation, { method: 'POST', ...(name === '' ? {} : { name }) });
	}
	if (random.chance(0.25)) plan([kinds.rateLimited], { method: 'POST' }, random.int(1, 3));

	const listed = { method: 'GET', path: LIST_PATH };
	const looks = random.next();
	if (looks < 0.3) plan(kinds.list, listed, random.int(1, 3));
	else if (looks < 0.4) plan(kinds.list, listed, 1000);
	if (random.chance(0.1)) plan([kinds.rateLimited], listed, random.int(1, 2));
	// A list that lies about what was there before makes any client create it again, or take a key
	// that somebody made a moment ago for its own.
	const isYoung = (/** @type {EarlierKey} */ { ageMs, used }) => ageMs === 0 && !used;
	const trustsLists =
		(options.ifNameExists ?? 'create') === 'create' &&
		!(options.lostReply === 'revoke' && earlierKeys.some(isYoung));
	if (trustsLists && random.chance(0.15)) plan([kinds.staleList], listed, random.int(1, 4));

	if (operation === 'rotate' && random.chance(0.3)) {
		plan(kinds.read, { method: 'GET', path: READ_PATH });
	}
	const switched = { method: 'PUT', path: STATUS_PATH };
	const offs = random.next();
	if (offs < 0.3) plan(kinds.switchOff, switched, random.int(1, 3));
	else if (offs < 0.35) plan(kinds.switchOff, switched, 1000);
	if (random.chance(0.1)) plan([kinds.rateLimited], switched, random.int(1, 2));
	return planned;
}

/**
 * Plans a run.
 *
 * @param {number} seed
 * @param {number} number from 0; the combination follows from it
 * @param {number} [patience] how many times as long as usual requests may take
 * @returns {RunPlan}
 */
function planRun(seed, number, patience = 1) {
	const random = createRandom(seed, number);
	const cell = CELLS[number % CELLS.length];
	const { resource, operation } = pickOperation(random, cell.api);
	const items = planItems(random, cell.api, operation);
	const options = planOptions(random, resource, patience);
	const earlierKeys = resource.endsWith('ApiKey') ? planEarlierKeys(random, items) : [];
	const faults = planFaults(random, { items, options, operation, cell, earlierKeys });
	return {
		seed,
		number,
		cell,
		resource,
		operation,
		items,
		options,
		earlierKeys,
		faults,
		cancelAfter: random.chance(0.08) ? random.int(1, items.length) : undefined,
		encrypted: random.chance(0.15),
		skewMs: random.pick([0, 0, 0, 7_000, -7_000, 60 * MINUTE, -60 * MINUTE]),
	};
}

module.exports = { CELLS, isRefused, planRun };
