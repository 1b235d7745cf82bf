import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { certCentral } from '../../digicert/apis';
import { keySubject, nameOf, readUserKey, roleOf } from '../../digicert/keys';
import type { Session } from '../../http/repeating';
import { forEachItem } from '../../items';
import { readId, userKeyField } from '../../parameters/id';
import { newNameField, readOptionalName } from '../../parameters/keyName';
import { changedRoleField, readChangedRole } from '../../parameters/keyRole';
import { optionsField } from '../../parameters/options';
import { refuserOf } from '../../parameters/refuse';
import type { OperationDefinition } from '../describe';

const nameField = newNameField('New name of the API key. Leave it empty to keep the name.');

interface Change {
	readonly id: number;
	readonly name: string | undefined;
	readonly role: number | undefined;
}

function readChange(context: IExecuteFunctions, itemIndex: number): Change {
	const change = {
		id: readId(context, userKeyField, itemIndex),
		name: readOptionalName(context, nameField, itemIndex),
		role: readChangedRole(context, itemIndex),
	};
	if (change.name !== undefined || change.role !== undefined) return change;
	throw refuserOf(context, itemIndex)(
		"There is nothing to change: 'New Name' is empty and 'Role Restriction' is kept",
		'Enter a new name, or choose a role restriction.',
	);
}

/**
 * `PUT /key/{key_id}` (digicert-api.md A.4.4). DigiCert wants the name even when only the role
 * changes, and does not document what becomes of a restriction that is left out: so what is not
 * changed is read first and sent as it is.
 */
async function change(session: Session, { id, name, role }: Change): Promise<IDataObject[]> {
	const now = await readUserKey(session, id);
	const body = { name: name ?? nameOf(now), restricted_to_role_id: role ?? roleOf(now) };
	await session.set(`/key/${id}`, keySubject(id), body);
	return [{ id, ...body }];
}

export const updateUserApiKey: OperationDefinition = {
	name: 'Update User API Key',
	action: 'Update user API key',
	description: "Change an API key's name or role restriction",
	fields: [userKeyField, nameField, changedRoleField, optionsField],
	execute: async (context) =>
		await forEachItem(context, certCentral, readChange, change, ({ id }) => String(id)),
};
