import type { INodeProperties } from 'n8n-workflow';

import type { IfNameExists } from '../issuance/existing';
import type { LostReply } from '../issuance/reconcile';
import { optionsFieldWith } from './options';
import { recipientPublicKeyField } from './recipientPublicKey';

/** What to do about a live key of the same name. */
export const IF_NAME_EXISTS: INodeProperties & { default: IfNameExists } = {
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

/** What to do about a key whose value did not arrive. */
export const LOST_REPLY: INodeProperties & { default: LostReply } = {
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

/** What to do about the keys of a run that stops. */
export const ROLL_BACK: INodeProperties & { default: boolean } = {
	displayName: 'Roll Back',
	name: 'rollback',
	type: 'boolean',
	default: true,
	description:
		'Whether to switch off the keys of this run when the node stops on an error or the execution is cancelled, because nobody receives them then',
};

/** Whether to try each new key. */
export const VERIFY: INodeProperties & { default: boolean } = {
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
