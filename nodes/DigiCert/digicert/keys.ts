import type { IDataObject } from 'n8n-workflow';

import { explanationOf, refusal } from '../errors/failure';
import type { Explanation, Subject } from '../errors/failure';
import type { Session } from '../http/repeating';
import { readServerErrors } from '../http/exchange';
import { inSlices } from '../scheduling';
import { isJsonObject, isRecord, safeIdOf, textOf } from '../values';
import { certCentral, partner } from './apis';
import type { DigiCertApi } from './apis';
import { baseNameOf } from './keyNames';
import { dateOf, inOrder, isDigiCertRecord, toListing } from './keyFacts';
import type { DigiCertRecord, KeyFacts, Listing } from './keyFacts';

/** Whether an answer is a list of keys, in the form that both APIs use (digicert-api.md A.4.1, B.2.1). */
function isKeyList(json: unknown): json is { api_keys: unknown[]; page?: unknown } {
	return isJsonObject(json) && Array.isArray(json.api_keys);
}

/** Reads all keys of an API with one call: neither documents paging (digicert-api.md A.4.1, B.2.1). */
async function readKeyList(
	session: Session,
	{ keyPath }: DigiCertApi,
	factsOf: (key: DigiCertRecord) => KeyFacts,
	qs?: IDataObject,
): Promise<Listing<KeyFacts>> {
	const subject = { thing: 'the list of API keys' };
	const { api_keys: sent, page } = await session.read(keyPath, subject, isKeyList, qs);
	const { entries, isComplete } = await toListing(sent, page);
	const keys: KeyFacts[] = [];
	await inSlices(entries, (entry) => void keys.push(factsOf(entry)));
	return { entries: keys, isComplete };
}

/** A key as texts name it, with the parameter that it comes from. */
export function keySubject(id: number): Subject {
	return { thing: `key ${id}`, parameter: 'API Key' };
}

/** One key as DigiCert sends it (digicert-api.md A.4.2, B.2.2). Throws DigiCertFailure. */
export async function readKey(
	session: Session,
	{ keyPath }: DigiCertApi,
	id: number,
): Promise<DigiCertRecord> {
	const key = await session.read(`${keyPath}/${id}`, keySubject(id), isDigiCertRecord);
	if (key.id === id) return key;
	throw refusal(
		`DigiCert answered with another key than ${id}`,
		'Nothing was changed. Run this item again later, and check the base URL of the credential if it goes on.',
	);
}

/**
 * Reads a key of a CertCentral user that is to be changed.
 *
 * @throws DigiCertFailure, also for an ACME directory URL: revoking one may be for good
 *   (digicert-api.md A.4.8), and what handles keys leaves them alone
 */
export async function readUserKey(session: Session, id: number): Promise<DigiCertRecord> {
	const key = await readKey(session, certCentral, id);
	if (!isAcmeUrl(key)) return key;
	throw refusal(
		`Key ${id} is an ACME directory URL, not an API key`,
		'DigiCert lists both together. Choose another key. Nothing was changed.',
	);
}

/**
 * Switches a key on or off, in the API's own word (digicert-api.md A.4.5, B.2.4), and gives what is
 * true now: DigiCert itself answers without a body. Throws DigiCertFailure.
 */
export async function switchKey(
	session: Session,
	{ keyPath, offStatus }: DigiCertApi,
	id: number,
	to: 'on' | 'off',
): Promise<IDataObject> {
	const status = to === 'on' ? 'active' : offStatus;
	await session.set(`${keyPath}/${id}/status`, keySubject(id), { status });
	return { id, status };
}

/** Switches a key off. Never throws: gives `done`, or why the key may still be live. */
export async function switchOff(
	session: Session,
	api: DigiCertApi,
	id: number,
): Promise<'done' | Explanation> {
	try {
		await switchKey(session, api, id, 'off');
		return 'done';
	} catch (error) {
		return explanationOf(error);
	}
}

/** ACME directory URLs are listed among the keys, with this further field (digicert-api.md A.4.2). */
export function isAcmeUrl(key: IDataObject): boolean {
	return textOf(key.acme_directory_url) !== '';
}

/**
 * The ID of a role restriction; 0 is none, which an empty text must not pass for. Undefined for what
 * cannot be read.
 */
export function roleIdOf(role: unknown): number | undefined {
	return role === 0 || role === '0' ? 0 : safeIdOf(role);
}

/**
 * The role restriction of a key, to be kept for its successor or in a change. Throws DigiCertFailure
 * when it is not told, or cannot be read: a key must not get more rights by accident.
 */
export function roleOf({ id, restricted_to_role_id: role }: DigiCertRecord): number {
	const number = roleIdOf(role);
	if (number !== undefined) return number;
	throw refusal(
		`The role restriction of key ${id} cannot be read`,
		"In an update, choose the 'Role Restriction'. In place of a rotation, create a new API key with the restriction that it is to have. Nothing was changed.",
	);
}

/** The name of a key, to be kept. Throws DigiCertFailure when DigiCert tells none, or a blank one. */
export function nameOf(key: DigiCertRecord): string {
	const name = textOf(key.name);
	if (baseNameOf(name) !== '') return name;
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

/** `GET /key` (digicert-api.md A.4.1): all keys, or those of one user. Throws DigiCertFailure. */
export async function listUserKeys(session: Session, userId?: number): Promise<Listing<KeyFacts>> {
	const qs = userId === undefined ? undefined : { user_id: userId };
	return await readKeyList(session, certCentral, factsOfUserKey, qs);
}

/** A key as it is put out: DigiCert's own fields, and a mark on ACME directory URLs. */
export function toUserKeyOutput(key: DigiCertRecord): IDataObject {
	return inOrder({ ...key, is_acme_directory_url: isAcmeUrl(key) });
}

/** A key of the partner API (digicert-api.md B.2.1) in the words that both APIs share. */
export function factsOfSubaccountKey(key: DigiCertRecord): KeyFacts {
	return {
		id: key.id,
		name: textOf(key.name),
		status: textOf(key.status),
		ownerId: safeIdOf(key.account_id),
		ownerName: '',
		createdAt: dateOf(key.created_at),
		lastUsedAt: dateOf(key.last_used_date),
		last4: textOf(key.api_key_last4),
		record: inOrder(key),
	};
}

/**
 * `GET /api-key` (digicert-api.md B.2.1): a parent account's key sees its own keys and those of
 * all its subaccounts. There is neither paging nor a filter. Throws DigiCertFailure.
 */
export async function listSubaccountKeys(session: Session): Promise<Listing<KeyFacts>> {
	return await readKeyList(session, partner, factsOfSubaccountKey);
}

/** An answer that says something, and tells no error, whatever its status. */
function isAnswer(json: unknown): json is Record<string, unknown> {
	return isRecord(json) && Object.keys(json).length > 0 && readServerErrors(json).length === 0;
}

/**
 * Tries a key with one read-only call that is made with the key itself: `GET /user/me`
 * (digicert-api.md A.5.1) or `GET /account/settings` (B.3.2).
 *
 * @returns what is added to the output: `verified`, and why not. A no need not mean that the key
 *   is wrong, so it is told as what it is
 */
export async function verifyKey(
	session: Session,
	{ verifyPath }: DigiCertApi,
	apiKey: string,
): Promise<IDataObject> {
	try {
		await session.withKey(apiKey).read(verifyPath, { thing: 'the new API key' }, isAnswer);
		return { verified: true };
	} catch (error) {
		const { found, httpCode } = explanationOf(error);
		const meaning =
			httpCode === '403'
				? 'This need not mean that the key does not work: one with a role restriction may be refused this call.'
				: 'Whether the key works is not known from this. Try it where it is to be used.';
		return {
			verified: false,
			verification: `GET ${verifyPath} with the new key: ${found} ${meaning}`,
		};
	}
}
