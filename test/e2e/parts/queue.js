'use strict';

const assert = require('node:assert/strict');

const { installN8n } = require('../toolchain/n8n');
const { table, writeBetween } = require('../written');
const { openCluster } = require('./queue/cluster');
const { CALLS, play, scenarios } = require('./queue/scenarios');

const HEAD = [
	...['', 'Executions on the workers', 'Live keys', 'Delivered', 'Named by an error'],
	...['Unseen', 'Found by the audit', 'Callers with an error', 'Callers without an answer'],
];

/** @typedef {import('./queue/scenarios').Seen} Seen */

/** @param {string} title @param {Seen} seen */
function rowOf(title, { spread, alive, delivered, named, unseen, found, refused, silent }) {
	const keys = [alive, delivered, named, unseen.length, found.length];
	return [title, spread.join(' + '), ...keys, refused, silent];
}

/**
 * Whatever happens, no call makes two keys, and every live key is delivered, named by an error or
 * found by the audit, which finds nothing else.
 *
 * @param {Seen} seen
 */
function expectNoKeyLost({ alive, delivered, doubled, named, unseen, found }) {
	assert.equal(doubled, 0);
	assert.equal(alive, delivered + named + unseen.length);
	assert.deepEqual([...found].sort(), [...unseen].sort());
}

/**
 * The package in n8n's queue mode.
 *
 * @param {import('../report').Report} report
 * @param {import('../toolchain/releases').Release} release
 * @param {boolean} write whether to put the counts into docs/scaling-out.md
 */
async function runQueue({ check, totals }, release, write) {
	const { failed } = totals();
	const cluster = await openCluster(await installN8n(release));
	/** @type {Array<Array<string | number>>} */
	const rows = [];
	try {
		for (const scenario of scenarios) {
			const { title, name, delivers } = scenario;
			await cluster.refill();
			await check(`${CALLS} creations, ${name}: no key is lost from sight`, async () => {
				const seen = await play(cluster, scenario);
				expectNoKeyLost(seen);
				assert.ok(seen.spread.every((count) => count > 0));
				if (delivers) assert.deepEqual([seen.alive, seen.delivered], [CALLS, CALLS]);
				rows.push(rowOf(title, seen));
			});
		}
	} finally {
		await cluster.close();
	}
	if (write && totals().failed === failed) {
		await writeBetween('docs/scaling-out.md', 'counts', table(HEAD, rows));
	}
}

module.exports = { runQueue };
