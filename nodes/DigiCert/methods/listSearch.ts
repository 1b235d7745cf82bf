import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { certCentral, partner } from '../digicert/apis';
import type { DigiCertApi } from '../digicert/apis';
import { isLive, isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { isAcmeUrl, listSubaccountKeys, listUserKeys } from '../digicert/keys';
import { readUser, readUserPage } from '../digicert/users';
import type { User, UserList } from '../digicert/users';
import { explanationOf, headlineOf } from '../errors/failure';
import { toNodeError } from '../errors/nodeErrors';
import { connect } from '../http/client';
import { createPacer } from '../http/pacing';
import { openSession } from '../http/repeating';
import type { Session } from '../http/repeating';
import { searchQuery } from '../parameters/filters';
import { addTo, safeIdOf, textOf } from '../values';

/** Longest wait for a list while somebody looks at the editor, in ms. */
const TIMEOUT = 15_000;

/**
 * Runs a look-up for a picker.
 *
 * @throws a node error with DigiCert's reason, so that a refused look-up is not taken for an empty
 *   list
 */
async function search(
	context: ILoadOptionsFunctions,
	api: DigiCertApi,
	lookUp: (session: Session) => Promise<INodeListSearchResult>,
): Promise<INodeListSearchResult> {
	try {
		const client = await connect(context, api, TIMEOUT);
		const never = () => false;
		return await lookUp(openSession(client, createPacer(TIMEOUT), never));
	} catch (error) {
		throw toNodeError(context.getNode(), undefined, error);
	}
}

/** Whether any of the texts holds what was typed. Upper and lower case count as the same. */
function matches(texts: readonly string[], filter = ''): boolean {
	const wanted = filter.trim().toLowerCase();
	return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** A day as pickers show it. Throws RangeError for a date that cannot be read. */
function dayOf(date: Date): string {
	return date.toISOString().slice(0, 10);
}

/** The last use of a key as pickers show it. */
function describeUse(date: Date | undefined): string {
	if (date === undefined) return 'never used';
	return isReadable(date) ? `last used ${dayOf(date)}` : 'last use unknown';
}

/** Most entries that a picker shows at a time; the editor asks for more when it is scrolled. */
const PAGE = 50;

/** One page of a list that DigiCert gives whole; `token` is what the page before told. */
function pageOf(results: readonly INodeListSearchItems[], token = '0'): INodeListSearchResult {
	const end = Number(token) + PAGE;
	return {
		results: results.slice(Number(token), end),
		paginationToken: end < results.length ? String(end) : undefined,
	};
}

/**
 * A key as pickers show it, such as "Deploy (184, created 2026-01-02, never used, Ben Brook)": what
 * tells two keys of one name apart comes first, because the editor cuts long lines.
 */
function labelOfKey(key: KeyFacts, owner: string): string {
	const { id, name, status, createdAt, lastUsedAt, last4 } = key;
	const details = [
		String(id),
		...(isLive(key) ? [] : [status]),
		...(last4 ? [`ends with ${last4}`] : []),
		...(createdAt !== undefined && isReadable(createdAt) ? [`created ${dayOf(createdAt)}`] : []),
		describeUse(lastUsedAt),
		owner,
	];
	return `${name} (${details.join(', ')})`;
}

/** Operations that work on keys that are switched off. */
const SWITCHING_ON = ['activate', 'reactivate'];
/** Operations that are of no use for a key that is switched off. */
const FOR_LIVE_KEYS = ['deactivate', 'revoke', 'rotate'];

/** When a key was made; one without a readable time counts as the oldest. */
function timeOf({ createdAt }: KeyFacts): number {
	return createdAt !== undefined && isReadable(createdAt) ? createdAt.getTime() : 0;
}

/**
 * Keys as a list to choose from, the newest first.
 *
 * @param operation what the key is wanted for: live keys come first, switched-off ones do where
 *   they are switched on, and are left out where nothing can be done with them
 * @param filter what was typed: a part of the name, the owner, the ID, the status or the last 4
 */
function toKeyItems(
	keys: readonly KeyFacts[],
	ownerOf: (key: KeyFacts) => string,
	operation: unknown,
	filter?: string,
): INodeListSearchItems[] {
	const wanted = (names: readonly string[]) => names.some((name) => name === operation);
	const first = (key: KeyFacts) => isLive(key) !== wanted(SWITCHING_ON);
	return keys
		.filter((key) => isLive(key) || !wanted(FOR_LIVE_KEYS))
		.filter((key) =>
			matches([key.name, ownerOf(key), String(key.id), key.status, key.last4 ?? ''], filter),
		)
		.sort((a, b) => Number(first(b)) - Number(first(a)) || timeOf(b) - timeOf(a) || b.id - a.id)
		.map((key) => ({ name: labelOfKey(key, ownerOf(key)), value: String(key.id) }));
}

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
			addTo(keysOf, String(facts.ownerId), facts);
		}
		const results = [...keysOf]
			.filter(([id, keys]) => matches([id, ...keys.map(({ name }) => name)], filter))
			.map(([id, keys]) => ({ name: describeAccount(id, keys), value: id }));
		return pageOf(results, paginationToken);
	});
}

function toUserItem(user: User, list: UserList): INodeListSearchItems {
	const name = `${textOf(user.first_name)} ${textOf(user.last_name)}`.trim();
	const account = textOf(user.email) || textOf(user.username);
	const kind = list === '/user/api-only' ? ', service user' : '';
	const details = `${[account, user.id].filter(Boolean).join(', ')}${kind}`;
	return { name: `${name || account || 'User'} (${details})`, value: String(user.id) };
}

/** A page of one list as results, with a token that says where the next page begins. */
async function searchIn(
	session: Session,
	list: UserList,
	query: IDataObject,
	offset: number,
): Promise<INodeListSearchResult> {
	const { entries, next } = await readUserPage(session, list, query, offset, PAGE);
	return {
		results: entries.map((user) => toUserItem(user, list)),
		paginationToken: next === undefined ? undefined : `${list} ${next}`,
	};
}

/**
 * Lists people, then service users, page by page, searched by DigiCert itself. The two lists are
 * separate at DigiCert (digicert-api.md A.5.2, A.5.3). The last people come together with the
 * first service users, because the editor shows an empty page as "no results". An ID, at which that
 * search does not look, is looked up; one that is nobody's may still be a part of a name.
 */
async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await search(this, certCentral, async (session) => {
		const [list, offset] = (paginationToken ?? '/user 0').split(' ');
		const typed = (filter ?? '').trim();
		const id = paginationToken === undefined ? safeIdOf(typed) : undefined;
		const user = id && (await readUser(session, id).catch(() => undefined));
		if (user) return { results: [toUserItem(user, '/user')] };
		const query = searchQuery(typed);
		if (list === '/user/api-only') return await searchIn(session, list, query, Number(offset));
		const people = await searchIn(session, '/user', query, Number(offset));
		if (people.paginationToken !== undefined) return people;
		const serviceUsers = await searchIn(session, '/user/api-only', query, 0).catch(
			(error: unknown): INodeListSearchResult => {
				if (people.results.length === 0) throw error;
				const why = headlineOf(explanationOf(error));
				return { results: [{ name: `No service users are shown. ${why}.`, value: '' }] };
			},
		);
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
