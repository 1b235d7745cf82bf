import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { KeyFacts } from '../digicert/keyFacts';
import { factsOfSubaccountKey, listSubaccountKeys } from '../digicert/subaccountKeys';
import { partner } from '../http/apis';
import { describeUse, matches, search } from './pickerSession';

function describeAccount(id: string, keys: readonly KeyFacts[]): string {
	const uses = keys.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
	const lastUsed = uses.length === 0 ? undefined : new Date(Math.max(...uses));
	const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
	return `${id} (${count}, ${describeUse(lastUsed)})`;
}

/**
 * Lists the accounts that have keys. DigiCert has no list of subaccounts (digicert-api.md B.5):
 * those without keys are missing, and the parent account is among them.
 */
export async function searchSubaccounts(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, partner, async (session) => {
		const keysOf = new Map<string, KeyFacts[]>();
		for (const key of await listSubaccountKeys(session)) {
			const facts = factsOfSubaccountKey(key);
			if (facts.ownerId === undefined) continue;
			const id = String(facts.ownerId);
			keysOf.set(id, [...(keysOf.get(id) ?? []), facts]);
		}
		const results = [...keysOf]
			.filter(([id, keys]) => matches([id, ...keys.map(({ name }) => name)], filter))
			.map(([id, keys]) => ({ name: describeAccount(id, keys), value: id }));
		return { results };
	});
}
