import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { isRecord } from '../values';
import { givenOptions } from './options';
import { refuseHidden, refuseItem } from './refuse';

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
 * @throws NodeOperationError that names the option and the item, and repeats nothing of the value
 */
export function readRecipientPublicKey<T>(
	context: IExecuteFunctions,
	itemIndex: number,
	take: (given: unknown) => T,
): T | undefined {
	const { name, displayName } = recipientPublicKeyField;
	const options = givenOptions(context, itemIndex);
	if (!(name in options)) return undefined;
	try {
		refuseHidden(context, itemIndex, displayName, options[name]);
		return take(options[name]);
	} catch (error) {
		throw isRefusal(error)
			? refuseItem(context, itemIndex, `'${displayName}' ${error.fault}`, error.advice)
			: toNodeError(context.getNode(), itemIndex, error);
	}
}
