import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { KeyFacts } from '../digicert/keyFacts';
import type { Session } from '../http/repeating';
import { listSubaccountKeys } from '../digicert/subaccountKeys';
import { isAcmeUrl, listUserKeys } from '../digicert/userKeys';
import { readUserPage } from '../digicert/users';
import type { User, UserList } from '../digicert/users';
import { certCentral, partner } from '../digicert/apis';
import { searchQuery } from '../parameters/userFilters';
import { addTo, textOf } from '../values';
import { describeUse, matches, PAGE, pageOf, search, toKeyItems } from './search';

/** Lists CertCentral keys. ACME directory URLs are left out. */
async function searchUserKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, certCentral, async (session) => {
		const { entries } = await listUserKeys(session);
		const keys = entries.filter(({ record }) => !isAcmeUrl(record));
		const ownerOf = ({ ownerName, ownerId }: KeyFacts) => ownerName || `user ${ownerId}`;
		const operation = this.getCurrentNodeParameter('operation');
		return pageOf(toKeyItems(keys, ownerOf, operation, filter), paginationToken);
	});
}

/** Lists partner keys. */
async function searchSubaccountKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, partner, async (session) => {
		const { entries: keys } = await listSubaccountKeys(session);
		const ownerOf = ({ ownerId }: KeyFacts) => `account ${ownerId}`;
		const operation = this.getCurrentNodeParameter('operation');
		return pageOf(toKeyItems(keys, ownerOf, operation, filter), paginationToken);
	});
}

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
async function searchSubaccounts(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, partner, async (session) => {
		const keysOf = new Map<string, KeyFacts[]>();
		for (const facts of (await listSubaccountKeys(session)).entries) {
			if (facts.ownerId === undefined) continue;
			const id = String(facts.ownerId);
			addTo(keysOf, id, facts);
		}
		const results = [...keysOf]
			.filter(([id, keys]) => matches([id, ...keys.map(({ name }) => name)], filter))
			.map(([id, keys]) => ({ name: describeAccount(id, keys), value: id }));
		return pageOf(results, paginationToken);
	});
}

function labelOf(user: User, list: UserList): string {
	const name = `${textOf(user.first_name)} ${textOf(user.last_name)}`.trim();
	const account = textOf(user.email) || textOf(user.username);
	const kind = list === '/user/api-only' ? ', service user' : '';
	return `${name || account || 'User'} (${[account, user.id].filter(Boolean).join(', ')}${kind})`;
}

/** A page of one list as results, with a token that says where the next page begins. */
async function searchIn(
	session: Session,
	list: UserList,
	query: IDataObject,
	offset: number,
): Promise<INodeListSearchResult> {
	const { users, next } = await readUserPage(session, list, query, offset, PAGE);
	return {
		results: users.map((user) => ({ name: labelOf(user, list), value: String(user.id) })),
		paginationToken: next === undefined ? undefined : `${list} ${next}`,
	};
}

/**
 * Lists people, then service users, page by page, searched by DigiCert itself. The two lists are
 * separate at DigiCert (digicert-api.md A.5.2, A.5.3). The last people come together with the
 * first service users, because the editor shows an empty page as "no results".
 */
async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, certCentral, async (session) => {
		const [list, offset] = (paginationToken ?? '/user 0').split(' ');
		const query = searchQuery((filter ?? '').trim());
		if (list === '/user/api-only') return await searchIn(session, list, query, Number(offset));
		const people = await searchIn(session, '/user', query, Number(offset));
		if (people.paginationToken !== undefined) return people;
		const serviceUsers = await searchIn(session, '/user/api-only', query, 0);
		return { ...serviceUsers, results: [...people.results, ...serviceUsers.results] };
	});
}

/** The pickers, by the names that the fields give. */
export const listSearch = {
	searchSubaccountKeys,
	searchSubaccounts,
	searchUserKeys,
	searchUsers,
};
