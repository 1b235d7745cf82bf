import type { KeyFilters } from '../parameters/keyFilters';
import type { KeyFacts } from './keyFacts';

/** Whether a key passes the filters that DigiCert cannot apply itself. */
export function passes(
	{ ownerId, name, status, createdAt, lastUsedAt }: KeyFacts,
	filters: KeyFilters,
): boolean {
	const { nameContains, createdBefore, notUsedSince } = filters;
	const before = (time: Date | undefined, limit: Date) => time !== undefined && time < limit;
	return (
		(filters.ownerId === undefined || ownerId === filters.ownerId) &&
		(filters.status === undefined || status === filters.status) &&
		(nameContains === undefined || name.toLowerCase().includes(nameContains.toLowerCase())) &&
		(createdBefore === undefined || before(createdAt, createdBefore)) &&
		(notUsedSince === undefined || before(lastUsedAt ?? createdAt, notUsedSince))
	);
}
