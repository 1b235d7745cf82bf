import { sleep } from 'n8n-workflow';

import { explanationOf } from '../errors/failure';
import { readOnceWith } from '../digicert/keyList';
import type { ReadKeys } from '../digicert/keyList';
import type { Session } from '../digicert/session';
import { isBrokenOff } from '../http/doubt';
import type { LostReply } from '../parameters/issuance';
import { endedAs } from './ended';
import type { Ended } from './ended';
import { runInLanes } from './lanes';
import { checkTold, findLost } from './lost';
import type { Known, Lost } from './lost';
import type { Finding, Found, Outcome, Unknown } from './outcome';
import { laneOf } from './request';
import type { IssuanceRequest } from './request';

/** How a run looks for lost keys. */
export interface ReconcileSettings {
	readonly lostReply: LostReply;
	/** By source of the list: IDs of the keys that were there before; no entry where nobody looked. */
	readonly idsBefore: ReadonlyMap<string, ReadonlySet<number>>;
	/** Most requests in flight at a time. */
	readonly concurrency: number;
}

/** Pause before the second look for a key that a request may be creating yet, in ms, at most. */
const LATE_PAUSE = 2000;

/** Creations of unknown outcome that are looked for together. */
interface Group {
	readonly first: Ended<Unknown>;
	/** With the first. */
	readonly all: Array<Ended<Unknown>>;
}

/** Those for one owner and name belong together; a key whose ID was told needs no search. */
function groupOf([request, { keyId }]: Ended<Unknown>): string {
	return keyId === undefined ? laneOf(request) : `key ${keyId}`;
}

function toGroups(unknown: ReadonlyArray<Ended<Unknown>>): Group[] {
	const groups = new Map<string, Group>();
	for (const ended of unknown) {
		const group = groups.get(groupOf(ended));
		if (group === undefined) groups.set(groupOf(ended), { first: ended, all: [ended] });
		else group.all.push(ended);
	}
	return [...groups.values()];
}

/** Switches the one key off that fits, if it is certain and wanted. */
async function settle(
	session: Session,
	[request]: Ended<Unknown>,
	{ ids, doubt }: Lost,
	lostReply: LostReply,
): Promise<Found['done']> {
	const [id] = ids;
	if (lostReply === 'report' || id === undefined) return 'nothing';
	if (doubt !== undefined) return 'kept';
	try {
		await request.keyListFor().switchOff(session, id);
		return 'switchedOff';
	} catch (error) {
		return explanationOf(error);
	}
}

/** Whether a request that was broken off, here or at a gateway, may be creating a key yet. */
function mayBeLate(group: Group, finding: Finding): boolean {
	const wasBrokenOff = group.all.some(([, { exchange }]) => isBrokenOff(exchange));
	return wasBrokenOff && finding.kind === 'found' && finding.ids.length === 0;
}

/**
 * Looks for the keys of all creations of unknown outcome, once for each owner, and notes with
 * each what was found. If a request was broken off and there was nothing, it looks a second time,
 * a moment later. Whatever goes wrong here is not thrown: it is part of the finding.
 *
 * @param session one that a cancelled execution does not interrupt
 * @param outcomes of the whole run; the unknown ones are replaced
 */
export async function reconcile(
	session: Session,
	requests: readonly IssuanceRequest[],
	outcomes: Map<IssuanceRequest, Outcome>,
	{ lostReply, idsBefore, concurrency }: ReconcileSettings,
): Promise<void> {
	const unknown = endedAs('unknown', requests, outcomes);
	const known: Omit<Known, 'idsBefore'> = {
		requests,
		issued: endedAs('issued', requests, outcomes),
		toldIds: unknown.flatMap(([, { keyId }]) => keyId ?? []),
		clock: session.client.clock,
	};

	async function find(read: ReadKeys, { first, all }: Group): Promise<Lost> {
		const [request, { keyId }] = first;
		const list = request.keyListFor();
		const knownHere = { ...known, idsBefore: idsBefore.get(list.source) };
		if (keyId === undefined) return findLost(all, await read(list), knownHere);
		try {
			return checkTold(request, keyId, await read(list), knownHere);
		} catch {
			return { ids: [keyId], doubt: 'owner', isTimed: true };
		}
	}
	async function look(read: ReadKeys, group: Group): Promise<Finding> {
		try {
			const lost = await find(read, group);
			const done = await settle(session, group.first, lost, lostReply);
			return { kind: 'found', ...lost, requests: group.all.length, done };
		} catch (error) {
			return { kind: 'failed', failure: explanationOf(error) };
		}
	}
	/** @returns the groups that are worth a second look */
	async function lookFor(groups: readonly Group[]): Promise<Group[]> {
		const read = readOnceWith(session);
		const late: Group[] = [];
		await runInLanes(
			groups,
			({ first: [{ itemIndex }] }) => String(itemIndex),
			concurrency,
			async (group) => {
				const finding = await look(read, group);
				for (const [request, outcome] of group.all) outcomes.set(request, { ...outcome, finding });
				if (mayBeLate(group, finding)) late.push(group);
			},
			() => false,
		);
		return late;
	}

	const late = await lookFor(toGroups(unknown));
	if (late.length === 0) return;
	await sleep(Math.min(LATE_PAUSE, session.client.timeoutMs));
	await lookFor(late);
}
