import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { inputError } from '../errors/build';

interface WholeNumberOption {
	readonly field: INodeProperties & { readonly default: number };
	readonly least: number;
	readonly most: number;
}

const CONCURRENCY: WholeNumberOption = {
	field: {
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50 },
		default: 10,
		description: 'Most requests in flight at a time. The output keeps the order of the input.',
	},
	least: 1,
	most: 50,
};

const RATE_LIMIT_WAIT: WholeNumberOption = {
	field: {
		displayName: 'Rate Limit Wait',
		name: 'rateLimitWait',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 180,
		description:
			"Longest total wait in seconds when DigiCert's rate limit is reached. The whole run pauses, then goes on.",
	},
	least: 0,
	most: 86_400,
};

const TIMEOUT: WholeNumberOption = {
	field: {
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30_000,
		description: 'Longest wait in milliseconds for the answer to one request',
	},
	least: 1,
	// Node's timers take no more.
	most: 2_147_483_647,
};

/** The collection of optional settings of an operation: those that all have, and its own. */
export function optionsFieldWith(...own: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...own, CONCURRENCY.field, RATE_LIMIT_WAIT.field, TIMEOUT.field].sort((a, b) =>
			a.displayName.localeCompare(b.displayName),
		),
	};
}

/** For operations without options of their own. */
export const optionsField = optionsFieldWith();

export interface RunOptions {
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** Longest total wait for the rate limit, in ms. */
	readonly rateLimitWaitMs: number;
	/** Longest wait for one answer, in ms. */
	readonly timeoutMs: number;
}

/**
 * Reads the options. They steer the whole run, so the first item's values hold for all.
 *
 * @throws NodeOperationError that names the option
 */
export function readOptions(context: IExecuteFunctions): RunOptions {
	const options = context.getNodeParameter('options', 0);

	function read({ field, least, most }: WholeNumberOption, given: unknown): number {
		const value = given ?? field.default;
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (
			typeof number !== 'number' ||
			!Number.isInteger(number) ||
			number < least ||
			number > most
		) {
			throw inputError(
				context.getNode(),
				undefined,
				`'${field.displayName}' is not a whole number from ${least} to ${most}`,
				'Correct it, or remove it to use the default. Nothing was sent.',
			);
		}
		return number;
	}
	return {
		concurrency: read(CONCURRENCY, options.concurrency),
		rateLimitWaitMs: read(RATE_LIMIT_WAIT, options.rateLimitWait) * 1000,
		timeoutMs: read(TIMEOUT, options.timeout),
	};
}
