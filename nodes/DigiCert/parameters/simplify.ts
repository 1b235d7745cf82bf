import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

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
