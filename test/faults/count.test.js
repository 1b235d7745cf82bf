'use strict';

const { count } = require('./count');
const { VIOLATIONS } = require('./figures');
const { planRun } = require('./schedule');

/**
 * @typedef {import('./runs').Observation} Observation
 * @typedef {import('./runs').JournalEntry} JournalEntry
 * @typedef {import('./runs').KeyRecord} KeyRecord
 */

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:00:01.000Z';

/** @param {Partial<KeyRecord>} [more] @returns {KeyRecord} */
const key = (more) => ({
	api: 'certcentral',
	instance: 'us',
	id: 5001,
	name: 'A',
	ownerId: 7,
	status: 'active',
	createdAt: AT,
	lastUsedAt: undefined,
	last4: 'abcd',
	digest: '',
	seeded: false,
	...more,
});

/** @param {Partial<JournalEntry>} [more] @returns {JournalEntry} */
const request = (more) => ({
	seq: 1,
	at: AT,
	api: 'certcentral',
	instance: 'us',
	method: 'POST',
	path: '/key/user/7',
	query: {},
	headerNames: [],
	name: 'A',
	body: { name: 'A' },
	keyLast4: undefined,
	status: 201,
	createdKeyId: 5001,
	fault: undefined,
	...more,
});
const list = request({
	seq: 2,
	at: LATER,
	method: 'GET',
	path: '/key',
	query: { user_id: '7' },
	body: undefined,
	status: 200,
	createdKeyId: undefined,
});

/** The combination at a place of the list of combinations. @param {number} cell @param {Record<string, unknown>} [options] */
const planOf = (cell, options = {}) => ({
	...planRun(1, cell),
	resource: 'userApiKey',
	operation: 'create',
	items: [{ owner: 0, name: 'A' }],
	options,
});
const STOP = planOf(0);
const CONTINUE = planOf(2);
const REFUSED = planOf(10);

/** A run in which all went well, but for what is given. @param {Partial<Observation>} [more] @returns {Observation} */
const observation = (more) => ({
	plan: CONTINUE,
	asks: [{ owner: '7', name: 'A' }],
	status: 'success',
	delivered: [{ itemIndex: 0, keyId: 5001 }],
	errors: [],
	outputs: [0],
	stopText: '',
	logText: '',
	made: [key()],
	earlier: [],
	requests: [request()],
	skewMs: 0,
	isTooBusy: false,
	foreignRequests: 0,
	leaks: [],
	...more,
});
/** A run whose only item failed, with this error. @param {string} text @param {Partial<Observation>} [more] */
const failed = (text, more) =>
	observation({
		delivered: [],
		errors: [{ itemIndex: 0, text }],
		requests: [request({ fault: 'dropAfter', status: 'dropped' }), list],
		...more,
	});
const stopped = (/** @type {string} */ stopText, /** @type {Partial<Observation>} */ more = {}) =>
	observation({ plan: STOP, status: 'error', delivered: [], outputs: [], stopText, ...more });

const brokenBy = (/** @type {Observation} */ seen) =>
	count(seen).findings.map(({ violation }) => violation);
const DESCRIBED = `It may exist.\nLook for a key named "A" of user 7 that was made at about ${AT}.`;

describe('what is as it should be', () => {
	/** @type {Array<[string, Observation, Partial<ReturnType<typeof count>['figures']>]>} */
	const cases = [
		['a key that was delivered', observation(), { made: 1, delivered: 1, namedById: 0 }],
		['a live key that an error names', failed('key 5001 may be it'), { namedById: 1 }],
		[
			'one that could not be looked for, and is described',
			failed(DESCRIBED, { requests: [request(), { ...list, status: 503 }] }),
			{ namedLookUpFailed: 1 },
		],
		[
			'one that was not listed in time, and is described',
			failed(DESCRIBED, { made: [key({ createdAt: '2026-01-01T00:00:02.000Z' })] }),
			{ namedTooLate: 1 },
		],
		[
			'one of a cancelled run that the log names',
			failed('', { status: 'canceled', logText: 'key 5001 may be it', errors: [], outputs: [] }),
			{ namedInLog: 1, cancelled: 1 },
		],
		[
			'one that was switched off, and is told so',
			stopped('Switched off again: key 5001 ("A" of user 7).', {
				made: [key({ status: 'revoked' })],
			}),
			{ switchedOff: 1, toldAsOff: 1 },
		],
		[
			'one that could not be switched off, and is told so',
			stopped('Still live: key 5001', {
				requests: [request(), request({ method: 'PUT', path: '/key/5001/status', status: 503 })],
			}),
			{ namedById: 1 },
		],
		[
			'a creation that was refused by a 429 before',
			observation({ requests: [request({ status: 429, createdKeyId: undefined }), request()] }),
			{ creations: 1 },
		],
		[
			'a refused run',
			stopped("'Retry On Fail' cannot be used here", { plan: REFUSED, made: [], requests: [] }),
			{ creations: 0 },
		],
	];
	test.each(cases)('%s', (_, seen, figures) => {
		expect(count(seen)).toMatchObject({ findings: [], figures });
	});
});

describe('what must not be', () => {
	const twin = key({ id: 5002 });
	/** @type {Array<[import('./figures').Violation, string, Observation]>} */
	const cases = [
		['lost key', 'no error names it', failed('It failed')],
		['lost key', 'an error has its number as something else', failed('HTTP 5001, item 5001')],
		['lost key', 'it is described, and the list would have shown it', failed(DESCRIBED)],
		[
			'lost key',
			'nobody looked for it',
			failed(DESCRIBED, { requests: [request({ fault: 'dropAfter' })] }),
		],
		[
			'lost key',
			'the description tells another time',
			failed(DESCRIBED.replace('2026', '2025'), {
				requests: [request(), { ...list, status: 503 }],
			}),
		],
		[
			'lost key',
			'one description for two keys',
			failed(DESCRIBED, {
				asks: [
					{ owner: '7', name: 'A' },
					{ owner: '7', name: 'A' },
				],
				made: [key(), twin],
				requests: [request(), request({ createdKeyId: 5002 }), { ...list, status: 503 }],
			}),
		],
		[
			'lost key',
			'n8n keeps no error of a cancelled run',
			failed('key 5001 may be it', { status: 'canceled' }),
		],
		[
			'dead key delivered',
			'it was switched off',
			observation({ made: [key({ status: 'revoked' })] }),
		],
		[
			'dead key delivered',
			'no key has this value',
			observation({ delivered: [{ itemIndex: 0, keyId: undefined }], made: [], requests: [] }),
		],
		[
			'double',
			'two live keys for one item',
			observation({
				made: [key(), twin],
				requests: [request(), request({ createdKeyId: 5002 })],
			}),
		],
		[
			'double',
			'a key that was there, and If Name Exists is Skip',
			observation({
				plan: planOf(2, { ifNameExists: 'skip' }),
				earlier: [{ ...key({ id: 4000 }), statusBefore: 'active', isRotated: false }],
			}),
		],
		[
			'creation sent twice',
			'after a 500',
			observation({ requests: [request({ status: 500, createdKeyId: undefined }), request()] }),
		],
		['secret told', 'a leak', observation({ leaks: ['a created key'] })],
		['foreign host reached', 'a request', observation({ foreignRequests: 1 })],
		[
			'not rolled back',
			'a named key that nothing tried to switch off',
			stopped('Still live: key 5001'),
		],
		[
			'told as off, and alive',
			'in a list',
			stopped('Switched off again: key 5000 ("B"), key 5001 ("A" of user 7). Still live: key 5002'),
		],
		['told as off, and alive', 'by itself', failed('key 5001 was switched off')],
		[
			"key of others' switched off",
			'an earlier key',
			observation({
				earlier: [
					{ ...key({ id: 4000, status: 'revoked' }), statusBefore: 'active', isRotated: true },
				],
			}),
		],
		[
			'delivered to the wrong item',
			'another name',
			observation({ asks: [{ owner: '7', name: 'B' }] }),
		],
		['item without a result', 'none', observation({ outputs: [] })],
		['item without a result', 'two of one', observation({ outputs: [0, 0] })],
		['item without a result', 'a stop', observation({ stopText: 'Cannot read properties' })],
		[
			'refused run sent something',
			'a request',
			stopped("'Retry On Fail' cannot be used", { plan: REFUSED }),
		],
		[
			'refused run sent something',
			'no reason',
			stopped('', { plan: REFUSED, made: [], requests: [] }),
		],
	];
	test.each(cases)('%s: %s', (violation, _, seen) => {
		expect(brokenBy(seen)).toContain(violation);
	});

	test('each has a case here', () => {
		expect([...new Set(cases.map(([violation]) => violation))].sort()).toEqual(
			[...VIOLATIONS].sort(),
		);
	});

	test('rollback that is turned off leaves keys on', () => {
		const seen = stopped('Still live: key 5001', { plan: planOf(0, { rollback: false }) });
		expect(brokenBy(seen)).toEqual([]);
	});
});
