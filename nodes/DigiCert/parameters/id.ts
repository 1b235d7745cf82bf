import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isLeftEmpty, refuseHidden, refuserOf } from './refuse';
import type { Refuse } from './refuse';

interface Locator extends Pick<INodeProperties, 'displayName' | 'name' | 'description'> {
	/** The picker, by its name in `methods/listSearch.ts`. */
	readonly searchListMethod: string;
	readonly placeholder: string;
	/** One word that can be typed in place of digits. */
	readonly word?: string;
}

/** A field that picks one record: from a list that can be searched, or by its ID. */
function locatorField({ searchListMethod, placeholder, word, ...field }: Locator): INodeProperties {
	const digits = '[1-9][0-9]{0,15}';
	return {
		...field,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose…',
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder,
				// For the editor. When a workflow runs, `readId` checks.
				validation: [
					{
						type: 'regex',
						properties: {
							regex: `^\\s*${word === undefined ? digits : `(${digits}|${word})`}\\s*$`,
							errorMessage: 'Enter the numeric ID that DigiCert shows',
						},
					},
				],
			},
		],
	};
}

/** The CertCentral user or service user whom a key belongs to. */
export const userField = locatorField({
	displayName: 'User',
	name: 'userId',
	description: 'The user or service user whom the API key belongs to',
	searchListMethod: 'searchUsers',
	placeholder: 'e.g. 125039',
});

/** Whom User: Get looks up. The word `me` is documented for this call only (digicert-api.md A.5.1). */
export const userOrMeField = locatorField({
	displayName: 'User',
	name: 'userId',
	description: "The user or service user. By ID, 'me' is the user of the credential.",
	searchListMethod: 'searchUsers',
	placeholder: 'e.g. 125039 or me',
	word: 'me',
});

/** The partner subaccount that a key belongs to. */
export const subaccountField = locatorField({
	displayName: 'Subaccount',
	name: 'accountId',
	description:
		'The subaccount that the API key belongs to. DigiCert lists no subaccounts, so the list holds the accounts with a key, the parent account among them. Any other can be entered by ID.',
	searchListMethod: 'searchSubaccounts',
	placeholder: 'e.g. 67891',
});

const DESCRIPTION = 'The API key, by its ID. DigiCert shows the value of a key only once.';

/** A CertCentral API key. */
export const userKeyField = locatorField({
	displayName: 'API Key',
	name: 'keyId',
	description: DESCRIPTION,
	searchListMethod: 'searchUserKeys',
	placeholder: 'e.g. 184',
});

/** A Partner Subscriptions API key. */
export const subaccountKeyField = locatorField({
	displayName: 'API Key',
	name: 'keyId',
	description: DESCRIPTION,
	searchListMethod: 'searchSubaccountKeys',
	placeholder: 'e.g. 12346',
});

/**
 * A locator as a filter: without a value it filters nothing. The editor checks nothing of what is
 * typed: n8n (2.41) takes the fields of a collection for fields of the node when it checks them, and
 * would hold User: Get's `me` to what this one takes.
 */
function asFilter(locator: INodeProperties): INodeProperties {
	return {
		...locator,
		required: undefined,
		description: `Only the keys that belong to this ${locator.displayName.toLowerCase()}`,
		modes: locator.modes?.map((mode) => ({ ...mode, validation: undefined })),
	};
}

/** The owner as a filter of CertCentral keys. */
export const userFilter = asFilter(userField);

/** The owner as a filter of partner keys. */
export const subaccountFilter = asFilter(subaccountField);

/** What is wrong with a value as an ID, without repeating it: a key may have been pasted by mistake. */
function faultOf(value: unknown): string {
	if (value === undefined || value === null) return 'is empty';
	if (typeof value !== 'number' && typeof value !== 'string') return 'is not a number';
	const text = String(value).trim();
	if (text === '') return 'is empty';
	if (/^-/.test(text) || /^0+$/.test(text)) return 'is not above 0';
	if (/^\d+[.,]\d/.test(text)) return 'is not a whole number';
	if (!/^[1-9]\d*$/.test(text)) return 'holds something other than digits';
	return Number.isSafeInteger(Number(text)) ? '' : 'is larger than any ID can be';
}

/** The value of a resource locator, in any mode. */
function locatorValue(context: IExecuteFunctions, name: string, itemIndex: number): unknown {
	return context.getNodeParameter(name, itemIndex, undefined, { extractValue: true });
}

/**
 * Reads an ID from a resource locator.
 *
 * @returns a whole number from 1 to 2^53 - 1. Numbers and strings of digits are taken, and white
 *   space around the digits is dropped, because it cannot be part of an ID
 */
export function readId(
	context: IExecuteFunctions,
	{ name, displayName }: INodeProperties,
	itemIndex: number,
): number {
	const value = locatorValue(context, name, itemIndex);
	return checkId(refuserOf(context, itemIndex), displayName, value);
}

/** The same, for a field that also takes the word `me`. */
export function readIdOrMe(
	context: IExecuteFunctions,
	{ name, displayName }: INodeProperties,
	itemIndex: number,
): number | 'me' {
	const value = locatorValue(context, name, itemIndex);
	if (typeof value === 'string' && value.trim() === 'me') return 'me';
	return checkId(refuserOf(context, itemIndex), displayName, value);
}

/** Checks a value as an ID. */
export function checkId(refuse: Refuse, label: string, value: unknown): number {
	refuseHidden(refuse, label, value);
	const fault = faultOf(value);
	if (fault === '') return Number(value);
	throw refuse(
		`The ID in '${label}' ${fault}`,
		'Enter the numeric ID that DigiCert shows, such as 125039, or an expression that gives one.',
	);
}

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

/** Reads a list of IDs: digits with commas, one number, or a list from an expression. */
export function readContainerIds(context: IExecuteFunctions, itemIndex: number): number[] {
	const { name, displayName } = containerIdsField;
	// The empty field only: an expression without divisions did not ask for those of the administrator.
	if (isLeftEmpty(context, name, itemIndex)) return [];
	const value: unknown = context.getNodeParameter(name, itemIndex);
	const list: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	const entries = list.length === 0 ? [undefined] : list;
	const refuse = refuserOf(context, itemIndex);
	return entries.map((entry) => checkId(refuse, displayName, entry));
}
