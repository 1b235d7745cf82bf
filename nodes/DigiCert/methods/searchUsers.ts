import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { searchQuery } from '../parameters/userFilters';
import { textOf } from '../digicert/keyFacts';
import type { Session } from '../digicert/session';
import { readUserPage } from '../digicert/users';
import type { User, UserList } from '../digicert/users';
import { certCentral } from '../http/apis';
import { search } from './pickerSession';

const PAGE = 50;

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
export async function searchUsers(
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
