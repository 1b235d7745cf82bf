import type { INodeProperties, IPollFunctions, NodeOperationError } from 'n8n-workflow';

import { inputError } from '../errors/nodeErrors';
import {
	CORRECT,
	EXCLUDE_ACME,
	filledIn,
	filterCollection,
	NAME_CONTAINS,
} from '../parameters/filters';
import { subaccountFilter, userFilter } from '../parameters/id';
import { checkBoolean, checkWholeNumber } from '../parameters/refuse';
import { safeIdOf } from '../values';
import { isEventName } from './events';
import type { EventName, TriggerSettings, Watch } from './events';

const WATCH: INodeProperties = {
	displayName: 'Watch',
	name: 'watch',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Subaccount API Keys',
			value: 'subaccountApiKeys',
			description: 'The API keys of the partner account and its subaccounts',
		},
		{
			name: 'User API Keys',
			value: 'userApiKeys',
			description: 'The API keys of CertCentral users and service users',
		},
	],
	default: 'userApiKeys',
};

const EVENTS: INodeProperties = {
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	required: true,
	options: [
		{
			name: 'Changed',
			value: 'changed',
			description: 'The name, role restriction or owner of a key is another one',
		},
		{
			name: 'Created',
			value: 'created',
			description: 'There is a new key, also one that was made by hand in the console',
		},
		{
			name: 'Never Used',
			value: 'neverUsed',
			description: 'A key has not been used since it was created, so maybe nobody has its value',
		},
		{
			name: 'Old',
			value: 'old',
			description: 'A live key was created long ago and is due for rotation',
		},
		{
			name: 'Removed',
			value: 'removed',
			description: 'A key is not listed any more',
		},
		{
			name: 'Switched Off',
			value: 'switchedOff',
			description: 'A key was revoked or deactivated',
		},
		{
			name: 'Switched On',
			value: 'switchedOn',
			description: 'A key that was switched off works again',
		},
		{
			name: 'Unused',
			value: 'unused',
			description: 'A key has not been used for a while',
		},
	],
	default: ['created'],
};

function threshold(
	event: EventName,
	field: Pick<INodeProperties, 'displayName' | 'name' | 'description'> & { default: number },
): INodeProperties & { default: number } {
	return {
		...field,
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		displayOptions: { show: { events: [event] } },
	};
}

const NEVER_USED_HOURS = threshold('neverUsed', {
	displayName: 'Never Used After (Hours)',
	name: 'neverUsedHours',
	default: 24,
	description: 'How many hours after its creation a key without any use is reported',
});
const UNUSED_DAYS = threshold('unused', {
	displayName: 'Unused For (Days)',
	name: 'unusedDays',
	default: 90,
	description:
		'How many days after its last use a key is reported. A key that was never used counts from its creation.',
});
const OLD_DAYS = threshold('old', {
	displayName: 'Old After (Days)',
	name: 'oldDays',
	default: 365,
	description: 'How many days after its creation a key is reported',
});

const REPORT_EXISTING: INodeProperties = {
	displayName: 'Report Existing',
	name: 'reportExisting',
	type: 'boolean',
	default: false,
	description:
		'Whether the first poll reports the keys that are there already, as if they had just appeared. Otherwise it only remembers them.',
};

/** A filter that is shown with one of the two lists. */
function filterFor(watch: Watch, filter: INodeProperties): INodeProperties {
	return { ...filter, displayOptions: { show: { '/watch': [watch] } } };
}

/** The trigger's form; n8n puts the times of polling before it. */
export const triggerFields: INodeProperties[] = [
	WATCH,
	EVENTS,
	NEVER_USED_HOURS,
	UNUSED_DAYS,
	OLD_DAYS,
	REPORT_EXISTING,
	filterCollection([
		filterFor('userApiKeys', EXCLUDE_ACME),
		NAME_CONTAINS,
		filterFor('subaccountApiKeys', subaccountFilter),
		filterFor('userApiKeys', userFilter),
	]),
];

/**
 * Reads and checks the settings.
 *
 * @throws NodeOperationError that names the parameter; nothing was sent then
 */
export function readSettings(context: IPollFunctions): TriggerSettings {
	function refuse(fault: string, advice: string): NodeOperationError {
		const error = inputError(context.getNode(), undefined, fault, `${advice} Nothing was sent.`);
		// So that n8n does not try again soon.
		error.failure = { cause: 'configuration-invalid' };
		return error;
	}

	const watch: unknown = context.getNodeParameter(WATCH.name);
	if (watch !== 'userApiKeys' && watch !== 'subaccountApiKeys') {
		throw refuse("'Watch' is not one of its choices", 'Choose one of them.');
	}

	const chosen: unknown = context.getNodeParameter(EVENTS.name);
	if (!Array.isArray(chosen) || !chosen.every(isEventName)) {
		throw refuse("'Trigger On' holds something other than its choices", 'Choose from the list.');
	}
	if (chosen.length === 0) {
		throw refuse("'Trigger On' has no event chosen", 'Choose at least one.');
	}
	const events: ReadonlySet<EventName> = new Set(chosen);

	function readThreshold(
		event: EventName,
		{ name, displayName, default: usual }: INodeProperties & { default: number },
		most: number,
	): number {
		if (!events.has(event)) return usual;
		const value = context.getNodeParameter(name, usual);
		const advice = `Correct it, such as to ${usual}.`;
		return checkWholeNumber(refuse, displayName, value, [1, most], advice);
	}

	function given({ name, displayName }: INodeProperties): unknown {
		const value: unknown = context.getNodeParameter(`filters.${name}`, '');
		const fault = `'${displayName}' in 'Filters' gives nothing`;
		const raw: unknown = context.getNodeParameter(`filters.${name}`, '', { rawExpressions: true });
		return filledIn(value, raw, () => refuse(fault, CORRECT));
	}
	function readBoolean({ displayName }: INodeProperties, value: unknown): boolean {
		return checkBoolean(refuse, displayName, value, 'Turn it on or off.');
	}
	function readOwner(): number | undefined {
		const filter = watch === 'userApiKeys' ? userFilter : subaccountFilter;
		const value = given(filter);
		if (value === undefined) return undefined;
		const id = safeIdOf(typeof value === 'string' ? value.trim() : value);
		if (id !== undefined) return id;
		throw refuse(`'${filter.displayName}' in 'Filters' is not a numeric ID above 0`, CORRECT);
	}
	function readName(): string | undefined {
		const value = given(NAME_CONTAINS);
		if (value === undefined) return undefined;
		if (typeof value === 'string' && value.trim() !== '') return value.toLowerCase();
		throw refuse(
			`'${NAME_CONTAINS.displayName}' in 'Filters' is no text that a name can hold`,
			CORRECT,
		);
	}

	return {
		watch,
		events,
		// At most a century: what is more is a slip.
		neverUsedHours: readThreshold('neverUsed', NEVER_USED_HOURS, 876_000),
		unusedDays: readThreshold('unused', UNUSED_DAYS, 36_500),
		oldDays: readThreshold('old', OLD_DAYS, 36_500),
		reportExisting: readBoolean(REPORT_EXISTING, context.getNodeParameter(REPORT_EXISTING.name)),
		ownerId: readOwner(),
		nameContains: readName(),
		excludeAcme: readBoolean(EXCLUDE_ACME, given(EXCLUDE_ACME) ?? false),
	};
}
