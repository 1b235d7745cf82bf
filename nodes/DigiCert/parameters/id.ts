import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { inputError } from '../errors/build';

/** What is wrong with a value as an ID, without repeating it: a key may have been pasted by mistake. */
function faultOf(value: unknown): string {
	if (value === undefined || value === null || value === '') return 'is empty';
	if (typeof value !== 'number' && typeof value !== 'string') return 'is not a number';
	const text = String(value).trim();
	if (text === '') return 'is empty';
	if (/^-/.test(text) || /^0+$/.test(text)) return 'is not above 0';
	if (/^\d+[.,]\d+$/.test(text)) return 'is not a whole number';
	if (!/^[1-9]\d*$/.test(text)) return 'holds something other than digits';
	return Number.isSafeInteger(Number(text)) ? '' : 'is larger than any ID can be';
}

/**
 * Reads an ID from a resource locator.
 *
 * @param field the field's description; its label goes into the error
 * @returns a whole number from 1 to 2^53 - 1. Numbers and strings of digits are taken, and white
 *   space around the digits is dropped, because it cannot be part of an ID
 * @throws NodeOperationError that names the parameter and the item
 */
export function readId(
	context: IExecuteFunctions,
	{ name, displayName }: INodeProperties,
	itemIndex: number,
): number {
	const value: unknown = context.getNodeParameter(name, itemIndex, undefined, {
		extractValue: true,
	});
	const fault = faultOf(value);
	if (fault !== '') {
		throw inputError(
			context.getNode(),
			itemIndex,
			`The ID in '${displayName}' ${fault}`,
			`Enter the numeric ID that DigiCert shows, such as 125039, or an expression that gives one. Nothing was sent for this item.`,
		);
	}
	return Number(value);
}
