import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { byCode } from '../values';
import { checkBoolean, checkWholeNumber, refuserOf } from './refuse';
import type { Refuse } from './refuse';

/** Bounds that users are held to, in ms. Tests that have to wait for a timeout lower them. */
export const bounds = { leastTimeout: 1000 };

/** An option that takes a whole number. */
type NumberField = INodeProperties & { readonly default: number };

const CONCURRENCY: NumberField = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 50 },
	default: 10,
	description: 'Most requests in flight at a time. The output keeps the order of the input.',
};

const RATE_LIMIT_WAIT: NumberField = {
	displayName: 'Rate Limit Wait (Seconds)',
	name: 'rateLimitWait',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 180,
	description:
		"Longest total wait when DigiCert's rate limit is reached. The whole run pauses, then goes on.",
};

const TIMEOUT: NumberField = {
	displayName: 'Timeout (Milliseconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: bounds.leastTimeout },
	default: 30_000,
	description:
		'Longest wait for the answer to one request. When a creation is not answered in time, its API key may exist all the same, so rather wait longer.',
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

const UNUSED_DAYS: NumberField = {
	displayName: 'Findings: Unused After (Days)',
	name: 'unusedDays',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 90,
	description:
		"Days without use after which a key has the finding unused_90_days, which is called so for any number. A key that was never used counts from its creation. For 'Findings' only.",
};

const OLD_DAYS: NumberField = {
	displayName: 'Findings: Old After (Days)',
	name: 'oldDays',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 365,
	description:
		"Days since its creation after which a key has the finding older_than_365_days, which is called so for any number. For 'Findings' only.",
};

/** The labels of all options, so that an error can name one. */
const labels = new Map<string, string>();

/** The collection of optional settings of an operation: those that all have, and its own. */
export function optionsFieldWith(...own: INodeProperties[]): INodeProperties {
	const options = [...own, CONCURRENCY, RATE_LIMIT_WAIT, TIMEOUT];
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
export const keyListOptionsField = optionsFieldWith(FINDINGS, OLD_DAYS, UNUSED_DAYS);

/** Whether even the key that the node itself works with may be switched off. */
export function allowOwnKeyField(whatIsKnown: string): INodeProperties {
	return {
		displayName: 'Allow Own Key',
		name: ALLOW_OWN_KEY,
		type: 'boolean',
		default: false,
		description: [
			'Whether to switch off even the API key of the credential itself.',
			whatIsKnown,
		].join(' '),
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

/** Makes a reader of an item's options that take whole numbers; it gives the default of others. */
function numberReader(options: IDataObject, refuse: Refuse) {
	return ({ name, displayName, default: usual }: NumberField, least: number, most: number) => {
		if (!(name in options)) return usual;
		const advice = 'Correct it, or remove it to use the default.';
		return checkWholeNumber(refuse, displayName, options[name], [least, most], advice);
	};
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
	const read = numberReader(givenOptions(context, itemIndex), refuserOf(context, itemIndex));
	return {
		concurrency: read(CONCURRENCY, 1, 50),
		rateLimitWaitMs: read(RATE_LIMIT_WAIT, 0, 86_400) * 1000,
		// Node's timers take no more.
		timeoutMs: read(TIMEOUT, bounds.leastTimeout, 2_147_483_647),
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
	if (!isWanted) return undefined;
	const read = numberReader(options, refuse);
	return { unusedDays: read(UNUSED_DAYS, 1, MOST_DAYS), oldDays: read(OLD_DAYS, 1, MOST_DAYS) };
}
