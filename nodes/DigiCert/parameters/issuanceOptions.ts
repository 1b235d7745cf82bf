import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { inputError } from '../errors/build';
import type { IfNameExists } from '../issuance/existing';
import type { LostReply } from '../issuance/reconcile';
import { IF_NAME_EXISTS, LOST_REPLY, ROLL_BACK, VERIFY } from './issuanceFields';

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
