'use strict';

const { FIGURES, VIOLATIONS } = require('./count');
const { CELLS } = require('./schedule');

/** Runs whose findings are spelt out; the others are only numbered. */
const SHOWN_RUNS = 15;
const SHOWN_FINDINGS = 4;

/** @param {import('./schedule').Cell} cell */
function titleOf({ api, onError, retryOnFail }) {
	const setting = {
		stopWorkflow: 'stop',
		continueRegularOutput: 'continue',
		continueErrorOutput: 'error output',
	};
	return `${api === 'certcentral' ? 'CertCentral' : 'Partner'}, ${setting[onError]}${retryOnFail ? ', retry' : ''}`;
}

/**
 * A table whose columns are as wide as they have to be.
 *
 * @param {string[]} header
 * @param {string[][]} rows the first cell is a title, the others are numbers
 */
function table(header, rows) {
	const all = [header, ...rows];
	const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
	return all
		.map((row) =>
			row
				.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
				.join('  '),
		)
		.join('\n');
}

/**
 * @param {import('./suite').Result} result
 * @param {{ seed: number, command: string }} how
 * @returns {string}
 */
function report({ rows, failed, seconds }, { seed, command }) {
	const sum = (/** @type {(row: import('./suite').Row) => number} */ of) =>
		rows.reduce((total, row) => total + of(row), 0);
	const lineFor = (
		/** @type {readonly string[]} */ columns,
		/** @type {(row: import('./suite').Row, column: string) => number} */ of,
	) => [
		...rows.map((row, i) => [titleOf(CELLS[i]), ...columns.map((c) => String(of(row, c)))]),
		['all', ...columns.map((c) => String(sum((row) => of(row, c))))],
	];
	const figure = (/** @type {import('./suite').Row} */ { figures }, /** @type {string} */ name) =>
		figures[/** @type {import('./count').Figure} */ (name)];
	const violation = (
		/** @type {import('./suite').Row} */ { violations },
		/** @type {string} */ name,
	) => violations.get(name) ?? 0;

	return [
		table(['What happened', ...FIGURES], lineFor(FIGURES, figure)),
		'',
		table(['What must not happen', ...VIOLATIONS], lineFor(VIOLATIONS, violation)),
		'',
		...failed
			.slice(0, SHOWN_RUNS)
			.flatMap(({ number, findings }) => [
				`Run ${number} (${titleOf(CELLS[number % CELLS.length])}); again: ${command} --seed ${seed} --run ${number}`,
				...findings
					.slice(0, SHOWN_FINDINGS)
					.map(({ violation: what, detail }) => `   ${what}: ${detail}`),
				...(findings.length > SHOWN_FINDINGS
					? [`   and ${findings.length - SHOWN_FINDINGS} more`]
					: []),
			]),
		...(failed.length > SHOWN_RUNS
			? [
					`Also runs ${failed
						.slice(SHOWN_RUNS)
						.map(({ number }) => number)
						.join(', ')}`,
				]
			: []),
		`Seed ${seed}, ${seconds.toFixed(0)} s, ${failed.length} runs failed`,
	].join('\n');
}

module.exports = { report };
