'use strict';

const { count } = require('./count');
const { noFigures } = require('./figures');
const { startForeignHost } = require('./foreignHost');
const { createRunner } = require('./runs');
const { CELLS, isRefused, planRun } = require('./schedule');

/**
 * @typedef {import('./count').Count} Count
 * @typedef {{ figures: Count['figures'], violations: Map<string, number> }} Row
 * @typedef {{ number: number, findings: import('./figures').Finding[] }} FailedRun
 * @typedef {{ rows: Row[], failed: FailedRun[], repeated: number, seconds: number }} Result
 *   `rows` in the order of CELLS; `repeated` counts runs for which the machine was too busy
 *
 * @typedef {object} SuiteOptions
 * @property {number} seed
 * @property {number} creations how many creation requests are to be sent, all combinations together
 * @property {number} [run] the only run to be made
 * @property {import('./figures').Violation} [until] ends the suite as soon as this was found
 * @property {string} [packageRoot] folder of another build of the package
 */

/** Runs under way at a time: most of a run's time is spent waiting. */
const SIDE_BY_SIDE = 12;
/** How long requests may take, in turn, when the machine is too busy for a run. */
const PATIENCE = [1, 2, 4, 8, 16];
/** Runs of the combination that is refused: it sends nothing that could be counted. */
const REFUSED_RUNS = 20;

/**
 * Numbers runs until each combination has had its share of the creations.
 *
 * @param {SuiteOptions} options
 * @param {Row[]} rows
 */
function* countUntilDone({ creations, run }, rows) {
	if (run !== undefined) {
		yield run;
		return;
	}
	const share = creations / CELLS.filter((cell) => !isRefused(cell)).length;
	const isDone = (/** @type {number} */ cell) =>
		isRefused(CELLS[cell])
			? rows[cell].figures.runs >= REFUSED_RUNS
			: rows[cell].figures.creations >= share;
	for (let number = 0; !rows.every((_, cell) => isDone(cell)); number++) {
		if (!isDone(number % CELLS.length)) yield number;
	}
}

/** @param {Row} row @param {Count} counted */
function addTo({ figures, violations }, { figures: more, findings }) {
	for (const [figure, value] of Object.entries(more)) {
		figures[/** @type {keyof typeof figures} */ (figure)] += value;
	}
	for (const { violation } of findings) {
		violations.set(violation, (violations.get(violation) ?? 0) + 1);
	}
}

/**
 * Makes the runs and counts them.
 *
 * @param {SuiteOptions} options
 * @returns {Promise<Result>}
 */
async function runSuite(options) {
	const startedAt = Date.now();
	/** @type {Row[]} */
	const rows = CELLS.map(() => ({ figures: noFigures(), violations: new Map() }));
	/** @type {FailedRun[]} */
	const failed = [];
	let repeated = 0;
	const numbers = countUntilDone(options, rows);
	const runner = await createRunner(options.packageRoot);
	const foreignHost = await startForeignHost();

	/** @param {number} number @param {import('./stage').Stage} stage */
	async function countRun(number, stage) {
		const { seed } = options;
		try {
			for (const patience of PATIENCE) {
				const plan = planRun(seed, number, patience);
				const observation = await runner.carryOut(plan, stage, foreignHost);
				if (!observation.isTooBusy) return count(observation);
				repeated += 1;
			}
			throw new Error('This machine is too busy: requests take longer than the timeouts allow');
		} catch (error) {
			throw new Error(`Run ${number} of seed ${seed} could not be counted`, {
				cause: error,
			});
		}
	}

	async function work() {
		const stage = await runner.openStage();
		try {
			for (const number of numbers) {
				const counted = await countRun(number, stage);
				addTo(rows[number % CELLS.length], counted);
				const { findings } = counted;
				if (findings.length > 0) failed.push({ number, findings });
				if (findings.some(({ violation }) => violation === options.until)) numbers.return();
			}
		} finally {
			await stage.close();
		}
	}
	try {
		await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
	} finally {
		await foreignHost.close();
	}
	failed.sort((a, b) => a.number - b.number);
	return { rows, failed, repeated, seconds: (Date.now() - startedAt) / 1000 };
}

module.exports = { runSuite };
