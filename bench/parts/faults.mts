import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { INode } from 'n8n-workflow';

import { startForeignHost } from '../../test/support/foreignHost.mts';
import { present } from '../../test/support/read.mts';
import { tally, withBench } from '../support/bench.mts';
import type { Run } from '../support/bench.mts';
import type { NamedFault } from '../support/remoteSandbox.mts';
import { range } from '../support/report.mts';
import type { Extent, Part } from '../support/report.mts';
import { inTurns } from '../support/stats.mts';

/** Longest wait of both nodes for an answer, in ms, so that a lost one does not take a minute. */
const TIMEOUT = 1_000;
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const MODES: Readonly<Record<string, Partial<INode>>> = {
	stop: {},
	'stop, Retry On Fail': RETRY,
	continue: CONTINUE,
	'continue, Retry On Fail': { ...CONTINUE, ...RETRY },
};
/** How long a run is waited for that has one answer broken off, in ms. */
const PATIENCE = 5_000;
/** How many of the requests are hit. */
const SHARE = 0.3;
/** How many requests for one name are planned; n8n's Retry On Fail makes three, a 429 more. */
const REQUESTS = 6;

/**
 * What may become of a creation request. An answer that breaks off is not among it: one of them,
 * and n8n's HTTP Request node never ends, so there would be nothing to count.
 */
const kinds = (foreignHost: string): NamedFault[] => [
	{ preset: 'dropBefore' },
	{ preset: 'dropAfter' },
	{ preset: 'errorBefore', args: [500] },
	{ preset: 'errorAfter', args: [503] },
	{ preset: 'slow', args: [TIMEOUT + 300] },
	{ preset: 'htmlBefore', args: [503] },
	{ preset: 'htmlAfter', args: [200] },
	{ preset: 'redirect', args: [foreignHost, 307] },
	{ preset: 'unauthorized' },
	{ preset: 'forbiddenInvalidKey' },
	{ preset: 'rateLimited', args: [{ retryAfter: 0 }] },
	{ preset: 'errorsAsObject' },
	{ preset: 'emptyAfter' },
	{ preset: 'notJsonAfter' },
	{ preset: 'noKeyAfter' },
	{ preset: 'wrongTypesAfter' },
];

/** A number from 0 up to 1 that follows from a text alone. */
function drawn(text: string): number {
	return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

/**
 * Plans what becomes of each creation request: the first for a name, the second, and so on. It
 * depends on nothing else, so every client meets the same.
 */
function planFaults(seed: number, names: readonly string[], foreignHost: string): NamedFault[] {
	const all = kinds(foreignHost);
	return names.flatMap((name) =>
		Array.from({ length: REQUESTS }, (_, request) => {
			const hit = drawn(`${seed} ${name} ${request}`) / SHARE;
			const kind = hit < 1 ? all[Math.floor(hit * all.length)] : undefined;
			return { ...(kind ?? { preset: 'slow', args: [0] }), match: { method: 'POST', name } };
		}),
	);
}

const COLUMNS = ['sent', 'alive', 'delivered', 'dead', 'unseen', 'doubled', 'foreign'] as const;

/** The same faults for this node and for n8n's HTTP Request node. */
export async function faults({ rounds, share }: Extent): Promise<Part> {
	const count = Math.ceil(200 * share);
	// What brings the admin key along counts.
	const foreignHost = await startForeignHost((request, reply) => {
		reply.writeHead(404).end();
		return request.headers['x-dc-devkey'] !== undefined;
	});
	return await withBench({}, async ({ sandbox, items, create, http }) => {
		const nodes = { 'this node': create, 'HTTP Request': http };
		async function meet(run: Run, settings: Partial<INode>, seed: number) {
			const given = items(count);
			const names = given.map(({ name }) => name);
			await sandbox.reset();
			await sandbox.addFaults(planFaults(seed, names, foreignHost.url));
			const execution = await run(given, { settings, options: { timeout: TIMEOUT } });
			return { ...(await tally(sandbox, execution)), foreign: foreignHost.take() };
		}
		const rows: string[][] = [];
		for (const [mode, settings] of Object.entries(MODES)) {
			for (const [what, run] of Object.entries(nodes)) {
				let seed = 0;
				const found = await inTurns(rounds, { met: () => meet(run, settings, (seed += 1)) });
				rows.push([mode, what, ...COLUMNS.map((column) => range(found('met', column)))]);
			}
		}

		async function breakOff(run: Run): Promise<{ hung: number }> {
			await sandbox.reset();
			// It breaks off while the node still waits for the first item's answer.
			const [first, , broken] = items(20);
			await sandbox.addFaults([
				{ preset: 'slow', args: [300], match: { name: present(first).name } },
				{ preset: 'halfBody', match: { name: present(broken).name } },
			]);
			const waiting = new AbortController();
			const ended = await Promise.race([
				run(items(20), { settings: CONTINUE, options: { timeout: TIMEOUT } }),
				sleep(PATIENCE, undefined, waiting).catch(() => undefined),
			]);
			waiting.abort();
			return { hung: ended === undefined ? 1 : 0 };
		}
		const hung = await inTurns(rounds, {
			'this node': () => breakOff(create),
			'HTTP Request': () => breakOff(http),
		});
		foreignHost.close();
		return {
			title: 'Faults: side by side with the HTTP Request node',
			notes: [
				`${count} items; ${SHARE * 100} % of all creation requests meet a fault (16 kinds, see \`bench/parts/faults.mts\`), seeds 1 to ${rounds}. Both nodes meet the same: what becomes of the n-th request for a name depends on seed, name and n alone. Both have a timeout of ${TIMEOUT} ms and else their defaults. Median (least–most), counted at the sandbox when the run is over.`,
				"'Unseen' are keys that work, whose value no item carries and whose ID neither an item nor an error names; 'doubled' keys that work beyond the first of a name; 'foreign host' requests to another host with the admin key in the header. This node refuses to stop and retry: it sends nothing then.",
			],
			rows: (['this node', 'HTTP Request'] as const).map((what) => ({
				what: `${what}: had not ended ${PATIENCE / 1000} s after one of 20 answers broke off`,
				unit: 'of 1 run',
				values: hung(what, 'hung'),
			})),
			table: {
				head: [
					...['On Error', 'node', 'requests', 'keys alive', 'delivered', 'delivered dead'],
					...['unseen', 'doubled', 'foreign host'],
				],
				rows,
			},
		};
	});
}
