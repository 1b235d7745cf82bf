import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { KeyFacts } from '../digicert/keyFacts';
import { isReadable } from '../digicert/keyFacts';
import { readDateTime } from './dateTime';
import { checkId } from './id';
import { refuseItem } from './refuse';

/** What keys are wanted. DigiCert can filter by user only, so the node looks through the list. */
export interface KeyFilters {
	readonly ownerId?: number;
	readonly status?: string;
	readonly nameContains?: string;
	readonly createdBefore?: Date;
	readonly notUsedSince?: Date;
	readonly excludeAcmeUrls?: boolean;
}

/** The filters that a user has added and filled in. */
function given(filters: IDataObject, name: string): unknown {
	const value = filters[name];
	return value === '' || value === null ? undefined : value;
}

/**
 * Reads the filters of a key list.
 *
 * @param ownerField name and label of the filter by owner
 * @throws NodeOperationError that names the filter and the item
 */
export function readKeyFilters(
	context: IExecuteFunctions,
	itemIndex: number,
	ownerField: 'userId' | 'accountId',
): KeyFilters {
	const filters = context.getNodeParameter('filters', itemIndex);
	const refuse = (label: string, fault: string) =>
		refuseItem(context, itemIndex, `'${label}' ${fault}`, 'Correct the filter or remove it.');

	function readText(name: string, label: string): string | undefined {
		const value = given(filters, name);
		if (value === undefined || typeof value === 'string') return value;
		throw refuse(label, 'is not text');
	}
	function readDate(name: string, label: string): Date | undefined {
		const value = given(filters, name);
		if (value === undefined) return undefined;
		const date = readDateTime(value, context.getTimezone());
		if (!isReadable(date)) throw refuse(label, 'is not a date');
		return date;
	}
	function readOwner(): number | undefined {
		const value = given(filters, ownerField);
		const label = ownerField === 'userId' ? 'User ID' : 'Subaccount ID';
		return value === undefined ? undefined : checkId(context, label, value, itemIndex);
	}
	return {
		ownerId: readOwner(),
		status: readText('status', 'Status'),
		nameContains: readText('nameContains', 'Name Contains'),
		createdBefore: readDate('createdBefore', 'Created Before'),
		notUsedSince: readDate('notUsedSince', 'Not Used Since'),
		excludeAcmeUrls: filters.excludeAcmeUrls === true,
	};
}

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
