import { explanationOf } from '../errors/failure';
import { readOnceWith } from '../records/keyList';
import type { KeyList, ReadKeys } from '../records/keyList';
import type { Session } from '../records/session';
import { endedAs } from './ended';
import type { Ended } from './ended';
import { runInLanes } from './lanes';
import { findLost } from './lost';
import type { Lost } from './lost';
import type { Finding, Issued, Outcome, Unknown } from './outcome';
import { laneOf } from './request';
import type { IssuanceRequest } from './request';

/** What is done with a key whose value did not arrive: it is named, or switched off as well. */
export type LostReply = 'report' | 'revoke';

/** Creations of unknown outcome for the same owner and name. */
interface Group {
	readonly list: KeyList;
	readonly lost: Array<Ended<Unknown>>;
}

function groupByLane(unknown: ReadonlyArray<Ended<Unknown>>): Group[] {
	const groups = new Map<string, Group>();
	for (const ended of unknown) {
		const [request] = ended;
		const group = groups.get(laneOf(request));
		if (group !== undefined) group.lost.push(ended);
		else groups.set(laneOf(request), { list: request.keyListFor(), lost: [ended] });
	}
	return [...groups.values()];
}

/** Reads the owner's list. The finding is there when the list cannot be read. */
async function look(
	{ client }: Session,
	read: ReadKeys,
	{ list, lost }: Group,
	issued: ReadonlyArray<Ended<Issued>>,
): Promise<Lost | Finding> {
	try {
		return findLost(lost, issued, await read(list), client.clock);
	} catch (error) {
		return { kind: 'failed', failure: explanationOf(error) };
	}
}

/** Switches the one key off that fits, if it is certain. */
async function settle(
	session: Session,
	{ list }: Group,
	{ candidates, doubt }: Lost,
): Promise<Finding> {
	const [key] = candidates;
	if (key === undefined || doubt !== undefined) return { kind: 'found', candidates, doubt };
	try {
		await list.switchOff(session, key.id);
		return { kind: 'switchedOff', key };
	} catch (error) {
		return { kind: 'stillOn', key, failure: explanationOf(error) };
	}
}

/**
 * Looks for the keys of all creations of unknown outcome, once for each owner, and notes with
 * each what was found. Nothing that goes wrong here is thrown: it is part of the finding.
 *
 * @param session one that a cancelled execution does not interrupt
 * @param outcomes of the whole run; the unknown ones are replaced
 * @param concurrency most requests in flight at a time
 */
export async function reconcile(
	session: Session,
	requests: readonly IssuanceRequest[],
	outcomes: Map<IssuanceRequest, Outcome>,
	lostReply: LostReply,
	concurrency: number,
): Promise<void> {
	const read = readOnceWith(session);
	const issued = endedAs('issued', requests, outcomes);
	await runInLanes(
		groupByLane(endedAs('unknown', requests, outcomes)),
		({ lost }) => lost.map(([{ itemIndex }]) => itemIndex).join(),
		concurrency,
		async (group) => {
			const seen = await look(session, read, group, issued);
			const finding = await concludeFrom(seen, group);
			for (const [request, outcome] of group.lost) outcomes.set(request, { ...outcome, finding });
		},
		() => false,
	);

	async function concludeFrom(seen: Lost | Finding, group: Group): Promise<Finding> {
		if ('kind' in seen) return seen;
		if (lostReply === 'revoke') return await settle(session, group, seen);
		return { kind: 'found', candidates: seen.candidates, doubt: undefined };
	}
}
