import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { inputError } from '../errors/build';

/** Longest key name the partner API takes, in characters (digicert-api.md B.2.3). CertCentral documents no limit. */
export const LONGEST_PARTNER_NAME = 200;

export const keyNameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Production API Key',
	description: 'Name of the new API key, as it appears in lists at DigiCert',
};

/** Characters as people count them: a surrogate pair is one. */
function lengthOf(text: string): number {
	return [...text].length;
}

/**
 * Reads the name of a key. It is passed on as it is, with any white space around it.
 *
 * @param longest most characters the API takes
 * @throws NodeOperationError that names the parameter and the item
 */
export function readKeyName(
	context: IExecuteFunctions,
	itemIndex: number,
	longest = Number.POSITIVE_INFINITY,
): string {
	const value: unknown = context.getNodeParameter(keyNameField.name, itemIndex);
	const refuse = (fault: string, advice: string) =>
		inputError(
			context.getNode(),
			itemIndex,
			`'${keyNameField.displayName}' ${fault}`,
			`${advice} Nothing was sent for this item.`,
		);

	if (value === undefined || value === null) {
		throw refuse('is empty', 'Enter a name for the API key.');
	}
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw refuse('is not text', 'Enter a text, or an expression that gives one.');
	}
	const name = String(value);
	if (name.trim() === '') {
		throw refuse('is empty', 'Enter a name for the API key.');
	}
	const length = lengthOf(name);
	if (length > longest) {
		throw refuse(
			`has ${length} characters, and DigiCert takes ${longest} at most`,
			'Enter a shorter name.',
		);
	}
	return name;
}
