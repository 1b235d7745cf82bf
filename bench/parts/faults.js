'use strict';

const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const { planFaults, SHARE } = require('../faultSchedule');
const { withBench } = require('../support/bench');
const { inTurns } = require('../support/stats');
const { range } = require('../support/report');
const { tally } = require('../support/tally');

/** Longest wait of both nodes for an answer, in ms, so that a lost one does not take a minute. */
const TIMEOUT = 1000;
const MODES = {
	stop: {},
	'stop, Retry On Fail': { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
	continue: { onError: 'continueRegularOutput' },
	'continue, Retry On Fail': {
		onError: 'continueRegularOutput',
		retryOnFail: true,
		maxTries: 3,
		waitBetweenTries: 1,
	},
};

/** How long a run is waited for that has one answer broken off, in ms. */
const PATIENCE = 5000;

/** A host that is not DigiCert's, and counts the requests that bring the admin key along. */
async function startForeignHost() {
	let withKey = 0;
	const server = createServer((request, response) => {
		if (request.headers['x-dc-devkey'] !== undefined) withKey += 1;
		response.writeHead(404).end();
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		url: `http://127.0.0.1:${port}/`,
		/** The requests since the last call. */
		take() {
			const taken = withKey;
			withKey = 0;
			return taken;
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/**
 * The same faults for this node and for n8n's HTTP Request node.
 *
 * @param {{ rounds: number, share: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function faults({ rounds, share }) {
	const count = Math.ceil(200 * share);
	const foreignHost = await startForeignHost();
	const { table, hung } = await withBench({}, async ({ sandbox, items, create, http }) => {
		/** @param {import('../support/bench').Run} run @param {Record<string, unknown>} settings @param {number} seed */
		async function meet(run, settings, seed) {
			const given = items(count);
			const names = given.map(({ name }) => name);
			await sandbox.reset();
			await sandbox.addFaults(
				planFaults(seed, names, { foreignHost: foreignHost.url, timeout: TIMEOUT }),
			);
			const execution = await run(given, { settings, options: { timeout: TIMEOUT } });
			const { sent, alive, delivered, dead, unseen, doubled } = await tally(sandbox, execution);
			return { sent, alive, delivered, dead, unseen, doubled, foreign: foreignHost.take() };
		}
		const table = [];
		for (const [mode, settings] of Object.entries(MODES)) {
			for (const [what, run] of Object.entries({ 'this node': create, 'HTTP Request': http })) {
				let seed = 0;
				const { met } = await inTurns(rounds, {
					met: async () => await meet(run, settings, (seed += 1)),
				});
				table.push([mode, what, ...Object.values(met).map(range)]);
			}
		}

		/** @param {import('../support/bench').Run} run @returns {Promise<{ hung: number }>} */
		async function breakOff(run) {
			await sandbox.reset();
			// It breaks off while the node still waits for the first item's answer.
			const [first, , broken] = items(20);
			await sandbox.addFaults([
				{ preset: 'slow', args: [300], match: { name: first.name } },
				{ preset: 'halfBody', match: { name: broken.name } },
			]);
			const settings = { onError: 'continueRegularOutput' };
			const waiting = new AbortController();
			const ended = await Promise.race([
				run(items(20), { settings, options: { timeout: TIMEOUT } }),
				sleep(PATIENCE, undefined, { signal: waiting.signal }),
			]);
			waiting.abort();
			return { hung: ended === undefined ? 1 : 0 };
		}
		const { node, other } = await inTurns(rounds, {
			node: async () => await breakOff(create),
			other: async () => await breakOff(http),
		});
		return { table, hung: { 'this node': node.hung, 'HTTP Request': other.hung } };
	});
	await foreignHost.close();
	return {
		title: 'Faults: side by side with the HTTP Request node',
		notes: [
			`${count} items; ${SHARE * 100} % of all creation requests meet a fault (16 kinds, see \`bench/faultSchedule.js\`), seeds 1 to ${rounds}. Both nodes meet the same: what becomes of the n-th request for a name depends on seed, name and n alone. Both have a timeout of ${TIMEOUT} ms and else their defaults. Median (least–most), counted at the sandbox when the run is over.`,
			"'Unseen' are keys that work, whose value no item carries and whose ID neither an item nor an error names; 'doubled' keys that work beyond the first of a name; 'foreign host' requests to another host with the admin key in the header. This node refuses to stop and retry: it sends nothing then.",
		],
		rows: Object.entries(hung).map(([what, values]) => ({
			what: `${what}: had not ended ${PATIENCE / 1000} s after one of 20 answers broke off`,
			unit: 'of 1 run',
			values,
		})),
		ratios: [],
		table: {
			head: [
				'On Error',
				'node',
				'requests',
				'keys alive',
				'delivered',
				'delivered dead',
				'unseen',
				'doubled',
				'foreign host',
			],
			rows: table,
		},
	};
}

module.exports = { faults };
