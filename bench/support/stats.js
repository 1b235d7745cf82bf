'use strict';

/**
 * @typedef {{ min: number, median: number, max: number, runs: number }} Summary
 */

/** @param {number[]} values @returns {number} */
function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} values @returns {Summary} */
function summarize(values) {
	return {
		min: Math.min(...values),
		median: median(values),
		max: Math.max(...values),
		runs: values.length,
	};
}

/**
 * The straight line through points, by least squares.
 *
 * @param {Array<[number, number]>} points
 * @returns {{ slope: number, fit: number }} `fit` is R²: 1 when all points are on the line
 */
function fitLine(points) {
	const mean = (/** @type {number[]} */ of) =>
		of.reduce((sum, value) => sum + value, 0) / of.length;
	const meanX = mean(points.map(([x]) => x));
	const meanY = mean(points.map(([, y]) => y));
	const sum = (/** @type {(x: number, y: number) => number} */ of) =>
		points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0);
	const xy = sum((x, y) => x * y);
	const xx = sum((x) => x * x);
	const yy = sum((x, y) => y * y);
	return { slope: xy / xx, fit: xy ** 2 / (xx * yy) };
}

/**
 * Does several things in turn, round after round, so that whatever else the machine does hits
 * all of them alike.
 *
 * @template {Record<string, () => Promise<Record<string, number>>>} Measures each gives its figures
 * @param {number} rounds
 * @param {Measures} measures
 * @returns {Promise<{ [Name in keyof Measures]: Record<string, number[]> }>} the figures of each,
 *   by round
 */
async function inTurns(rounds, measures) {
	/** @type {Record<string, Record<string, number[]>>} */
	const all = {};
	for (let round = 0; round < rounds; round += 1) {
		for (const [name, measure] of Object.entries(measures)) {
			for (const [figure, value] of Object.entries(await measure())) {
				((all[name] ??= {})[figure] ??= []).push(value);
			}
		}
	}
	return /** @type {any} */ (all);
}

/** Divides round by round. @param {number[]} values @param {number[]} by */
function ratios(values, by) {
	return values.map((value, round) => value / by[round]);
}

module.exports = { fitLine, inTurns, median, ratios, summarize };
