import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isLeftEmpty, refuseHidden, refuserOf } from './refuse';
import type { Refuse } from './refuse';

/** Longest address DigiCert takes, in characters (digicert-api.md A.5.4). */
const LONGEST = 255;

/** Loose on purpose: DigiCert decides what it accepts. This catches what cannot be an address. */
const ADDRESS = /^[^\s@,]+@[^\s@,]+$/;

export const emailField: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. name@email.com',
	description: 'Email address of the service user',
};

export const emergencyEmailsField: INodeProperties = {
	displayName: 'Emergency Contact Emails',
	name: 'emergencyContactEmails',
	type: 'string',
	default: '',
	placeholder: 'e.g. security@email.com, name@email.com',
	description: 'Email addresses for emergencies, separated by commas',
};

function check(refuse: Refuse, { displayName }: INodeProperties, value: unknown): string {
	refuseHidden(refuse, displayName, value);
	const email = typeof value === 'string' ? value.trim() : '';
	if (ADDRESS.test(email) && email.length <= LONGEST) return email;
	throw refuse(
		`'${displayName}' is not an email address`,
		`Enter an address such as name@email.com, of ${LONGEST} characters at most.`,
	);
}

/** Reads one email address. */
export function readEmail(context: IExecuteFunctions, itemIndex: number): string {
	const value: unknown = context.getNodeParameter(emailField.name, itemIndex);
	return check(refuserOf(context, itemIndex), emailField, value);
}

/** Reads a list of addresses: text with commas, or a list from an expression. May be left empty. */
export function readEmergencyEmails(context: IExecuteFunctions, itemIndex: number): string[] {
	const { name } = emergencyEmailsField;
	if (isLeftEmpty(context, name, itemIndex)) return [];
	const value: unknown = context.getNodeParameter(name, itemIndex);
	const list: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	const entries = list.filter((entry) => typeof entry !== 'string' || entry.trim() !== '');
	const refuse = refuserOf(context, itemIndex);
	return (entries.length === 0 ? [''] : entries).map((entry) =>
		check(refuse, emergencyEmailsField, entry),
	);
}
