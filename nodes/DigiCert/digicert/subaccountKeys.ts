import type { IDataObject } from 'n8n-workflow';

import type { Session } from '../http/repeating';
import { safeIdOf, textOf } from '../values';
import type { DigiCertRecord, KeyFacts, Listing } from './keyFacts';
import { dateOf, inOrder, isDigiCertRecord, isKeyList, toListing } from './keyFacts';

/** A key of the partner API (digicert-api.md B.2.1). Only `id` is asked for. */
export type SubaccountKey = DigiCertRecord;

/** A key in the words that both APIs share. */
export function factsOfSubaccountKey(key: SubaccountKey): KeyFacts {
	return {
		id: key.id,
		name: textOf(key.name),
		status: textOf(key.status),
		ownerId: safeIdOf(key.account_id),
		ownerName: '',
		createdAt: dateOf(key.created_at),
		lastUsedAt: dateOf(key.last_used_date),
		last4: textOf(key.api_key_last4),
		record: inOrder(key),
	};
}

/** `GET /api-key/{apiKeyId}` (digicert-api.md B.2.2). Throws DigiCertFailure. */
export async function readSubaccountKey(session: Session, id: number): Promise<SubaccountKey> {
	const subject = { thing: `key ${id}`, parameter: 'API Key' };
	return await session.read(`/api-key/${id}`, subject, isDigiCertRecord);
}

/**
 * `GET /api-key` (digicert-api.md B.2.1): a parent account's key sees its own keys and those of
 * all its subaccounts. There is neither paging nor a filter. Throws DigiCertFailure.
 */
export async function listSubaccountKeys(session: Session): Promise<Listing<SubaccountKey>> {
	const subject = { thing: 'the list of API keys' };
	const { api_keys: keys, page } = await session.read('/api-key', subject, isKeyList);
	return await toListing(keys, page);
}

/**
 * `PUT /api-key/{apiKeyId}/status` (digicert-api.md B.2.4). Throws DigiCertFailure.
 *
 * @returns what is true now; DigiCert itself answers without a body
 */
export async function setSubaccountKeyStatus(
	session: Session,
	id: number,
	status: 'active' | 'inactive',
): Promise<IDataObject> {
	const subject = { thing: `key ${id}`, parameter: 'API Key' };
	await session.set(`/api-key/${id}/status`, subject, { status });
	return { id, status };
}
