import { Client } from 'undici';

import { record } from '../../test/support/read.mts';
import { mustHaveMade, withBench } from '../support/bench.mts';
import type { Item } from '../support/bench.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns, measure, ratios } from '../support/stats.mts';

/** What one creation costs when they are made one at a time. */
export async function overhead({ rounds, share }: Extent): Promise<Part> {
	const count = Math.ceil(400 * share);
	return await withBench({}, async ({ sandbox, items, create, minimal }) => {
		const { origin, pathname } = new URL(sandbox.us.baseUrl);
		const client = new Client(origin);

		/** The same requests without n8n. */
		async function bare(given: readonly Item[]): Promise<void> {
			for (const { owner, name } of given) {
				const { statusCode, body } = await client.request({
					method: 'POST',
					path: `${pathname}/key/user/${owner}`,
					headers: {
						accept: 'application/json',
						'content-type': 'application/json',
						'x-dc-devkey': sandbox.us.keys.administrator,
					},
					body: JSON.stringify({ name }),
				});
				const { api_key: key } = record(await body.json());
				if (statusCode !== 201 || typeof key !== 'string') throw new Error(`Got ${statusCode}`);
			}
		}
		async function perCreation(work: () => Promise<unknown>) {
			await sandbox.reset();
			const { wallMs, cpuMs } = await measure(work);
			return { wall: wallMs / count, cpu: cpuMs / count };
		}
		const one = { options: { concurrency: 1 } };
		const ways = {
			node: () => perCreation(async () => mustHaveMade(await create(items(count), one), count)),
			minimal: () => perCreation(async () => mustHaveMade(await minimal(items(count)), count)),
			bare: () => perCreation(() => bare(items(count))),
		};
		// The first runs compile; they do not count.
		await inTurns(2, ways);
		// One differs from the next by more than what is looked for.
		const found = await inTurns(rounds * 4 + 1, ways);
		await client.close();
		const names = { node: 'this node', minimal: 'minimal node', bare: 'bare undici' } as const;
		return {
			title: '(a) Overhead of a creation, one at a time',
			notes: [
				`${count} keys, one after the other, without latency; n8n's start is not counted, the start and end of the workflow are. The minimal node makes the same call of n8n's helper with the same settings and does nothing else. CPU time is this process's; the sandbox has its own.`,
			],
			rows: (['node', 'minimal', 'bare'] as const).flatMap((name) => [
				{ what: names[name], unit: 'ms', values: found(name, 'wall') },
				{ what: `${names[name]}, CPU time`, unit: 'ms', values: found(name, 'cpu') },
			]),
			ratios: [
				{
					what: 'CPU time, this node : minimal node',
					values: ratios(found('node', 'cpu'), found('minimal', 'cpu')),
					bound: 1.05,
				},
			],
		};
	});
}
