import { explanationOf } from '../errors/failure';
import { readOnceWith } from '../records/keyList';
import type { KeyList, ReadKeys } from '../records/keyList';
import type { Session } from '../records/session';
import { endedAs } from './ended';
import type { Ended } from './ended';
import { runInLanes } from './lanes';
import { findLost } from './lost';
import type { Lost } from './lost';
import type { Finding, Found, Issued, Outcome, Unknown } from './outcome';
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

/** Switches the one key off that fits, if it is certain and wanted. */
async function settle(
	session: Session,
	{ list }: Group,
	{ candidates, doubt }: Lost,
	lostReply: LostReply,
): Promise<Found['done']> {
	const [key] = candidates;
	if (lostReply === 'report' || key === undefined) return { kind: 'leftAlone', doubt: undefined };
	if (doubt !== undefined) return { kind: 'leftAlone', doubt };
	try {
		await list.switchOff(session, key.id);
		return { kind: 'switchedOff' };
	} catch (error) {
		return { kind: 'stillOn', failure: explanationOf(error) };
	}
}

/** Looks for what one owner and name has lost. */
async function look(
	session: Session,
	read: ReadKeys,
	group: Group,
	issued: ReadonlyArray<Ended<Issued>>,
	lostReply: LostReply,
): Promise<Finding> {
	try {
		const found = findLost(group.lost, issued, await read(group.list), session.client.clock);
		const done = await settle(session, group, found, lostReply);
		const { candidates } = found;
		return { kind: 'found', candidates, requests: group.lost.length, done };
	} catch (error) {
		return { kind: 'failed', failure: explanationOf(error) };
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
			const finding = await look(session, read, group, issued, lostReply);
			for (const [request, outcome] of group.lost) outcomes.set(request, { ...outcome, finding });
		},
		() => false,
	);
}
