import { tryToParseDateTime } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord, textOf } from '../values';
import { checkId, subaccountFilter, userFilter } from './id';
import { checkBoolean, isExpression, refuserOf } from './refuse';

const CREATED_BEFORE: INodeProperties = {
	displayName: 'Created Before',
	name: 'createdBefore',
	type: 'dateTime',
	default: '',
	description: 'Only keys that were created before this time',
};
export const EXCLUDE_ACME: INodeProperties = {
	displayName: 'Exclude ACME Directory URLs',
	name: 'excludeAcmeUrls',
	type: 'boolean',
	default: true,
	description: 'Whether to leave out the ACME directory URLs that DigiCert lists among the keys',
};
export const NAME_CONTAINS: INodeProperties = {
	displayName: 'Name Contains',
	name: 'nameContains',
	type: 'string',
	default: '',
	placeholder: 'e.g. server',
	description: 'A part of the name. Upper and lower case count as the same.',
};
const NOT_USED_SINCE: INodeProperties = {
	displayName: 'Not Used Since',
	name: 'notUsedSince',
	type: 'dateTime',
	default: '',
	description:
		'Only keys whose last use was before this time. A key that was never used counts from its creation.',
};

function statusFilter(off: { name: string; value: string }): INodeProperties {
	return {
		displayName: 'Status',
		name: 'status',
		type: 'options',
		default: 'active',
		description: 'Only keys with this status',
		options: [{ name: 'Active', value: 'active' }, off],
	};
}

/** A collection of filters, in alphabetical order. */
export function filterCollection(filters: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: filters,
	};
}

/**
 * ISO 8601 with a zone or without one, as n8n's date picker stores it, and with spaces, as SQL has
 * it. JavaScript and n8n take much more for a date: they find the year 2045 in `45`.
 */
const DATE_TIME =
	/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,30})?)?)(?: ?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?)?$/i;

/**
 * Reads a date or time that a user or an expression gives: text, a Date, or ms since 1970.
 *
 * @param timeZone the workflow's, in which text without a zone is meant
 * @returns an invalid date when the value is none
 */
function readDateTime(value: unknown, timeZone: string): Date {
	if (value instanceof Date || typeof value === 'number') return new Date(value);
	const [, day = '', time = '00:00', zone = ''] = DATE_TIME.exec(textOf(value).trim()) ?? [];
	// A day that no month has is taken for one of the next month.
	const isDay = new Date(day).getUTCDate() === Number(day.slice(-2));
	try {
		return tryToParseDateTime(isDay ? `${day}T${time}${zone}` : '', timeZone).toJSDate();
	} catch {
		return new Date(Number.NaN);
	}
}

/** Filters for CertCentral keys, in alphabetical order. */
export const userKeyFiltersField = filterCollection([
	CREATED_BEFORE,
	EXCLUDE_ACME,
	NAME_CONTAINS,
	NOT_USED_SINCE,
	statusFilter({ name: 'Revoked', value: 'revoked' }),
	userFilter,
]);

/** Filters for partner keys, in alphabetical order. */
export const subaccountKeyFiltersField = filterCollection([
	CREATED_BEFORE,
	NAME_CONTAINS,
	NOT_USED_SINCE,
	statusFilter({ name: 'Inactive', value: 'inactive' }),
	subaccountFilter,
]);

/** Access roles of CertCentral users (digicert-api.md A.3). */
export const ACCESS_ROLES = [
	{ name: 'Administrator', value: 1 },
	{ name: 'Finance Manager', value: 3 },
	{ name: 'Limited User', value: 2 },
	{ name: 'Manager', value: 4 },
	{ name: 'Standard User', value: 5 },
];

/** Filters that DigiCert itself applies to its lists of users (digicert-api.md A.5.2, A.5.3). */
export const userFiltersField = filterCollection([
	{
		displayName: 'Access Role',
		name: 'accessRoleId',
		type: 'options',
		default: 1,
		options: ACCESS_ROLES,
		description: 'Only the users with this role',
	},
	{
		displayName: 'Division ID',
		name: 'containerId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 5',
		description: 'Only the users of this division, which DigiCert also calls container',
	},
	{
		displayName: 'Search',
		name: 'search',
		type: 'string',
		default: '',
		placeholder: 'e.g. smith',
		description: 'A part of the username, the first or last name, or the email address',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'string',
		default: 'active',
		placeholder: 'e.g. active',
		description: 'In the words of DigiCert, such as active',
	},
]);

/** What keys are wanted. DigiCert can filter by user only, so the node looks through the list. */
export interface KeyFilters {
	readonly ownerId?: number;
	readonly status?: string;
	readonly nameContains?: string;
	readonly createdBefore?: Date;
	readonly notUsedSince?: Date;
	readonly excludeAcmeUrls: boolean;
}

/** What a resource locator holds, in any mode; workflows of version 0.1 hold the ID itself. */
function heldBy(given: unknown): unknown {
	return isRecord(given) && 'mode' in given ? given.value : given;
}

/**
 * The value of a filter that a user has added and filled in. One whose expression gives nothing, such
 * as an empty cell, is refused: without it, everything would be found, and maybe switched off.
 *
 * @param raw what the user entered: an expression itself, not what it gives
 */
export function filledIn(given: unknown, raw: unknown, ifNothing: () => Error): unknown {
	const value = heldBy(given);
	const isBlank = typeof value === 'string' && value.trim() === '';
	if (value === undefined || value === null || (isBlank && isExpression(heldBy(raw)))) {
		throw ifNothing();
	}
	return value === '' ? undefined : value;
}

/** What to do about a filter that cannot be used. */
export const CORRECT = 'Correct the filter or remove it.';

/** Reads the filters of an item one by one. */
function openFilters(context: IExecuteFunctions, itemIndex: number) {
	const filters = context.getNodeParameter('filters', itemIndex);
	const refuse = refuserOf(context, itemIndex);

	function given(name: string, label: string): unknown {
		if (!(name in filters)) return undefined;
		const path = `filters.${name}`;
		const raw: unknown = context.getNodeParameter(path, itemIndex, '', { rawExpressions: true });
		return filledIn(filters[name], raw, () => refuse(`'${label}' gives nothing`, CORRECT));
	}
	/** A text; an expression may give a number for it. */
	function readText(name: string, label: string): string | undefined {
		const value = given(name, label);
		if (value === undefined || typeof value === 'string') return value;
		if (typeof value === 'number' && Number.isFinite(value)) return String(value);
		throw refuse(`'${label}' is not text`, CORRECT);
	}
	function readId(name: string, label: string): number | undefined {
		const value = given(name, label);
		return value === undefined ? undefined : checkId(refuse, label, value);
	}
	return { refuse, given, readText, readId };
}

/** Reads the filters of a key list. */
export function readKeyFilters(
	context: IExecuteFunctions,
	itemIndex: number,
	ownerFilter: INodeProperties,
): KeyFilters {
	const { refuse, given, readText, readId } = openFilters(context, itemIndex);

	function readDate(name: string, label: string): Date | undefined {
		const value = given(name, label);
		if (value === undefined) return undefined;
		const date = readDateTime(value, context.getTimezone());
		if (Number.isNaN(date.getTime())) throw refuse(`'${label}' is not a date`, CORRECT);
		return date;
	}
	function readExcludeAcme(): boolean {
		const { name, displayName } = EXCLUDE_ACME;
		const value = given(name, displayName) ?? false;
		return checkBoolean(refuse, displayName, value, CORRECT);
	}
	return {
		ownerId: readId(ownerFilter.name, ownerFilter.displayName),
		status: readText('status', 'Status'),
		nameContains: readText('nameContains', 'Name Contains'),
		createdBefore: readDate('createdBefore', 'Created Before'),
		notUsedSince: readDate('notUsedSince', 'Not Used Since'),
		excludeAcmeUrls: readExcludeAcme(),
	};
}

/** DigiCert's form of a search for a part: a percent sign before the text (digicert-api.md A.1). */
export function searchQuery(text: string): IDataObject {
	return text === '' ? {} : { 'filters[search]': `%${text}` };
}

/** Reads the filters of a user list, in DigiCert's own form. */
export function readUserFilters(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const { readText, readId } = openFilters(context, itemIndex);
	const query = {
		...searchQuery(readText('search', 'Search') ?? ''),
		'filters[status]': readText('status', 'Status'),
		container_id: readId('containerId', 'Division ID'),
		access_role_id: readId('accessRoleId', 'Access Role'),
	};
	return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
