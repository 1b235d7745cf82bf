import type { IDataObject } from 'n8n-workflow';

import type { Session } from '../http/repeating';
import { isJsonObject } from '../values';
import type { DigiCertRecord, Listing } from './keyFacts';
import { isDigiCertRecord, toListing, totalOf } from './keyFacts';

/** A user or service user, as far as this node needs it (digicert-api.md A.5). */
export type User = DigiCertRecord;

/** `/user/api-only` is the newest documented path of List service users (digicert-api.md A.5.3). */
export type UserList = '/user' | '/user/api-only';

const SIMPLE_FIELDS = [
	...['id', 'username', 'first_name', 'last_name', 'email', 'status', 'last_login_date'],
	...['access_roles', 'account_id'],
];

/** Most users asked for at a time; larger pages are not known to work (digicert-api.md A.1). */
const LARGEST_PAGE = 500;

function isUserPage(json: unknown): json is { users: unknown[]; page?: unknown } {
	return isJsonObject(json) && Array.isArray(json.users);
}

/** A user as it is put out: all of it, or what a workflow mostly needs. */
export function toUserOutput(user: User, simplify: boolean): IDataObject {
	if (!simplify) return user;
	return Object.fromEntries(
		Object.entries(user).filter(([field]) => SIMPLE_FIELDS.includes(field)),
	);
}

/** `GET /user/{user_id}`, or `/user/me` for the user of the credential's key (digicert-api.md A.5.1). */
export async function readUser(session: Session, id: number | 'me'): Promise<User> {
	const subject =
		id === 'me'
			? { thing: 'the user of the credential' }
			: { thing: `user ${id}`, parameter: 'User' };
	return await session.read(`/user/${id}`, subject, isDigiCertRecord);
}

/** It is complete when each entry could be read. */
interface UserPage extends Listing<User> {
	/** How many users the whole list has, where DigiCert tells it. */
	readonly total: number | undefined;
	/** Where the next page begins, if there is one. */
	readonly next: number | undefined;
}

/** One page of a list of users, filtered by DigiCert (digicert-api.md A.5.2, A.5.3). Throws DigiCertFailure. */
export async function readUserPage(
	session: Session,
	list: UserList,
	query: IDataObject,
	offset: number,
	limit: number,
): Promise<UserPage> {
	const subject = { thing: 'the list of users' };
	const qs = { ...query, offset, limit };
	const { users: sent, page } = await session.read(list, subject, isUserPage, qs);
	const end = offset + sent.length;
	const total = totalOf(page);
	// DigiCert may give smaller pages than asked for, so only a total or an empty page tells the end.
	const isLast = sent.length === 0 || (total !== undefined && end >= total);
	return { ...(await toListing(sent)), total, next: isLast ? undefined : end };
}

/**
 * All users of a list, page by page. It is incomplete when an entry cannot be read, or the pages end
 * before the newest total that DigiCert tells.
 *
 * @param limit most users to return; those beyond it are not missing
 */
export async function listUsers(
	session: Session,
	list: UserList,
	query: IDataObject,
	limit: number,
): Promise<Listing<User>> {
	const found = new Map<number, User>();
	let isWhole = true;
	let total = 0;
	let next: number | undefined = 0;
	while (next !== undefined && found.size < limit) {
		const before = found.size;
		const size = Math.min(LARGEST_PAGE, limit - before);
		const page = await readUserPage(session, list, query, next, size);
		for (const user of page.entries) found.set(user.id, user);
		isWhole &&= page.isComplete;
		total = page.total ?? total;
		// A list that does not advance, because it takes no notice of the offset, has no more to give.
		next = found.size > before ? page.next : undefined;
	}
	const isComplete = isWhole && found.size >= Math.min(total, limit);
	return { entries: [...found.values()].slice(0, limit), isComplete };
}
