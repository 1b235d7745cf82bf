import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { certCentral } from '../digicert/apis';
import type { DigiCertApi } from '../digicert/apis';
import { findingsOf } from '../digicert/findings';
import type { KeyFacts, Listing } from '../digicert/keyFacts';
import { listUsers, toUserOutput } from '../digicert/users';
import type { User, UserList } from '../digicert/users';
import { explanationOf, summarize } from '../errors/failure';
import type { Session } from '../http/repeating';
import { forEachItem } from '../items';
import { readKeyFilters, readUserFilters, userFiltersField } from '../parameters/filters';
import type { KeyFilters } from '../parameters/filters';
import { optionsField, readFindings } from '../parameters/options';
import {
	limitField,
	readLimit,
	readSimplify,
	returnAllField,
	simplifyField,
} from '../parameters/paging';

/** What sets the two lists of keys apart. */
interface KeySource {
	readonly api: DigiCertApi;
	readonly ownerFilter: INodeProperties;
	/** Reads the keys, of one owner only where DigiCert can do that. Throws DigiCertFailure. */
	readonly read: (session: Session, ownerId: number | undefined) => Promise<Listing<KeyFacts>>;
	/** Looks the service users up, where the API has such. Throws DigiCertFailure. */
	readonly readServiceUsers?: (session: Session) => Promise<Listing<User>>;
}

/** Whether a key passes the filters that DigiCert cannot apply itself. */
function passes(
	{ ownerId, name, status, createdAt, lastUsedAt, record }: KeyFacts,
	filters: KeyFilters,
): boolean {
	const { nameContains, createdBefore, notUsedSince } = filters;
	const before = (time: Date | undefined, limit: Date) => time !== undefined && time < limit;
	return (
		!(filters.excludeAcmeUrls && record.is_acme_directory_url === true) &&
		(filters.ownerId === undefined || ownerId === filters.ownerId) &&
		(filters.status === undefined || status.toLowerCase() === filters.status.toLowerCase()) &&
		(nameContains === undefined || name.toLowerCase().includes(nameContains.toLowerCase())) &&
		(createdBefore === undefined || before(createdAt, createdBefore)) &&
		(notUsedSince === undefined || before(lastUsedAt ?? createdAt, notUsedSince))
	);
}

/** Says beside the output when a list came with gaps; what could be read of it is put out. */
function warnOfGaps(
	context: IExecuteFunctions,
	lists: ReadonlyArray<Listing<unknown> | undefined>,
	reason = '',
): void {
	if (lists.every((list) => list?.isComplete !== false)) return;
	context.addExecutionHints({
		message: `DigiCert's list came incomplete, or with entries that cannot be read. Do not take what is missing for gone.${reason}`,
		type: 'warning',
		location: 'outputPane',
	});
}

/** Gives the keys of a list, as far as they pass the filters, for each input item. */
export async function listKeysOf(
	{ api, ownerFilter, read, readServiceUsers }: KeySource,
	context: IExecuteFunctions,
): Promise<INodeExecutionData[]> {
	return await forEachItem(
		context,
		api,
		(_, itemIndex) => ({
			limit: readLimit(context, itemIndex),
			filters: readKeyFilters(context, itemIndex, ownerFilter),
			thresholds: readFindings(context, itemIndex),
		}),
		async (session, { limit, filters, thresholds }) => {
			const keys = await read(session, filters.ownerId);
			let reason = '';
			const users =
				thresholds &&
				(await readServiceUsers?.(session).catch((error: unknown): Listing<User> => {
					reason = ` The service users were not looked up: ${summarize(explanationOf(error))}`;
					return { entries: [], isComplete: false };
				}));
			warnOfGaps(context, [keys, users], reason);
			const wanted = keys.entries.filter((key) => passes(key, filters)).slice(0, limit);
			if (thresholds === undefined) return wanted.map(({ record }) => record);
			// Over the whole list: a namesake counts, whether it passes the filters or not.
			const findings = findingsOf(keys.entries, users, thresholds, new Date());
			return wanted.map(({ id, record }) => ({ ...record, findings: findings.get(id) }));
		},
	);
}

/** The form of both lists of users. */
export const listUsersFields: INodeProperties[] = [
	returnAllField,
	limitField,
	simplifyField,
	userFiltersField,
	optionsField,
];

/** Gives the users of a list, page by page, for each input item. */
export async function listUsersOf(
	list: UserList,
	context: IExecuteFunctions,
): Promise<INodeExecutionData[]> {
	return await forEachItem(
		context,
		certCentral,
		(_, itemIndex) => ({
			limit: readLimit(context, itemIndex),
			query: readUserFilters(context, itemIndex),
			simplify: readSimplify(context, itemIndex),
		}),
		async (session, { limit, query, simplify }) => {
			const users = await listUsers(session, list, query, limit);
			warnOfGaps(context, [users]);
			return users.entries.map((user) => toUserOutput(user, simplify));
		},
	);
}
