'use strict';

const { FIGURES, VIOLATIONS } = require('./figures');
const { CELLS } = require('./schedule');

/** Runs whose findings are spelt out; the others are only numbered. */
const SHOWN_RUNS = 15;
const SHOWN_FINDINGS = 4;

const ON_ERROR = {
	stopWorkflow: 'stop',
	continueRegularOutput: 'continue',
	continueErrorOutput: 'error out',
};

/** Two lines for the head of a column. @param {import('./schedule').Cell} cell */
function headOf({ api, onError, retryOnFail }) {
	const name = api === 'certcentral' ? 'CertC' : 'Partner';
	return [`${name}${retryOnFail ? '+retry' : ''}`, ON_ERROR[onError]];
}

/**
 * A table whose columns are as wide as they have to be.
 *
 * @param {string[][]} rows each begins with its title
 */
function table(rows) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const place = (/** @type {string} */ cell, /** @type {number} */ column) =>
		column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
	return rows.map((row) => row.map(place).join('  ')).join('\n');
}

/** @param {import('./suite').Row[]} rows */
function tables(rows) {
	const heads = CELLS.map(headOf);
	const line = (
		/** @type {string} */ title,
		/** @type {(row: import('./suite').Row) => number} */ of,
	) => {
		const values = rows.map(of);
		return [title, ...values, values.reduce((sum, value) => sum + value, 0)].map(String);
	};
	return table([
		['', ...heads.map(([first]) => first), ''],
		['', ...heads.map(([, second]) => second), 'all'],
		...FIGURES.map(([figure, title]) => line(title, ({ figures }) => figures[figure])),
		...VIOLATIONS.map((violation) =>
			line(`! ${violation}`, ({ violations }) => violations.get(violation) ?? 0),
		),
	]);
}

/**
 * Writes the result out.
 *
 * @param {import('./suite').Result} result
 * @param {{ seed: number, command: string }} how `command` runs the suite
 * @returns {string}
 */
function report({ rows, failed, repeated, seconds }, { seed, command }) {
	const shown = failed.slice(0, SHOWN_RUNS);
	const others = failed.slice(SHOWN_RUNS).map(({ number }) => number);
	return [
		tables(rows),
		'',
		...shown.flatMap(({ number, findings }) => [
			`Run ${number} (${headOf(CELLS[number % CELLS.length]).join(', ')}); again: ${command} --seed ${seed} --run ${number}`,
			...findings
				.slice(0, SHOWN_FINDINGS)
				.map(({ violation, detail }) => `   ${violation}: ${detail}`),
			...(findings.length > SHOWN_FINDINGS
				? [`   and ${findings.length - SHOWN_FINDINGS} more`]
				: []),
		]),
		...(others.length > 0 ? [`Also runs ${others.join(', ')}`] : []),
		...(repeated > 0
			? [`${repeated} runs were made again, because this machine was too busy to answer in time`]
			: []),
		`Seed ${seed}: ${failed.length} runs failed, in ${seconds.toFixed(0)} s`,
	].join('\n');
}

module.exports = { report };
