import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { refuseHidden } from './hidden';
import { refuseItem } from './refuse';

/** Longest key name the partner API takes, in characters (digicert-api.md B.2.3). CertCentral documents no limit. */
export const LONGEST_PARTNER_NAME = 200;

/** The name of a key that is created. */
export const keyNameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Production API Key',
	description: 'Name of the new API key, as it appears in lists at DigiCert',
};

/** The same for operations that can find a name themselves. */
export function optionalNameField(description: string): INodeProperties {
	return { ...keyNameField, required: undefined, description };
}

/** Characters as people count them: a surrogate pair is one. */
function lengthOf(text: string): number {
	return [...text].length;
}

/**
 * Reads a text that names something. It is passed on as it is, with any white space around it.
 *
 * @param field the field's description; its label goes into the error
 * @param longest most characters the API takes
 * @throws NodeOperationError that names the parameter and the item
 */
export function readName(
	context: IExecuteFunctions,
	{ name: parameter, displayName }: INodeProperties,
	itemIndex: number,
	longest = Number.POSITIVE_INFINITY,
): string {
	const name = readOptionalName(context, { name: parameter, displayName }, itemIndex, longest);
	if (name !== undefined) return name;
	throw refuseItem(context, itemIndex, `'${displayName}' is empty`, 'Enter a text.');
}

/** The same for a field that may be left empty; undefined then. */
export function readOptionalName(
	context: IExecuteFunctions,
	{ name: parameter, displayName }: Pick<INodeProperties, 'name' | 'displayName'>,
	itemIndex: number,
	longest = Number.POSITIVE_INFINITY,
): string | undefined {
	const value: unknown = context.getNodeParameter(parameter, itemIndex);
	refuseHidden(context, itemIndex, displayName, value);
	const refuse = (fault: string, advice: string) =>
		refuseItem(context, itemIndex, `'${displayName}' ${fault}`, advice);

	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string' && !Number.isFinite(value)) {
		throw refuse('is not text', 'Enter a text, or an expression that gives one.');
	}
	const name = String(value);
	if (name.trim() === '') return undefined;
	const length = lengthOf(name);
	if (length > longest) {
		throw refuse(
			`has ${length} characters, and DigiCert takes ${longest} at most`,
			'Enter a shorter one.',
		);
	}
	return name;
}
