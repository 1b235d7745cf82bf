import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readId } from './id';
import { optionalNameField, readOptionalName } from './keyName';

/** The name of a successor. */
export const successorNameField = optionalNameField(
	'Name of the new API key. Leave it empty to take the old name.',
);

/** What a user wants to rotate. */
export interface Rotation {
	readonly itemIndex: number;
	readonly keyId: number;
	/** Undefined to take the old name. */
	readonly name: string | undefined;
}

/**
 * Reads which key is to be rotated.
 *
 * @param keyField picks the old key
 * @param longestName most characters the API takes
 * @throws NodeOperationError that names the parameter and the item
 */
export function readRotation(
	context: IExecuteFunctions,
	itemIndex: number,
	keyField: INodeProperties,
	longestName?: number,
): Rotation {
	return {
		itemIndex,
		keyId: readId(context, keyField, itemIndex),
		name: readOptionalName(context, successorNameField, itemIndex, longestName),
	};
}
