import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { isLive } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { factsOfSubaccountKey, listSubaccountKeys } from '../digicert/subaccountKeys';
import { factsOfUserKey, isAcmeUrl, listUserKeys } from '../digicert/userKeys';
import { certCentral, partner } from '../http/apis';
import { describeUse, matches, search } from './pickerSession';

/** Keys as a list to choose from, live ones first. */
function toResults(
	keys: readonly KeyFacts[],
	ownerOf: (key: KeyFacts) => string,
	filter: string | undefined,
): INodeListSearchResult {
	const results = keys
		.filter((key) => matches([key.name, ownerOf(key), String(key.id), key.status], filter))
		.sort((a, b) => Number(isLive(b)) - Number(isLive(a)) || a.name.localeCompare(b.name))
		.map((key) => ({
			name: `${key.name} (${ownerOf(key)}, ${key.status}, ${describeUse(key.lastUsedAt)})`,
			value: String(key.id),
		}));
	return { results };
}

/** Lists CertCentral keys by name, user, status and last use. ACME directory URLs are left out. */
export async function searchUserKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, certCentral, async (session) => {
		const keys = (await listUserKeys(session)).filter((key) => !isAcmeUrl(key));
		const ownerOf = ({ ownerName, ownerId }: KeyFacts) => ownerName || `user ${ownerId}`;
		return toResults(keys.map(factsOfUserKey), ownerOf, filter);
	});
}

/** Lists partner keys by name, account, status and last use. */
export async function searchSubaccountKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, partner, async (session) => {
		const keys = await listSubaccountKeys(session);
		return toResults(keys.map(factsOfSubaccountKey), ({ ownerId }) => `account ${ownerId}`, filter);
	});
}
