import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { checkId } from './id';
import { filterCollection, openFilters } from './keyFilters';

/** Access roles of CertCentral users (digicert-api.md A.3). */
const ACCESS_ROLES = [
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

/** DigiCert's form of a search for a part: a percent sign before the text (digicert-api.md A.1). */
export function searchQuery(text: string): IDataObject {
	return text === '' ? {} : { 'filters[search]': `%${text}` };
}

/**
 * Reads the filters of a user list, in DigiCert's own form.
 *
 * @throws NodeOperationError that names the filter and the item
 */
export function readUserFilters(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const { refuse, given } = openFilters(context, itemIndex);
	function readText(name: string, label: string): string | undefined {
		const value = given(name, label);
		if (value === undefined || typeof value === 'string') return value;
		if (typeof value === 'number' && Number.isFinite(value)) return String(value);
		throw refuse(label, 'is not text');
	}
	function readNumber(name: string, label: string): number | undefined {
		const value = given(name, label);
		return value === undefined ? undefined : checkId(context, label, value, itemIndex);
	}
	const query = {
		...searchQuery(readText('search', 'Search') ?? ''),
		'filters[status]': readText('status', 'Status'),
		container_id: readNumber('containerId', 'Division ID'),
		access_role_id: readNumber('accessRoleId', 'Access Role'),
	};
	return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
