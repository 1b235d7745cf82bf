import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { byCode, wholeNumberOf } from '../values';
import { checkBoolean, refuserOf } from './refuse';

/** Bounds that users are held to, in ms. Tests that have to wait for a timeout lower them. */
export const bounds = { leastTimeout: 1000 };

/** An option that takes a whole number. */
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
		displayName: 'Rate Limit Wait (Seconds)',
		name: 'rateLimitWait',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 180,
		description:
			"Longest total wait when DigiCert's rate limit is reached. The whole run pauses, then goes on.",
	},
	least: 0,
	most: 86_400,
};

const TIMEOUT: WholeNumberOption = {
	field: {
		displayName: 'Timeout (Milliseconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: bounds.leastTimeout },
		default: 30_000,
		description:
			'Longest wait for the answer to one request. When a creation is not answered in time, its API key may exist all the same, so rather wait longer.',
	},
	get least() {
		return bounds.leastTimeout;
	},
	// Node's timers take no more.
	most: 2_147_483_647,
};

const ALLOW_OWN_KEY = 'allowOwnKey';

const FINDINGS: INodeProperties = {
	displayName: 'Findings',
	name: 'findings',
	type: 'boolean',
	default: false,
	description:
		'Whether to add findings, a list of codes for what a reviewer would note: never_used, unused_90_days, older_than_365_days, same_name, and for CertCentral also no_restriction, owned_by_person and inactive_owner. It looks at live keys only.',
};

/** Longer than that, no key can be: dates end there. */
const MOST_DAYS = 36_500;

const UNUSED_DAYS: WholeNumberOption = {
	field: {
		displayName: 'Findings: Unused After (Days)',
		name: 'unusedDays',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 90,
		description:
			"Days without use after which a key has the finding unused_90_days, which is called so for any number. A key that was never used counts from its creation. For 'Findings' only.",
	},
	least: 1,
	most: MOST_DAYS,
};

const OLD_DAYS: WholeNumberOption = {
	field: {
		displayName: 'Findings: Old After (Days)',
		name: 'oldDays',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 365,
		description:
			"Days since its creation after which a key has the finding older_than_365_days, which is called so for any number. For 'Findings' only.",
	},
	least: 1,
	most: MOST_DAYS,
};

/** The labels of all options, so that an error can name one. */
const labels = new Map<string, string>();

/** The collection of optional settings of an operation: those that all have, and its own. */
export function optionsFieldWith(...own: INodeProperties[]): INodeProperties {
	const options = [...own, CONCURRENCY.field, RATE_LIMIT_WAIT.field, TIMEOUT.field];
	for (const { name, displayName } of options) labels.set(name, displayName);
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.sort((a, b) => byCode(a.displayName, b.displayName)),
	};
}

/** For operations without options of their own. */
export const optionsField = optionsFieldWith();

/** Options of the operations that switch a key off. */
export function switchOffOptionsField(whatIsKnown: string): INodeProperties {
	return optionsFieldWith(allowOwnKeyField(whatIsKnown));
}

/** Options of the operations that list keys. */
export const keyListOptionsField = optionsFieldWith(FINDINGS, OLD_DAYS.field, UNUSED_DAYS.field);

/** Whether even the key that the node itself works with may be switched off. */
export function allowOwnKeyField(whatIsKnown: string): INodeProperties {
	return {
		displayName: 'Allow Own Key',
		name: ALLOW_OWN_KEY,
		type: 'boolean',
		default: false,
		description: `Whether to switch off even the API key of the credential itself. ${whatIsKnown}`,
	};
}

/** The labels of the options whose expressions cannot be evaluated for an item. */
function brokenOptions(context: IExecuteFunctions, itemIndex: number): string {
	const names = Object.keys(
		context.getNodeParameter('options', itemIndex, {}, { rawExpressions: true }),
	);
	const isBroken = (name: string) => {
		try {
			context.getNodeParameter(`options.${name}`, itemIndex);
			return false;
		} catch {
			return true;
		}
	};
	const broken = names.filter(isBroken).map((name) => `'${labels.get(name)}'`);
	return broken.join(' and ');
}

/** The options that were added for an item, each with its value; an expression can give any. */
export function givenOptions(context: IExecuteFunctions, itemIndex: number): IDataObject {
	try {
		return context.getNodeParameter('options', itemIndex);
	} catch (error) {
		const { message } = toNodeError(context.getNode(), undefined, error);
		throw refuserOf(context, itemIndex)(
			`${brokenOptions(context, itemIndex)} has an expression that cannot be evaluated`,
			`n8n says: ${message}. Correct the expression, or remove the option.`,
		);
	}
}

/** Reads an option that takes a whole number; the default where it was not added. */
function readWholeNumber(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
	{ field, least, most }: WholeNumberOption,
): number {
	if (!(field.name in options)) return field.default;
	const number = wholeNumberOf(options[field.name]);
	if (number !== undefined && number >= least && number <= most) return number;
	throw refuserOf(context, itemIndex)(
		`'${field.displayName}' is not a whole number from ${least} to ${most}`,
		'Correct it, or remove it to use the default.',
	);
}

/** How an item's requests are sent. */
export interface RunOptions {
	/** Most requests in flight at a time. */
	readonly concurrency: number;
	/** Longest total wait for the rate limit, in ms. */
	readonly rateLimitWaitMs: number;
	/** Longest wait for one answer, in ms. */
	readonly timeoutMs: number;
}

/** Reads the options that all operations have. */
export function readOptions(context: IExecuteFunctions, itemIndex: number): RunOptions {
	const options = givenOptions(context, itemIndex);
	const read = (option: WholeNumberOption) => readWholeNumber(context, itemIndex, options, option);
	return {
		concurrency: read(CONCURRENCY),
		rateLimitWaitMs: read(RATE_LIMIT_WAIT) * 1000,
		timeoutMs: read(TIMEOUT),
	};
}

/** Whether the user allows to switch off the credential's own key. */
export function readAllowOwnKey(context: IExecuteFunctions, itemIndex: number): boolean {
	return givenOptions(context, itemIndex)[ALLOW_OWN_KEY] === true;
}

/** From when on findings count, in days. */
export interface FindingThresholds {
	readonly unusedDays: number;
	readonly oldDays: number;
}

/** Reads from when on findings count; undefined when none are wanted. */
export function readFindings(
	context: IExecuteFunctions,
	itemIndex: number,
): FindingThresholds | undefined {
	const options = givenOptions(context, itemIndex);
	const { findings = FINDINGS.default } = options;
	const advice = 'Correct it, or remove it.';
	const refuse = refuserOf(context, itemIndex);
	const isWanted = checkBoolean(refuse, FINDINGS.displayName, findings, advice);
	const read = (option: WholeNumberOption) => readWholeNumber(context, itemIndex, options, option);
	return isWanted ? { unusedDays: read(UNUSED_DAYS), oldDays: read(OLD_DAYS) } : undefined;
}
