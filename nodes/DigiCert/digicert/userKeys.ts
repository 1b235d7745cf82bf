import type { IDataObject } from 'n8n-workflow';

import { refusal } from '../errors/failure';
import type { Session } from '../http/repeating';
import { isJsonObject, safeIdOf, textOf } from '../values';
import { certCentral } from './apis';
import { dateOf, inOrder, readKeyList } from './keyFacts';
import type { DigiCertRecord, KeyFacts, Listing } from './keyFacts';

/** ACME directory URLs are listed among the keys, with this further field (digicert-api.md A.4.2). */
export function isAcmeUrl(key: IDataObject): boolean {
	return typeof key.acme_directory_url === 'string';
}

/**
 * The ID of a role restriction; 0 is none, which an empty text must not pass for. Undefined for what
 * cannot be read.
 */
export function roleIdOf(role: unknown): number | undefined {
	return role === 0 || role === '0' ? 0 : safeIdOf(role);
}

/**
 * The role restriction of a key, to be kept for its successor or in a change.
 *
 * @returns undefined when DigiCert tells none; then none is sent
 * @throws DigiCertFailure when it cannot be read: a key must not get more rights by accident
 */
export function roleOf({ id, restricted_to_role_id: role }: DigiCertRecord): number | undefined {
	if (role === undefined || role === null) return undefined;
	const number = roleIdOf(role);
	if (number !== undefined) return number;
	throw refusal(
		`The role restriction of key ${id} cannot be read`,
		'Choose the role restriction yourself, or create a new API key. Nothing was changed.',
	);
}

/**
 * The name of a key, to be kept.
 *
 * @throws DigiCertFailure when DigiCert tells none
 */
export function nameOf(key: DigiCertRecord): string {
	const name = textOf(key.name);
	if (name !== '') return name;
	throw refusal(
		`DigiCert tells no name of key ${key.id}`,
		"Enter a 'New Name'. Nothing was changed.",
	);
}

/** CertCentral's access key object (digicert-api.md A.4.2) in the words that both APIs share. */
export function factsOfUserKey(key: DigiCertRecord): KeyFacts {
	const user = isJsonObject(key.user) ? key.user : {};
	return {
		id: key.id,
		name: textOf(key.name),
		status: textOf(key.status),
		ownerId: safeIdOf(user.id),
		ownerName: `${textOf(user.first_name)} ${textOf(user.last_name)}`.trim(),
		createdAt: dateOf(key.create_date),
		lastUsedAt: dateOf(key.last_used_date),
		last4: undefined,
		record: toUserKeyOutput(key),
	};
}

/**
 * `GET /key` (digicert-api.md A.4.1).
 *
 * @param userId only this user's keys
 * @throws DigiCertFailure
 */
export async function listUserKeys(session: Session, userId?: number): Promise<Listing<KeyFacts>> {
	const qs = userId === undefined ? undefined : { user_id: userId };
	return await readKeyList(session, certCentral, factsOfUserKey, qs);
}

/** A key as it is put out: DigiCert's own fields, and a mark on ACME directory URLs. */
export function toUserKeyOutput(key: DigiCertRecord): IDataObject {
	return inOrder({ ...key, is_acme_directory_url: isAcmeUrl(key) });
}
