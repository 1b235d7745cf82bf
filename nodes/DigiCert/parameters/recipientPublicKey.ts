import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Recipient } from '../encryption/recipient';
import { readRecipient } from '../encryption/recipient';
import { UnusableKey } from '../encryption/unusableKey';
import { toNodeError } from '../errors/build';
import { refuseHidden } from './hidden';
import { refuseItem } from './refuse';

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
};

/**
 * Reads whom the key of an item is encrypted to.
 *
 * @returns undefined only where the option was not added: one that is there and gives nothing is
 * refused, because the key would go out in clear text
 * @throws NodeOperationError that names the option and the item, and repeats nothing of the value
 */
export function readRecipientPublicKey(
	context: IExecuteFunctions,
	itemIndex: number,
): Recipient | undefined {
	const { name, displayName } = recipientPublicKeyField;
	const options = context.getNodeParameter('options', itemIndex);
	if (!(name in options)) return undefined;
	try {
		refuseHidden(context, itemIndex, displayName, options[name]);
		return readRecipient(options[name]);
	} catch (error) {
		throw error instanceof UnusableKey
			? refuseItem(context, itemIndex, `'${displayName}' ${error.fault}`, error.advice)
			: toNodeError(context.getNode(), itemIndex, error);
	}
}
