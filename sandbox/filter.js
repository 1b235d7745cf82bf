'use strict';

/**
 * The records that pass a filter.
 *
 * @template {object} T
 * @param {T[]} records
 * @param {import('./types').Filter<T>} [filter] a test, or fields that must be equal; all pass
 *   without one
 * @returns {T[]}
 */
function select(records, filter = {}) {
	if (typeof filter === 'function') return records.filter(filter);
	const wanted = /** @type {[keyof T, unknown][]} */ (Object.entries(filter));
	return records.filter((record) => wanted.every(([field, value]) => record[field] === value));
}

module.exports = { select };
