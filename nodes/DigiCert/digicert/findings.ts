import type { FindingThresholds } from '../parameters/options';
import { isLive } from './keyFacts';
import type { KeyFacts, Listing } from './keyFacts';
import { placeOf } from './keyNames';
import type { User } from './users';

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

const DAY = 24 * 60 * 60 * 1000;

/** Whether a time is told, and is longer ago than that. */
function isLongAgo(time: Date | undefined, days: number, now: Date): boolean {
	return time !== undefined && now.getTime() - time.getTime() > days * DAY;
}

/** Whether DigiCert shows a user as other than active. */
function isInactive({ status }: User): boolean {
	return typeof status === 'string' && status !== '' && !isLive({ status });
}

/**
 * Notes what stands out in a list of keys, by what the lists tell. Keys that are switched off and
 * ACME directory URLs (digicert-api.md A.4.2) have no findings.
 *
 * @param keys the whole list, so that another key of the same name is seen
 * @param serviceUsers (digicert-api.md A.5.3): whoever is not in a complete list is a person;
 *   undefined where they were not looked up, which tells nothing
 * @returns the findings of each key, by its ID
 */
export function findingsOf(
	keys: readonly KeyFacts[],
	serviceUsers: Listing<User> | undefined,
	{ unusedDays, oldDays }: FindingThresholds,
	now: Date,
): ReadonlyMap<number, Finding[]> {
	const inUse = keys.filter((key) => isLive(key) && key.record.is_acme_directory_url !== true);
	const taken = new Set<string>();
	const shared = new Set<string>();
	const places = inUse.map(({ ownerId, name }) => placeOf(ownerId, name));
	for (const place of places) (taken.has(place) ? shared : taken).add(place);
	const { entries: machines = [], isComplete = false } = serviceUsers ?? {};
	const machineIds = new Set(machines.map(({ id }) => id));
	const inactive = new Set<number | undefined>(machines.filter(isInactive).map(({ id }) => id));

	const findings = new Map<number, Finding[]>(keys.map(({ id }) => [id, []]));
	for (const key of inUse) {
		const { id, name, ownerId, createdAt, lastUsedAt, record } = key;
		const judged: Array<[Finding, boolean]> = [
			['never_used', lastUsedAt === undefined],
			['unused_90_days', isLongAgo(lastUsedAt ?? createdAt, unusedDays, now)],
			['older_than_365_days', isLongAgo(createdAt, oldDays, now)],
			['no_restriction', String(record.restricted_to_role_id) === '0'],
			['owned_by_person', isComplete && ownerId !== undefined && !machineIds.has(ownerId)],
			['same_name', ownerId !== undefined && shared.has(placeOf(ownerId, name))],
			['inactive_owner', inactive.has(ownerId)],
		];
		findings.set(
			id,
			judged.filter(([, isSo]) => isSo).map(([finding]) => finding),
		);
	}
	return findings;
}
