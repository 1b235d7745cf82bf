import type { IDataObject } from 'n8n-workflow';

import type { Recipient } from '../encryption/recipient';
import type { Subject } from '../errors/explanation';
import type { KeyFacts } from '../digicert/keyFacts';
import type { KeyList } from '../digicert/keyList';
import type { Session } from '../digicert/session';
import type { ApiRequest } from '../http/client';
import { fromDigits } from '../values';

/** One key to be created, checked and ready to be sent. */
export interface IssuanceRequest {
	/** Position of the input item, from 0. */
	readonly itemIndex: number;
	/** The key's name, exactly as it is sent. */
	readonly name: string;
	/** Whose key it becomes. */
	readonly subject: Subject;
	readonly request: ApiRequest;
	/** The ID of the key that it is to replace. */
	readonly replaces?: number;
	/** Whom the value is encrypted to; undefined to put it out in clear text. */
	readonly recipient?: Recipient;
	/** Whether an answer holds the new key's value. */
	readonly holdsKey: (reply: IDataObject) => boolean;
	/** The key's ID in an answer, if it has one there. */
	readonly keyIdOf: (reply: IDataObject) => unknown;
	/**
	 * Where the owner's keys are listed.
	 *
	 * @param reply DigiCert's answer, when it came: it may tell who the owner is
	 */
	readonly keyListFor: (reply?: IDataObject) => KeyList;
	/** Whether a listed key is the one that an answer gave. */
	readonly isKeyOf: (reply: IDataObject, key: KeyFacts) => boolean;
	/** Makes the output of DigiCert's answer. Must not throw: the key would be lost. */
	readonly toOutput: (reply: IDataObject) => IDataObject;
	/**
	 * Adds to the output what DigiCert's answer lacks, by looking it up. When the look-up throws
	 * DigiCertFailure, the output stays as it is.
	 */
	readonly complete?: (session: Session, output: IDataObject) => Promise<IDataObject>;
}

/** Requests for the same key: same owner, same name. */
export function laneOf({ subject, name }: IssuanceRequest): string {
	return JSON.stringify([subject.thing, name.trim()]);
}

/** For the answers that give the value as `api_key` (digicert-api.md A.4.3, A.5.4, B.2.3). */
export function holdsApiKey({ api_key: value }: IDataObject): boolean {
	return typeof value === 'string' && value !== '';
}

/** For the answers whose `id` is the key's (digicert-api.md A.4.3, B.2.3). */
export function idOfKey({ id }: IDataObject): unknown {
	return id;
}

/** For the answers that do not have the key's ID in a known place (digicert-api.md A.5.4, B.3.1). */
export function noKeyId(): undefined {
	return undefined;
}

/** The key's ID as an answer tells it, if it is one. */
export function readKeyId({ keyIdOf }: IssuanceRequest, reply: IDataObject): number | undefined {
	const id = fromDigits(keyIdOf(reply));
	return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

/** Whether an ID in an answer, of whatever type, is this one. */
export function isId(told: unknown, id: number | undefined): boolean {
	return (typeof told === 'number' || typeof told === 'string') && String(told) === String(id);
}

/** Whether a listed key is the one whose ID an answer gives (digicert-api.md A.4.3, B.2.3). */
export function hasIdOf({ id }: IDataObject, key: KeyFacts): boolean {
	return isId(id, key.id);
}
