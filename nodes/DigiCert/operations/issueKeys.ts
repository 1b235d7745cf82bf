import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readRecipient } from '../encryption/recipient';
import type { Recipient } from '../encryption/recipient';
import type { IssuanceRequest } from '../issuance/request';
import { readRecipientPublicKey } from '../parameters/recipientPublicKey';
import type { DigiCertApi } from '../http/apis';
import { issuePrepared } from './issuePrepared';
import type { Perform } from './performAll';
import { prepareKeys } from './prepareKeys';
import { runItems } from './runItems';
import type { ReadPlan } from './runItems';
import type { Result } from './result';
import { requireSafeSettings } from './safeSettings';

/** What an item asks for. */
interface Wish<T> {
	readonly plan: T;
	readonly recipient: Recipient | undefined;
}

/**
 * Creates one key for each input item, by the rules of design.md, section 3.
 *
 * @param read reads an item's parameters
 * @param prepare makes an item's request; all are made before the first key is created
 * @returns and throws as `runItems` does
 */
export async function issueKeys<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: ReadPlan<T>,
	prepare: Perform<T, IssuanceRequest>,
): Promise<INodeExecutionData[]> {
	requireSafeSettings(context);
	const readWish: ReadPlan<Wish<T>> = (_, itemIndex) => ({
		plan: read(context, itemIndex),
		recipient: readRecipientPublicKey(context, itemIndex, readRecipient),
	});
	const prepareWish: Perform<Wish<T>, IssuanceRequest> = async (session, { plan, recipient }) => ({
		...(await prepare(session, plan)),
		recipient,
	});
	return await runItems(context, api, readWish, async (run, wishes) => {
		const prepared = await prepareKeys(run, wishes, prepareWish);
		const issued = await issuePrepared(run, prepared);
		return new Map<number, Result>([...prepared.results, ...issued]);
	});
}

/** For operations whose parameters make up the whole request. */
export async function asPlanned(_: unknown, request: IssuanceRequest): Promise<IssuanceRequest> {
	return request;
}
