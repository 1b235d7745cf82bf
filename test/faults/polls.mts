import fc from 'fast-check';

import { PollHost } from '../trigger/pollHost.mts';
import type { Polled } from '../trigger/pollHost.mts';
import { createEngine, PACKAGE_ROOT } from '../support/engine.mts';
import { cutPauses } from '../support/pauses.mts';
import { number, record, text } from '../support/read.mts';
import { secretsIn, textOf } from '../support/secrets.mts';
import { enact } from './faultKinds.mts';
import { faultOn } from './plan.mts';
import type { Api } from './plan.mts';
import { openStage } from './stage.mts';
import type { Stage } from './stage.mts';

/** What must never be. */
export const POLL_VIOLATIONS = [
	'event missed',
	'event told twice',
	'event told that did not happen',
	'secret told by a poll',
] as const;
export type PollViolation = (typeof POLL_VIOLATIONS)[number];

const WATCHES = { certcentral: 'userApiKeys', partner: 'subaccountApiKeys' } as const;
const EVENTS = ['created', 'switchedOff', 'switchedOn', 'removed'];

const step = fc.oneof(
	fc.record({ do: fc.constant('make' as const) }),
	fc.record({ do: fc.constantFrom('off' as const, 'on' as const), key: fc.nat(9) }),
	fc.record({
		do: fc.constant('poll' as const),
		// What never answers takes a poll its half minute, and what throws is not n8n's helper here.
		fault: fc.option(
			faultOn('list').filter(({ kind }) => !/^(tooSlow|throws.*)$/.test(kind)),
			{ nil: undefined },
		),
	}),
	fc.record({ do: fc.constant('restart' as const) }),
);
const history = fc.record({
	api: fc.constantFrom<Api>('certcentral', 'partner'),
	durable: fc.boolean(),
	steps: fc.array(step, { minLength: 5, maxLength: 40 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** DigiCert's list as it is, by ID: whether a key is live. */
function listAt({ sandbox }: Stage, api: Api): [id: number, isLive: boolean][] {
	const { unrelated } = sandbox.partner.accounts;
	return sandbox
		.keys((key) => key.api === api && key.instance !== 'eu' && key.ownerId !== unrelated)
		.map(({ id, status }) => [id, status === 'active']);
}

export interface PollOptions {
	readonly seed: number;
	readonly histories: number;
	/** What ends it once it was seen: no smaller history is looked for, and nothing else counts. */
	readonly until?: string;
}

export interface PollResult {
	readonly counts: Map<string, number>;
	/** fast-check's report of the smallest history that fails. */
	readonly failure: string | undefined;
}

/**
 * Polls through seeded histories, with DigiCert's list broken, cut, lagging or odd at times and n8n
 * started anew, and compares what is told with a list that was never broken. A poll that fails says
 * nothing, and what happened is due with the next one that does not. Nothing comes twice under one
 * `event_id`. Only a list that lags makes a key look removed, which is true of that list.
 */
export async function pollSuite(
	{ seed, histories, until }: PollOptions,
	packageRoot = PACKAGE_ROOT,
): Promise<PollResult> {
	cutPauses(packageRoot);
	const log: unknown[] = [];
	const engine = await createEngine((...entry) => log.push(entry), packageRoot);
	const stage = await openStage();
	const counts = new Map<string, number>();
	const count = (what: string, more = 1) => counts.set(what, (counts.get(what) ?? 0) + more);

	async function live({ api, durable, steps }: History): Promise<string[]> {
		stage.clear(0);
		log.length = 0;
		count('histories');
		const { sandbox } = stage;
		const watch = WATCHES[api];
		const host = new PollHost(
			{ engine, sandbox, log },
			{ watch, durable, fields: { events: EVENTS } },
		);
		await host.activate();
		const known = new Map(
			listAt(stage, api).map(([id, isLive]) => [id, { isLive, isListed: true }]),
		);
		const made: number[] = [];
		const ids = new Set<string>();
		const wrong: string[] = [];
		const note = (violation: PollViolation, detail: string) => {
			count(violation);
			wrong.push(`${violation}: ${detail}`);
		};

		/** What a list that shows these keys is to make known, from what the last good one showed. */
		function dueOf(shown: readonly [number, boolean][]): string[] {
			const due: string[] = [];
			for (const [id, isLive] of shown) {
				const before = known.get(id);
				if (before === undefined) due.push(`created ${id}`);
				if ((before?.isLive ?? true) !== isLive) due.push(`switched${isLive ? 'On' : 'Off'} ${id}`);
				known.set(id, { isLive, isListed: true });
			}
			for (const [id, before] of known) {
				if (!before.isListed || shown.some(([one]) => one === id)) continue;
				due.push(`removed ${id}`);
				known.set(id, { ...before, isListed: false });
			}
			return due;
		}

		function judge({ events, error }: Polled, shown: readonly [number, boolean][]): void {
			count('polls');
			if (error !== undefined) count('polls that failed');
			const due = error === undefined ? dueOf(shown) : [];
			const told = events.map(({ event, key }) => `${text(event)} ${number(record(key).id)}`);
			count('events', due.length);
			// A second removal of one key may go unsaid after a restart: it came back without an event.
			for (const one of due) {
				if (!told.includes(one) && !one.startsWith('removed')) note('event missed', one);
			}
			for (const one of told) if (!due.includes(one)) note('event told that did not happen', one);
			for (const id of events.map((event) => text(event.event_id))) {
				if (ids.has(id)) note('event told twice', id);
				ids.add(id);
			}
			if (secretsIn(textOf(error), [...stage.adminKeys, ...stage.secrets]).length > 0) {
				note('secret told by a poll', String(error?.message));
			}
		}

		for (const one of [...steps, { do: 'poll' as const, fault: undefined }]) {
			if (one.do === 'make') {
				const name = `hand-n${made.length}n`;
				const ownerId = number(stage.owners[api][0]);
				const fresh = { ageMs: 0, off: false, used: false };
				made.push(stage.makeEarlierKey(api, { ownerId, name, ...fresh }));
			} else if (one.do === 'restart') host.restart();
			else if (one.do !== 'poll') {
				const id = made[one.key];
				if (id !== undefined) stage.setLive(api, id, one.do === 'on');
			} else {
				const { fault } = one;
				const planned = fault && enact(fault, { ...NO_RUN, foreignHost: stage.foreignHost.url });
				if (planned !== undefined && !('throws' in planned))
					sandbox.addFault({ ...planned, match: LISTS });
				const polled = await host.poll();
				const answer = sandbox.requests().at(-1);
				const all = listAt(stage, api);
				const isLagging = fault !== undefined && answer?.fault === 'staleList';
				judge(polled, isLagging ? all.slice(0, -fault.choice) : all);
			}
		}
		return wrong;
	}

	const property = fc.asyncProperty(history, async (plan) => {
		const wrong = await live(plan);
		const isWrong = until === undefined ? wrong.length > 0 : counts.has(until);
		if (isWrong) throw new Error(wrong.join('\n'));
	});
	const details = await fc.check(property, {
		seed,
		numRuns: Math.ceil(histories),
		endOnFailure: until !== undefined,
	});
	await stage.close();
	return { counts, failure: details.failed ? fc.defaultReportMessage(details) : undefined };
}

const LISTS = { method: 'GET', path: /^\/(api-)?key$/ };
/** Faults of lists need to know nothing else of a run. */
const NO_RUN = { timeout: 0, addSecret: () => undefined };
