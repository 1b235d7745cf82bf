import type { Session } from '../http/repeating';
import { safeIdOf, textOf } from '../values';
import { partner } from './apis';
import { dateOf, inOrder, readKeyList } from './keyFacts';
import type { DigiCertRecord, KeyFacts, Listing } from './keyFacts';

/** A key of the partner API (digicert-api.md B.2.1) in the words that both APIs share. */
export function factsOfSubaccountKey(key: DigiCertRecord): KeyFacts {
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

/**
 * `GET /api-key` (digicert-api.md B.2.1): a parent account's key sees its own keys and those of
 * all its subaccounts. There is neither paging nor a filter. Throws DigiCertFailure.
 */
export async function listSubaccountKeys(session: Session): Promise<Listing<KeyFacts>> {
	return await readKeyList(session, partner, factsOfSubaccountKey);
}
