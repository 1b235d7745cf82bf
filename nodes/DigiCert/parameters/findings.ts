import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { givenOptions, optionsFieldWith, readWholeNumber } from './options';
import type { WholeNumberOption } from './options';
import { checkBoolean } from './refuse';

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

/** Options of the operations that list keys. */
export const keyListOptionsField = optionsFieldWith(FINDINGS, OLD_DAYS.field, UNUSED_DAYS.field);

/** From when on findings count, in days. */
export interface FindingThresholds {
	readonly unusedDays: number;
	readonly oldDays: number;
}

/**
 * Reads whether findings are wanted.
 *
 * @returns their thresholds; undefined when they are not
 * @throws NodeOperationError that names the option and the item
 */
export function readFindings(
	context: IExecuteFunctions,
	itemIndex: number,
): FindingThresholds | undefined {
	const options = givenOptions(context, itemIndex);
	const { findings = FINDINGS.default } = options;
	const advice = 'Correct it, or remove it.';
	const isWanted = checkBoolean(context, itemIndex, FINDINGS.displayName, findings, advice);
	const read = (option: WholeNumberOption) => readWholeNumber(context, itemIndex, options, option);
	return isWanted ? { unusedDays: read(UNUSED_DAYS), oldDays: read(OLD_DAYS) } : undefined;
}
