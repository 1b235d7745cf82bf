'use strict';

const { cpus, release, totalmem, type } = require('node:os');

const { summarize } = require('./stats');

/**
 * What one part of the benchmark found.
 *
 * @typedef {object} Part
 * @property {string} title
 * @property {string[]} notes what was done, one paragraph each
 * @property {Row[]} rows the figures, each measured once a round
 * @property {Ratio[]} ratios held against the bounds that this project set itself
 * @property {{ head: string[], rows: Array<Array<string | number>> }} [table] anything else
 *
 * @typedef {{ what: string, unit: string, values: number[] }} Row
 * @typedef {{ what: string, values: number[], bound: number }} Ratio
 */

/** @param {number} value */
function round(value) {
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

/** @param {string[]} head @param {Array<Array<string | number>>} rows */
function table(head, rows) {
	const line = (/** @type {Array<string | number>} */ cells) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** @param {number[]} values */
function figures(values) {
	const { min, median, max, runs } = summarize(values);
	return [round(min), round(median), round(max), runs];
}

/** Median (least–most), or the one number if all are the same. @param {number[]} values */
function range(values) {
	const { min, median, max } = summarize(values);
	const text = (/** @type {number} */ value) =>
		Number.isInteger(value) ? `${value}` : round(value);
	return min === max ? text(min) : `${text(median)} (${text(min)}–${text(max)})`;
}

/** Whether a ratio is kept, by its median. @param {Ratio} ratio */
function isKept({ values, bound }) {
	return summarize(values).median <= bound;
}

/** @param {Ratio[]} ratios */
function ratioTable(ratios) {
	return table(
		['ratio', 'bound', 'min', 'median', 'max', 'runs', 'kept'],
		ratios.map((ratio) => [
			ratio.what,
			ratio.bound.toFixed(2),
			...figures(ratio.values),
			isKept(ratio) ? 'yes' : '**no**',
		]),
	);
}

/** @param {Part} part @returns {string} in Markdown */
function partText({ title, notes, rows, ratios, table: more }) {
	const blocks = [`## ${title}`, ...notes];
	if (rows.length > 0) {
		const lines = rows.map(({ what, unit, values }) => [what, unit, ...figures(values)]);
		blocks.push(table(['', 'unit', 'min', 'median', 'max', 'runs'], lines));
	}
	if (ratios.length > 0) blocks.push(ratioTable(ratios));
	if (more !== undefined) blocks.push(table(more.head, more.rows));
	return blocks.join('\n\n');
}

/**
 * @param {Part[]} parts
 * @param {Record<string, string>} versions by package
 * @returns {string} the whole of BENCHMARKS.md
 */
function reportText(parts, versions) {
	const [{ model }] = cpus();
	const facts = {
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`,
		'Node.js': process.version,
		...versions,
	};
	return [
		'# Benchmarks',
		'Written by `npm run bench`; nothing here is written by hand. The node runs as built, in n8n’s own engine, against the sandbox in another process on the same machine. What is compared was measured in turns in one run. A ratio is kept when its median is within the bound.',
		table(['', ''], Object.entries(facts)),
		...parts.map(partText),
	].join('\n\n');
}

module.exports = { isKept, partText, range, reportText };
