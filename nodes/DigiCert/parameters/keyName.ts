import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { readHandOver, rotationHandOverFields } from './handOver';
import { readId } from './id';
import { readAllowOwnKey } from './options';
import { isLeftEmpty, refuseHidden, refuserOf } from './refuse';

/** The name of a key that is created. */
export const keyNameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Production API Key',
	description:
		"Name of the new API key, as it appears in lists at DigiCert. DigiCert's console also calls it Description.",
};

/** The same for operations that can find a name themselves. */
export function newNameField(description: string): INodeProperties {
	return { ...keyNameField, displayName: 'New Name', required: undefined, description };
}

/** The name of a successor. */
export const successorNameField = newNameField(
	'Name of the new API key. Leave it empty to take the old name.',
);

/** What shows nothing: white space, control characters, and all that takes no room in a line. */
const INVISIBLE = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * Reads a text that names something. It is passed on as it is, with any white space around it.
 *
 * @param longest most characters the API takes
 */
export function readName(
	context: IExecuteFunctions,
	{ name: parameter, displayName }: Pick<INodeProperties, 'name' | 'displayName'>,
	itemIndex: number,
	longest = Number.POSITIVE_INFINITY,
): string {
	const value: unknown = context.getNodeParameter(parameter, itemIndex);
	const refuse = refuserOf(context, itemIndex);
	refuseHidden(refuse, displayName, value);
	const advice = 'Enter a text, or an expression that gives one.';
	if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) {
		throw refuse(`'${displayName}' is empty`, advice);
	}
	if (typeof value !== 'string' && !Number.isFinite(value)) {
		throw refuse(`'${displayName}' is not text`, advice);
	}
	const name = String(value);
	if (INVISIBLE.test(name)) {
		throw refuse(
			`'${displayName}' has no character that can be seen`,
			'Enter a text that people can read.',
		);
	}
	// Characters as people count them: a surrogate pair is one.
	const { length } = [...name];
	if (length > longest) {
		throw refuse(
			`'${displayName}' has ${length} characters, and DigiCert takes ${longest} at most`,
			'Enter a shorter one.',
		);
	}
	return name;
}

/** The same for a field that may be left empty; undefined then. */
export function readOptionalName(
	context: IExecuteFunctions,
	field: INodeProperties,
	itemIndex: number,
	longest?: number,
): string | undefined {
	if (isLeftEmpty(context, field.name, itemIndex)) return undefined;
	return readName(context, field, itemIndex, longest);
}

/** What a user wants to rotate. */
export interface Rotation {
	readonly keyId: number;
	/** Undefined to take the old name. */
	readonly name: string | undefined;
	/** Whether the old key is switched off after the hand-over. */
	readonly switchOffOld: boolean;
	/** Whether that may be even the credential's own key. */
	readonly allowOwnKey: boolean;
}

/** Reads which key is to be rotated, and what its successor is called. */
export function readRotation(
	context: IExecuteFunctions,
	itemIndex: number,
	keyField: INodeProperties,
	longest?: number,
): Rotation {
	return {
		keyId: readId(context, keyField, itemIndex),
		name: readOptionalName(context, successorNameField, itemIndex, longest),
		switchOffOld: readHandOver(context, itemIndex, rotationHandOverFields)?.switchOffOld === true,
		allowOwnKey: readAllowOwnKey(context, itemIndex),
	};
}
