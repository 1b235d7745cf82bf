import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { inputError } from '../errors/build';
import type { IfNameExists } from '../issuance/existing';
import type { LostReply } from '../issuance/reconcile';
import { optionsFieldWith } from './options';
import { recipientPublicKeyField } from './recipientPublicKey';

const IF_NAME_EXISTS: INodeProperties & { default: IfNameExists } = {
	displayName: 'If Name Exists',
	name: 'ifNameExists',
	type: 'options',
	options: [
		{ name: 'Create Another', value: 'create', description: 'Do not look for it' },
		{ name: 'Fail', value: 'fail', description: 'Report an error for the item and create nothing' },
		{
			name: 'Skip',
			value: 'skip',
			description: 'Put the existing key out, without its value, and create nothing',
		},
	],
	default: 'create',
	description: 'What to do when the owner already has a live API key of the same name',
};

const LOST_REPLY: INodeProperties & { default: LostReply } = {
	displayName: 'Lost Reply',
	name: 'lostReply',
	type: 'options',
	options: [
		{ name: 'Report', value: 'report', description: 'Name the keys that it may have created' },
		{
			name: 'Switch Off',
			value: 'revoke',
			description: 'Switch the key off if exactly one fits, and report it',
		},
	],
	default: 'report',
	description:
		"What to do about a key that DigiCert may have created when its answer did not arrive. The node looks in DigiCert's list for live keys of that name and owner that were made since and never used.",
};

const ROLL_BACK: INodeProperties & { default: boolean } = {
	displayName: 'Roll Back',
	name: 'rollback',
	type: 'boolean',
	default: true,
	description:
		'Whether to switch off the keys of this run when the node stops on an error or the execution is cancelled, because nobody receives them then',
};

const VERIFY: INodeProperties & { default: boolean } = {
	displayName: 'Verify',
	name: 'verify',
	type: 'boolean',
	default: false,
	description:
		'Whether to try the new key with one read-only call and put the result out as verified. It may count as the first use of the key.',
};

/** Shown when the node is added as an AI tool. */
const TOOL_NOTICE: INodeProperties = {
	displayName: `An AI model must not see an API key: set '${recipientPublicKeyField.displayName}' in the options. The tool then gives the key encrypted, and creates nothing without it.`,
	name: 'toolNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};

function withNotice(...options: INodeProperties[]): INodeProperties[] {
	return [TOOL_NOTICE, optionsFieldWith(...options)];
}

/** Options of the operations that create a key for an owner who exists. */
export const issuanceOptionsFields = withNotice(
	IF_NAME_EXISTS,
	LOST_REPLY,
	recipientPublicKeyField,
	ROLL_BACK,
	VERIFY,
);

/** Options of the operation that creates a service user. */
export const serviceUserOptionsFields = withNotice(LOST_REPLY, recipientPublicKeyField, ROLL_BACK);

/**
 * Options of the operation that creates a subaccount. A lost key cannot be told for certain
 * there, because nobody knows the new account's ID, so it is only reported.
 */
export const subaccountOptionsFields = withNotice(recipientPublicKeyField, ROLL_BACK);

/** How a run deals with names, lost answers, stops and new keys. */
export interface IssuanceOptions {
	readonly ifNameExists: IfNameExists;
	readonly lostReply: LostReply;
	readonly rollback: boolean;
	readonly verify: boolean;
}

function isIfNameExists(value: unknown): value is IfNameExists {
	return value === 'create' || value === 'fail' || value === 'skip';
}

function isLostReply(value: unknown): value is LostReply {
	return value === 'report' || value === 'revoke';
}

function isBoolean(value: unknown): value is boolean {
	return typeof value === 'boolean';
}

/**
 * Reads the options of a creating operation. They steer the whole run, so the first item's values
 * hold for all.
 *
 * @throws NodeOperationError that names the option
 */
export function readIssuanceOptions(context: IExecuteFunctions): IssuanceOptions {
	const options = context.getNodeParameter('options', 0);

	function read<T>(
		field: INodeProperties & { default: T },
		isWanted: (value: unknown) => value is T,
		wanted: string,
	): T {
		const value = options[field.name] ?? field.default;
		if (isWanted(value)) return value;
		throw inputError(
			context.getNode(),
			undefined,
			`'${field.displayName}' is none of its values`,
			`An expression has to give ${wanted}. Correct it, or remove it to use the default. Nothing was sent.`,
		);
	}
	return {
		ifNameExists: read(IF_NAME_EXISTS, isIfNameExists, 'create, fail or skip'),
		lostReply: read(LOST_REPLY, isLostReply, 'report or revoke'),
		rollback: read(ROLL_BACK, isBoolean, 'true or false'),
		verify: read(VERIFY, isBoolean, 'true or false'),
	};
}
