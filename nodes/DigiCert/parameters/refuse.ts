import type { IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

import { inputError } from '../errors/build';

/**
 * The error for an item whose parameters cannot be used. They are all checked before the first
 * request, so it can say that nothing was sent.
 *
 * @param fault what is wrong, with the parameter's label; must not repeat the value
 */
export function refuseItem(
	context: IExecuteFunctions,
	itemIndex: number,
	fault: string,
	advice: string,
): NodeOperationError {
	return inputError(
		context.getNode(),
		itemIndex,
		fault,
		`${advice} Nothing was sent for this item.`,
	);
}
