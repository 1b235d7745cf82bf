import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { isRecord } from '../values';
import { allowOwnKeyField, givenOptions, optionsFieldWith } from './options';
import { checkChoice, refuseHidden, refuserOf } from './refuse';

/** Option of each operation that puts a key out: whom it is encrypted to. */
export const recipientPublicKeyField: INodeProperties = {
	displayName: 'Recipient Public Key',
	name: 'recipientPublicKey',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. -----BEGIN PUBLIC KEY-----',
	description:
		'Public key of the person who is to get the API key, as PEM or JWK: RSA of 2048 bits or more, P-256, P-384, P-521 or X25519. The output then holds api_key_jwe, which only that person can open, in place of api_key.',
	builderHint: {
		propertyHint:
			'Set it whenever the key leaves the workflow to a person, and always when this node is an AI tool. A fixed text or a value of an earlier node, never one that a model gives.',
	},
};

/** What is thrown for a value of no use: a fault that goes on from the label, and what to do. */
function isRefusal(error: unknown): error is { fault: string; advice: string } {
	return isRecord(error) && typeof error.fault === 'string' && typeof error.advice === 'string';
}

/**
 * Reads whom the key of an item is encrypted to.
 *
 * @param take makes a recipient of what was given, and throws an error with `fault` and `advice`
 *   when that cannot be; both must repeat nothing of it
 * @returns undefined only where the option was not added: one that is there and gives nothing is
 *   refused, because the key would go out in clear text
 */
export function readRecipientPublicKey<T>(
	context: IExecuteFunctions,
	itemIndex: number,
	take: (given: unknown) => T,
): T | undefined {
	const { name, displayName } = recipientPublicKeyField;
	const options = givenOptions(context, itemIndex);
	if (!(name in options)) return undefined;
	const refuse = refuserOf(context, itemIndex);
	try {
		refuseHidden(refuse, displayName, options[name]);
		return take(options[name]);
	} catch (error) {
		throw isRefusal(error)
			? refuse(`'${displayName}' ${error.fault}`, error.advice)
			: toNodeError(context.getNode(), itemIndex, error);
	}
}

/** What is done when the owner has a live key of the same name. */
type IfNameExists = 'create' | 'skip' | 'fail';

/** What is done with a key whose value did not arrive: it is named, or switched off as well. */
type LostReply = 'report' | 'revoke';

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
	description:
		"What to do when the owner already has a live API key of the same name. A tag of 'Lost Reply' at the end of a name does not count.",
	builderHint: {
		propertyHint:
			"Use 'skip' in workflows that may run twice, such as scheduled ones. Never turn on Retry On Fail on this node; set On Error to 'continueErrorOutput' and connect the error output to whoever looks after keys.",
	},
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
			description:
				'Add a short random tag to the name, as in "Build server [n8n 7q4k2m]", and switch the key with this tag off',
		},
	],
	default: 'report',
	description:
		"What to do when DigiCert's answer to a creation does not arrive, because the API key may exist all the same. The node looks in DigiCert's list for it. Without a tag in its name, nothing proves that a listed key is the lost one, so it is only named.",
	builderHint: {
		propertyHint:
			"Use 'revoke' where nobody reads the errors. It adds a tag such as [n8n 7q4k2m] to the name of the key.",
	},
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
	displayName: `An AI model must not see an API key: set '${recipientPublicKeyField.displayName}' in the options, or deliver to a sub-workflow. The tool then gives the key encrypted, or not at all, and creates nothing otherwise.`,
	name: 'toolNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};

function withNotice(...options: INodeProperties[]): INodeProperties[] {
	return [TOOL_NOTICE, optionsFieldWith(...options)];
}

/** What creating and replacing a key have in common. */
const COMMON = [IF_NAME_EXISTS, LOST_REPLY, recipientPublicKeyField, ROLL_BACK, VERIFY];

/** Options of the operations that create a key for an owner who exists. */
export const issuanceOptionsFields = withNotice(...COMMON);

/** Options of the operations that replace a key, which can switch the old one off. */
export const rotationOptionsFields = withNotice(
	allowOwnKeyField("It concerns the old key, when 'After Hand-Over' switches it off."),
	...COMMON,
);

/** Options of the operation that creates a service user. */
export const serviceUserOptionsFields = withNotice(LOST_REPLY, recipientPublicKeyField, ROLL_BACK);

/**
 * Options of the operation that creates a subaccount. A lost key cannot be told for certain
 * there, because nobody knows the new account's ID, so it is only reported.
 */
export const subaccountOptionsFields = withNotice(recipientPublicKeyField, ROLL_BACK);

/** How a creating operation deals with names, lost answers, stops and new keys. */
export interface IssuanceOptions {
	readonly ifNameExists: IfNameExists;
	readonly lostReply: LostReply;
	readonly rollback: boolean;
	readonly verify: boolean;
}

/**
 * Reads the options of a creating operation; those that an operation does not have keep their
 * defaults. An option that is there and gives nothing is refused: by default, a second key would
 * be made where the user wants none.
 */
export function readIssuanceOptions(
	context: IExecuteFunctions,
	itemIndex: number,
): IssuanceOptions {
	const options = givenOptions(context, itemIndex);
	const refuse = refuserOf(context, itemIndex);

	function read<T>(
		{ name, displayName, default: usual }: INodeProperties & { default: T },
		values: readonly T[],
	): T {
		if (!(name in options)) return usual;
		const more = ' Correct it, or remove it to use the default.';
		return checkChoice(refuse, displayName, options[name], values, more);
	}
	return {
		ifNameExists: read(IF_NAME_EXISTS, ['create', 'fail', 'skip']),
		lostReply: read(LOST_REPLY, ['report', 'revoke']),
		rollback: read(ROLL_BACK, [true, false]),
		verify: read(VERIFY, [true, false]),
	};
}
