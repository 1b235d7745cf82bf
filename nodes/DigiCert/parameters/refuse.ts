import type { IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

import { inputError } from '../errors/nodeErrors';
import { isRecord, wholeNumberOf } from '../values';

/** Makes the error for a parameter that cannot be used: its label and what is wrong, never its value. */
export type Refuse = (fault: string, advice: string) => NodeOperationError;

/**
 * Refuses parameters of an item; all that reads or checks one throws what this makes. They are all
 * checked before the first request, so it can say that nothing was sent.
 */
export function refuserOf(context: IExecuteFunctions, itemIndex: number): Refuse {
	return (fault, advice) =>
		inputError(context.getNode(), itemIndex, fault, `${advice} Nothing was sent for this item.`);
}

/**
 * Holds a parameter to being a real value. n8n can show `{ __redacted: true, … }` in place of a
 * secret field (`IRedactedFieldMarker` in n8n-workflow), and its editor sends that marker back as
 * input when only a part of a workflow is run again (n8n 2.12 to 2.20).
 */
export function refuseHidden(refuse: Refuse, label: string, value: unknown): void {
	if (!isRecord(value) || value.__redacted !== true) return;
	throw refuse(
		`'${label}' is not the real value, but a marker with which n8n hides it`,
		'Run the whole workflow again, from its trigger, so that this node gets the value itself.',
	);
}

/** Whether what a user entered is an expression, which may give nothing where a value is meant. */
export function isExpression(raw: unknown): boolean {
	return typeof raw === 'string' && raw.startsWith('=');
}

/** Whether a field was left empty: one whose expression gives nothing is meant to give something. */
export function isLeftEmpty(context: IExecuteFunctions, name: string, itemIndex: number): boolean {
	const raw: unknown = context.getNodeParameter(name, itemIndex, '', { rawExpressions: true });
	return typeof raw === 'string' && raw.trim() === '';
}

/** Holds a parameter to true or false: a text such as "false" is neither. */
export function checkBoolean(
	refuse: Refuse,
	label: string,
	value: unknown,
	advice: string,
): boolean {
	if (typeof value === 'boolean') return value;
	throw refuse(`'${label}' is neither true nor false`, advice);
}

/** Holds a parameter to a whole number, which an expression may give as text. */
export function checkWholeNumber(
	refuse: Refuse,
	label: string,
	value: unknown,
	[least, most]: readonly [number, number],
	advice: string,
): number {
	const number = wholeNumberOf(value);
	if (number !== undefined && number >= least && number <= most) return number;
	throw refuse(`'${label}' is not a whole number from ${least} to ${most}`, advice);
}

/** Holds a parameter to one of its values; `more` is further advice. */
export function checkChoice<T>(
	refuse: Refuse,
	label: string,
	value: unknown,
	values: readonly T[],
	more = '',
): T {
	const choice = values.find((one) => one === value);
	if (choice !== undefined) return choice;
	throw refuse(
		`'${label}' is none of its values`,
		`An expression has to give ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.${more}`,
	);
}
