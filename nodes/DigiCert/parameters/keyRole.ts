import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { refuserOf } from './refuse';

/** Role restrictions of a CertCentral key (digicert-api.md A.3). */
export const keyRoleField = {
	displayName: 'Role Restriction',
	name: 'restrictedToRoleId',
	type: 'options',
	default: 0,
	description:
		"What the new API key may do at most; it never gets more rights than its user has. DigiCert's console calls this API key restrictions.",
	options: [
		{
			name: 'None',
			value: 0,
			description: 'Everything that the user may do',
		},
		{
			name: 'Orders',
			value: 100,
			description: 'Orders, requests and certificates only',
		},
		{
			name: 'Orders, Domains, Organizations',
			value: 101,
			description: 'Orders, requests, organizations and domains only',
		},
		{
			name: 'User Management',
			value: 103,
			description: 'Users only',
		},
		{
			name: 'View Only',
			value: 102,
			description: 'Reading only',
		},
	],
} satisfies INodeProperties;

/** For an existing key, whose restriction can also stay as it is. */
export const changedRoleField = {
	...keyRoleField,
	default: 'keep',
	description:
		"What the API key may do at most; it never gets more rights than its user has. DigiCert's console calls this API key restrictions.",
	options: [
		{
			name: 'Keep as It Is',
			value: 'keep',
			description: 'The restriction that the key has now',
		},
		...keyRoleField.options,
	],
} satisfies INodeProperties;

/** Reads the role restriction, which an expression may give as a number or as digits. */
export function readKeyRole(context: IExecuteFunctions, itemIndex: number): number {
	const value: unknown = context.getNodeParameter(keyRoleField.name, itemIndex);
	const given = typeof value === 'string' ? value.trim() : value;
	const role = keyRoleField.options.find(
		(option) => option.value === given || String(option.value) === given,
	);
	if (role !== undefined) return role.value;
	const roles = keyRoleField.options.map((option) => `${option.value} (${option.name})`);
	throw refuserOf(context, itemIndex)(
		`'${keyRoleField.displayName}' is not one of DigiCert's roles`,
		`Use one of ${roles.sort().join(', ')}.`,
	);
}

/** The same for a key that exists; undefined when its restriction stays as it is. */
export function readChangedRole(context: IExecuteFunctions, itemIndex: number): number | undefined {
	const value: unknown = context.getNodeParameter(changedRoleField.name, itemIndex);
	return value === 'keep' ? undefined : readKeyRole(context, itemIndex);
}
