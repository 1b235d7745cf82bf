import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { checkId } from './id';

/** The divisions that a service user is limited to (digicert-api.md A.5.4). */
export const containerIdsField: INodeProperties = {
	displayName: 'Division IDs',
	name: 'containerIds',
	type: 'string',
	default: '',
	placeholder: 'e.g. 5, 12',
	description:
		'IDs of the divisions that the service user may reach, separated by commas. Leave it empty for those of the administrator who creates it.',
};

/**
 * Reads a list of IDs: digits with commas, one number, or a list from an expression.
 *
 * @returns empty when nothing is given
 * @throws NodeOperationError that names the parameter and the item
 */
export function readContainerIds(context: IExecuteFunctions, itemIndex: number): number[] {
	const value: unknown = context.getNodeParameter(containerIdsField.name, itemIndex);
	const entries: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	if (entries.length === 1 && String(entries[0]).trim() === '') return [];
	return entries.map((entry) => checkId(context, containerIdsField.displayName, entry, itemIndex));
}
