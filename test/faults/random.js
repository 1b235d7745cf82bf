'use strict';

/**
 * A source of numbers that are always the same for the same seed (mulberry32), so that a run that
 * failed can be run again.
 *
 * @typedef {object} Random
 * @property {() => number} next from 0 up to, not including, 1
 * @property {(least: number, most: number) => number} int a whole number, both ends included
 * @property {(probability: number) => boolean} chance
 * @property {<T>(choices: readonly T[]) => T} pick
 */

/**
 * @param {number} seed any whole number
 * @param {number} [stream] another, for numbers that have nothing to do with those of the first
 * @returns {Random}
 */
function createRandom(seed, stream = 0) {
	// Neighbouring seeds and streams would begin alike without this.
	let state = Math.imul(seed ^ Math.imul(stream + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;

	function next() {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
	const int = (/** @type {number} */ least, /** @type {number} */ most) =>
		least + Math.floor(next() * (most - least + 1));

	return {
		next,
		int,
		chance: (probability) => next() < probability,
		pick: (choices) => choices[int(0, choices.length - 1)],
	};
}

module.exports = { createRandom };
