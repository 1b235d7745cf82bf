import type { FindingThresholds } from '../parameters/findings';
import { isLive } from './keyFacts';
import type { KeyFacts } from './keyFacts';
import { baseNameOf } from './keyNames';

/**
 * What a reviewer would note of a key. The codes do not change with the thresholds: workflows
 * compare with them.
 */
export type Finding =
	| 'never_used'
	| 'unused_90_days'
	| 'older_than_365_days'
	| 'no_restriction'
	| 'owned_by_person'
	| 'same_name'
	| 'inactive_owner';

/** Whom a key may belong to, as DigiCert lists it. */
export interface Owner {
	readonly id: number;
	/** In DigiCert's own words, such as `active`; undefined when it tells none. */
	readonly status?: unknown;
}

/** The owners that were looked up. A list that is not there tells nothing. */
export interface Owners {
	/** All service users (digicert-api.md A.5.3): whoever is not among them is a person. */
	readonly serviceUsers?: readonly Owner[];
	readonly people?: readonly Owner[];
}

const DAY = 24 * 60 * 60 * 1000;

/** Whether a time is told, and is longer ago than that. */
function isLongAgo(time: Date | undefined, days: number, now: Date): boolean {
	return time !== undefined && now.getTime() - time.getTime() > days * DAY;
}

/** Whether DigiCert shows an owner as other than active. */
function isInactive({ status }: Owner): boolean {
	return typeof status === 'string' && status !== '' && !isLive({ status });
}

/** Keys of one owner and name have the same. */
function placeOf({ ownerId, name }: KeyFacts): string {
	return JSON.stringify([ownerId, baseNameOf(name)]);
}

/**
 * Notes what stands out in a list of keys, by what the lists tell. Keys that are switched off and
 * ACME directory URLs (digicert-api.md A.4.2) have no findings.
 *
 * @param keys the whole list, so that another key of the same name is seen
 * @returns the findings of each key, by its ID
 */
export function findingsOf(
	keys: readonly KeyFacts[],
	{ serviceUsers, people }: Owners,
	{ unusedDays, oldDays }: FindingThresholds,
	now: Date,
): ReadonlyMap<number, Finding[]> {
	const inUse = keys.filter((key) => isLive(key) && key.record.is_acme_directory_url !== true);
	const taken = new Set<string>();
	const shared = new Set<string>();
	for (const place of inUse.map(placeOf)) (taken.has(place) ? shared : taken).add(place);
	const machines = serviceUsers && new Set(serviceUsers.map(({ id }) => id));
	const inactive = new Set(
		[...(serviceUsers ?? []), ...(people ?? [])].filter(isInactive).map(({ id }) => id),
	);

	const findings = new Map<number, Finding[]>(keys.map(({ id }) => [id, []]));
	for (const key of inUse) {
		const { id, ownerId, createdAt, lastUsedAt, record } = key;
		const judged: Array<[Finding, boolean]> = [
			['never_used', lastUsedAt === undefined],
			['unused_90_days', isLongAgo(lastUsedAt ?? createdAt, unusedDays, now)],
			['older_than_365_days', isLongAgo(createdAt, oldDays, now)],
			['no_restriction', String(record.restricted_to_role_id) === '0'],
			['owned_by_person', ownerId !== undefined && machines?.has(ownerId) === false],
			['same_name', ownerId !== undefined && shared.has(placeOf(key))],
			['inactive_owner', ownerId !== undefined && inactive.has(ownerId)],
		];
		findings.set(
			id,
			judged.filter(([, isSo]) => isSo).map(([finding]) => finding),
		);
	}
	return findings;
}
