import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { searchQuery } from '../parameters/userFilters';
import { textOf } from '../records/keyFacts';
import { readUserPage } from '../records/users';
import type { User, UserList } from '../records/users';
import { certCentral } from '../transport/apis';
import { search } from './pickerSession';

const PAGE = 50;

/** Where the next page begins: in which list, and at which user. */
interface Place {
	readonly list: UserList;
	readonly offset: number;
}

function toToken({ list, offset }: Place): string {
	return `${list} ${offset}`;
}

function toPlace(token: string | undefined): Place {
	const [list, offset] = (token ?? '').split(' ');
	return {
		list: list === '/user/api-only' ? list : '/user',
		offset: Number(offset ?? 0),
	};
}

function labelOf(user: User, list: UserList): string {
	const name = `${textOf(user.first_name)} ${textOf(user.last_name)}`.trim();
	const account = textOf(user.email) || textOf(user.username);
	const kind = list === '/user/api-only' ? ', service user' : '';
	return `${name || account || 'User'} (${[account, user.id].filter(Boolean).join(', ')}${kind})`;
}

/**
 * Lists people, then service users, page by page, searched by DigiCert itself. The two lists are
 * separate at DigiCert (digicert-api.md A.5.2, A.5.3).
 */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, certCentral, async (session) => {
		const { list, offset } = toPlace(paginationToken);
		const query = searchQuery((filter ?? '').trim());
		const { users, next } = await readUserPage(session, list, query, offset, PAGE);
		const results = users.map((user) => ({ name: labelOf(user, list), value: String(user.id) }));
		if (next !== undefined) return { results, paginationToken: toToken({ list, offset: next }) };
		if (list === '/user/api-only') return { results };
		return { results, paginationToken: toToken({ list: '/user/api-only', offset: 0 }) };
	});
}
