import { toNodeError } from '../errors/build';
import { refusal } from '../errors/failure';
import { findExisting } from '../issuance/existing';
import { laneOf } from '../issuance/request';
import type { IssuanceRequest } from '../issuance/request';
import { readOnceWith } from '../digicert/keyList';
import type { ReadKeys } from '../digicert/keyList';
import { performAll } from './performAll';
import type { Perform } from './performAll';
import type { Result } from './result';
import type { Run } from './runItems';

/** What is to be created, and what is already clear without it. */
export interface Prepared {
	readonly requests: IssuanceRequest[];
	/** By item index. */
	readonly results: Map<number, Result>;
	/** By source of the list: IDs of the keys that were there before; no entry where nobody looked. */
	readonly idsBefore: Map<string, Set<number>>;
}

/** Whatever ends a run here, it is before the first creation. */
const describeDone = () => ['No API key was created.'];

function refuseExisting({ name, subject }: IssuanceRequest, id: number): Error {
	return refusal(
		`There is already a live API key of this name: key ${id}`,
		`${JSON.stringify(name)} of ${subject.thing}. The option 'If Name Exists' is set to 'Fail'. Choose another 'Name', or switch that key off first. Nothing was created for this item.`,
	);
}

function refuseRepeated({ itemIndex }: IssuanceRequest): Error {
	return refusal(
		`Item ${itemIndex} of this run asks for an API key of the same name and owner`,
		"The option 'If Name Exists' is set to 'Fail'. Give each item a name of its own. Nothing was created for this item.",
	);
}

/** Takes out the requests for a key that an item before them asks for. */
function refuseRepeats(run: Run, { requests, results, ...rest }: Prepared): Prepared {
	const firsts = new Map<string, IssuanceRequest>();
	const node = run.context.getNode();
	for (const request of requests) {
		const first = firsts.get(laneOf(request));
		if (first === undefined) {
			firsts.set(laneOf(request), request);
			continue;
		}
		const error = toNodeError(node, request.itemIndex, refuseRepeated(first), describeDone());
		if (run.stopOnFailure) throw error;
		results.set(request.itemIndex, error);
	}
	return { requests: [...firsts.values()], results, ...rest };
}

/**
 * Makes all items' requests, before the first key is created, and deals with names that exist.
 *
 * @param plans by item index
 * @param prepare makes an item's request
 * @throws a node error when the node is to stop; nothing has been created then
 */
export async function prepareKeys<T>(
	run: Run,
	plans: ReadonlyMap<number, T>,
	prepare: Perform<T, IssuanceRequest>,
): Promise<Prepared> {
	const { ifNameExists, lostReply } = run.issuance;
	const readOnce = readOnceWith(run.session);
	const idsBefore = new Map<string, Set<number>>();
	const read: ReadKeys = async (list) => {
		const keys = await readOnce(list);
		const ids = idsBefore.get(list.source) ?? new Set();
		for (const { id } of keys) ids.add(id);
		idsBefore.set(list.source, ids);
		return keys;
	};
	const { done, failed } = await performAll(
		run,
		plans,
		async (session, plan) => {
			const request = await prepare(session, plan);
			if (ifNameExists === 'create') {
				// A lost key is certain only if it was not there before. Without that it is named and not
				// switched off, which is no reason to create nothing.
				if (lostReply === 'revoke') await Promise.allSettled([read(request.keyListFor())]);
				return { request };
			}
			const existing = await findExisting(read, request);
			if (existing !== undefined && ifNameExists === 'fail') {
				throw refuseExisting(request, existing.id);
			}
			return { request, existing };
		},
		{ describeDone },
	);

	const requests: IssuanceRequest[] = [];
	const results = new Map<number, Result>(failed);
	for (const [itemIndex, { request, existing }] of done) {
		if (existing === undefined) requests.push(request);
		else results.set(itemIndex, [{ ...existing.record, skipped: true }]);
	}
	const prepared = { requests, results, idsBefore };
	return ifNameExists === 'fail' ? refuseRepeats(run, prepared) : prepared;
}
