import { explanationOf, refusal } from '../errors/failure';
import { isLive } from '../digicert/keyFacts';
import { readOnceWith } from '../digicert/keyList';
import type { ReadKeys } from '../digicert/keyList';
import type { Session } from '../digicert/session';
import { endedAs } from './ended';
import type { Ended } from './ended';
import { runInLanes } from './lanes';
import type { Issued, Outcome, RolledBack } from './outcome';
import { readKeyId } from './request';
import type { IssuanceRequest } from './request';

/** Finds a key whose answer does not tell its ID. Throws DigiCertFailure. */
async function findKeyId(read: ReadKeys, [request, { reply }]: Ended<Issued>): Promise<number> {
	const keys = await read(request.keyListFor(reply));
	const own = keys.filter((key) => isLive(key) && request.isKeyOf(reply, key));
	const [key] = own;
	if (key !== undefined && own.length === 1) return key.id;
	throw refusal("DigiCert's answer does not tell its ID, and the list does not either", '');
}

async function switchOff(
	session: Session,
	read: ReadKeys,
	ended: Ended<Issued>,
): Promise<RolledBack> {
	const [request, { reply }] = ended;
	let id: number | undefined;
	try {
		id = readKeyId(request, reply) ?? (await findKeyId(read, ended));
		await request.keyListFor(reply).switchOff(session, id);
		return { id };
	} catch (error) {
		return { id, failure: explanationOf(error) };
	}
}

/**
 * Switches off every key that a run has created, because the run stops and nobody receives them.
 * One that cannot be switched off does not hold up the others; it is noted with its outcome.
 *
 * @param session one that a cancelled execution does not interrupt
 * @param outcomes of the whole run; those of the keys are replaced
 * @param concurrency most requests in flight at a time
 */
export async function rollBack(
	session: Session,
	requests: readonly IssuanceRequest[],
	outcomes: Map<IssuanceRequest, Outcome>,
	concurrency: number,
): Promise<void> {
	const read = readOnceWith(session);
	await runInLanes(
		endedAs('issued', requests, outcomes).filter(([, { rolledBack }]) => rolledBack === undefined),
		([{ itemIndex }]) => String(itemIndex),
		concurrency,
		async (ended) => {
			const [request, outcome] = ended;
			outcomes.set(request, { ...outcome, rolledBack: await switchOff(session, read, ended) });
		},
		() => false,
	);
}
