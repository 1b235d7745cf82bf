import { mustHaveMade, withBench } from '../support/bench.mts';
import type { Bench } from '../support/bench.mts';
import { range } from '../support/report.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns } from '../support/stats.mts';

const KEYS = 20;
/** How many keys the account has before, for the same calls in a small and in a large account. */
const BEFORE = [0, 2_000];

/** What the options cost in calls, counted at the sandbox. */
export async function calls({ share }: Extent): Promise<Part> {
	return await withBench({}, async (bench) => {
		const { sandbox } = bench;
		async function count(api: 'create' | 'createPartner', before: number, options: object) {
			const items = api === 'create' ? bench.items : bench.partnerItems;
			const run: Bench['create'] = bench[api];
			await sandbox.reset();
			const there = Math.ceil(before * share);
			if (there > 0) await run(items(there).map((item) => ({ ...item, name: `old-${item.name}` })));
			const earlier = (await sandbox.requests()).length;
			mustHaveMade(await run(items(KEYS), { options: { ...options } }), KEYS);
			const requests = (await sandbox.requests()).slice(earlier);
			const lists = requests.filter(({ path }) => /^\/(key|api-key)$/.test(path)).length;
			const creations = requests.filter(({ method }) => method === 'POST').length;
			return { creations, lists, others: requests.length - lists - creations };
		}
		const options = { none: {}, Verify: { verify: true }, Skip: { ifNameExists: 'skip' } };
		const cases = (['create', 'createPartner'] as const).flatMap((api) =>
			BEFORE.flatMap((before) =>
				Object.entries(options).map(([name, given]) => ({ api, before, name, given })),
			),
		);
		const rows: string[][] = [];
		for (const { api, before, name, given } of cases) {
			const found = await inTurns(1, { run: () => count(api, before, given) });
			rows.push([
				api === 'create' ? 'CertCentral' : 'Partner',
				String(Math.ceil(before * share)),
				name,
				...(['creations', 'lists', 'others'] as const).map((what) => range(found('run', what))),
			]);
		}
		return {
			title: '(f) Calls',
			notes: [
				`${KEYS} keys of one owner, and what was asked of DigiCert for them, in an account without and with other keys.`,
			],
			table: {
				head: ['API', 'keys before', 'option', 'creations', 'reads of the list', 'other calls'],
				rows,
			},
		};
	});
}
