import type { INodeProperties } from 'n8n-workflow';

const CREATED_BEFORE: INodeProperties = {
	displayName: 'Created Before',
	name: 'createdBefore',
	type: 'dateTime',
	default: '',
	description: 'Only keys that were created before this time',
};
const NAME_CONTAINS: INodeProperties = {
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

function ownerFilter(displayName: string, name: string, placeholder: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder,
		description: 'Only the keys that belong to this ID',
	};
}

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

function filterCollection(filters: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: filters,
	};
}

/** Filters for CertCentral keys, in alphabetical order. */
export const userKeyFiltersField = filterCollection([
	CREATED_BEFORE,
	{
		displayName: 'Exclude ACME Directory URLs',
		name: 'excludeAcmeUrls',
		type: 'boolean',
		default: true,
		description: 'Whether to leave out the ACME directory URLs that DigiCert lists among the keys',
	},
	NAME_CONTAINS,
	NOT_USED_SINCE,
	statusFilter({ name: 'Revoked', value: 'revoked' }),
	ownerFilter('User ID', 'userId', 'e.g. 125039'),
]);

/** Filters for partner keys, in alphabetical order. */
export const subaccountKeyFiltersField = filterCollection([
	CREATED_BEFORE,
	NAME_CONTAINS,
	NOT_USED_SINCE,
	statusFilter({ name: 'Inactive', value: 'inactive' }),
	ownerFilter('Subaccount ID', 'accountId', 'e.g. 67891'),
]);
