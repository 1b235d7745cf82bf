import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { wholeNumberOf } from '../values';
import { checkBoolean, refuserOf } from './refuse';

export const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

/** Reads how many results are wanted; Infinity for all. */
export function readLimit(context: IExecuteFunctions, itemIndex: number): number {
	const { name, displayName } = returnAllField;
	const refuse = refuserOf(context, itemIndex);
	const returnAll = context.getNodeParameter(name, itemIndex);
	if (checkBoolean(refuse, displayName, returnAll, 'Turn it on or off.')) {
		return Number.POSITIVE_INFINITY;
	}
	const limit = wholeNumberOf(context.getNodeParameter(limitField.name, itemIndex));
	if (limit !== undefined && limit >= 1) return limit;
	throw refuse(
		`'${limitField.displayName}' is not a whole number above 0`,
		"Correct it, or turn on 'Return All'.",
	);
}

/** For outputs of more than ten fields, by n8n's UX guidelines. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Whether a short output is wanted. */
export function readSimplify(context: IExecuteFunctions, itemIndex: number): boolean {
	return context.getNodeParameter(simplifyField.name, itemIndex) === true;
}
