import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { isLive, isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { openSession } from '../http/repeating';
import type { Session } from '../http/repeating';
import type { DigiCertApi } from '../digicert/apis';
import { connect } from '../http/client';
import { createPacer } from '../http/pacing';

/** Longest wait for a list while somebody looks at the editor, in ms. */
const TIMEOUT = 15_000;

/**
 * Runs a look-up for a picker.
 *
 * @throws a node error with DigiCert's reason, so that a refused look-up is not taken for an empty
 *   list
 */
export async function search(
	context: ILoadOptionsFunctions,
	api: DigiCertApi,
	lookUp: (session: Session) => Promise<INodeListSearchResult>,
): Promise<INodeListSearchResult> {
	try {
		const client = await connect(context, api, TIMEOUT);
		const never = () => false;
		return await lookUp(openSession(client, createPacer(TIMEOUT, never), never));
	} catch (error) {
		throw toNodeError(context.getNode(), undefined, error);
	}
}

/** Whether any of the texts holds what was typed. Upper and lower case count as the same. */
export function matches(texts: readonly string[], filter = ''): boolean {
	const wanted = filter.trim().toLowerCase();
	return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** A day as pickers show it. Throws RangeError for a date that cannot be read. */
function dayOf(date: Date): string {
	return date.toISOString().slice(0, 10);
}

/** The last use of a key as pickers show it. */
export function describeUse(date: Date | undefined): string {
	if (date === undefined) return 'never used';
	return isReadable(date) ? `last used ${dayOf(date)}` : 'last use unknown';
}

/** Most entries that a picker shows at a time; the editor asks for more when it is scrolled. */
export const PAGE = 50;

/**
 * One page of a list that DigiCert gives whole.
 *
 * @param token what the page before told
 */
export function pageOf(
	results: readonly INodeListSearchItems[],
	token = '0',
): INodeListSearchResult {
	const end = Number(token) + PAGE;
	return {
		results: results.slice(Number(token), end),
		paginationToken: end < results.length ? String(end) : undefined,
	};
}

/**
 * A key as pickers show it, such as "Deploy (184, created 2026-01-02, never used, Ben Brook)": what
 * tells two keys of one name apart comes first, because the editor cuts long lines.
 *
 * @param owner whose it is
 */
function labelOf(key: KeyFacts, owner: string): string {
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
export function toKeyItems(
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
		.map((key) => ({ name: labelOf(key, ownerOf(key)), value: String(key.id) }));
}
