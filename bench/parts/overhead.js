'use strict';

const { Client } = require('undici');

const { mustHaveMade, withBench } = require('../support/bench');
const { measure } = require('../support/measure');
const { inTurns, ratios } = require('../support/stats');

/**
 * What one creation costs when they are made one at a time.
 *
 * @param {{ rounds: number, share: number }} extent
 * @returns {Promise<import('../support/report').Part>}
 */
async function overhead({ rounds, share }) {
	const count = Math.ceil(400 * share);
	return await withBench({}, async ({ sandbox, items, create, minimal }) => {
		const { origin, pathname } = new URL(sandbox.us.baseUrl);
		const client = new Client(origin);

		/** The same requests without n8n. @param {import('../support/bench').Item[]} given */
		async function bare(given) {
			for (const { user, name } of given) {
				const { statusCode, body } = await client.request({
					method: 'POST',
					path: `${pathname}/key/user/${user}`,
					headers: {
						accept: 'application/json',
						'content-type': 'application/json',
						'x-dc-devkey': sandbox.us.keys.administrator,
					},
					body: JSON.stringify({ name }),
				});
				const { api_key: key } = /** @type {any} */ (await body.json());
				if (statusCode !== 201 || typeof key !== 'string') throw new Error(`Got ${statusCode}`);
			}
		}

		/** @param {() => Promise<unknown>} work */
		async function perCreation(work) {
			await sandbox.reset();
			const { wallMs, cpuMs } = await measure(work);
			return { wall: wallMs / count, cpu: cpuMs / count };
		}
		const ways = {
			node: async () => {
				const options = { concurrency: 1 };
				return await perCreation(async () =>
					mustHaveMade(await create(items(count), { options }), count),
				);
			},
			minimal: async () =>
				await perCreation(async () => mustHaveMade(await minimal(items(count)), count)),
			bare: async () => await perCreation(async () => await bare(items(count))),
		};
		// The first runs compile; they do not count.
		await inTurns(2, ways);
		const found = await inTurns(rounds, ways);
		await client.close();
		const beyond = (/** @type {number[]} */ values) =>
			values.map((value, i) => value - found.bare.wall[i]);
		return {
			title: '(a) Overhead of a creation, one at a time',
			notes: [
				`${count} keys, one after the other, without latency; n8n's start is not counted, the start and end of the workflow are. The minimal node makes the same call of n8n's helper with the same settings and does nothing else. CPU time is this process's; the sandbox has its own.`,
			],
			rows: [
				{ what: 'this node', unit: 'ms', values: found.node.wall },
				{ what: 'minimal node', unit: 'ms', values: found.minimal.wall },
				{ what: 'bare undici', unit: 'ms', values: found.bare.wall },
				{ what: 'this node beyond bare undici', unit: 'ms', values: beyond(found.node.wall) },
				{ what: 'minimal node beyond bare undici', unit: 'ms', values: beyond(found.minimal.wall) },
				{ what: 'this node, CPU time', unit: 'ms', values: found.node.cpu },
				{ what: 'minimal node, CPU time', unit: 'ms', values: found.minimal.cpu },
				{ what: 'bare undici, CPU time', unit: 'ms', values: found.bare.cpu },
			],
			ratios: [
				{
					what: 'CPU time, this node : minimal node',
					values: ratios(found.node.cpu, found.minimal.cpu),
					bound: 1.25,
				},
			],
		};
	});
}

module.exports = { overhead };
