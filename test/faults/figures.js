'use strict';

/**
 * The columns of the count.
 *
 * @typedef {(typeof FIGURES)[number][0]} Figure
 * @typedef {(typeof VIOLATIONS)[number]} Violation
 * @typedef {{ violation: Violation, detail: string }} Finding
 */

/** What is reported, and is as it should be. */
const FIGURES = /** @type {const} */ ([
	['runs', 'runs'],
	['cancelled', 'of them cancelled'],
	['items', 'items'],
	['creations', 'creation requests, without those that got a 429'],
	['made', 'keys made'],
	['delivered', 'delivered'],
	['switchedOff', 'switched off'],
	['toldAsOff', 'of them told by ID as switched off'],
	['namedById', 'live, no value, named by ID'],
	['namedLookUpFailed', 'live, no value, look-up failed: named by owner, name, time'],
	['namedTooLate', 'live, no value, not listed in time: likewise'],
	['namedByOwner', 'live, no value, named as the only key of a new owner'],
	['namedInLog', 'live after a cancelled run, named in the log'],
]);

/** What must never be. */
const VIOLATIONS = /** @type {const} */ ([
	'lost key',
	'dead key delivered',
	'double',
	'creation sent twice',
	'secret told',
	'foreign host reached',
	'not rolled back',
	'told as off, and alive',
	"key of others' switched off",
	'delivered to the wrong item',
	'item without a result',
	'refused run sent something',
]);

/** Zero of everything. @returns {Record<Figure, number>} */
function noFigures() {
	return /** @type {Record<Figure, number>} */ (
		Object.fromEntries(FIGURES.map(([figure]) => [figure, 0]))
	);
}

module.exports = { FIGURES, noFigures, VIOLATIONS };
