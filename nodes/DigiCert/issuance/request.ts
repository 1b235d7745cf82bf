import type { IDataObject } from 'n8n-workflow';

import type { Subject } from '../errors/explanation';
import type { Session } from '../records/session';
import type { ApiRequest } from '../transport/client';

/** One key to be created, checked and ready to be sent. */
export interface IssuanceRequest {
	/** Position of the input item, from 0. */
	readonly itemIndex: number;
	/** The key's name, exactly as it is sent. */
	readonly name: string;
	/** Whose key it becomes. */
	readonly subject: Subject;
	readonly request: ApiRequest;
	/** Whether an answer holds the new key's value. */
	readonly holdsKey: (reply: IDataObject) => boolean;
	/** The key's ID in an answer, if it has one there. */
	readonly keyIdOf: (reply: IDataObject) => unknown;
	/** Makes the output of DigiCert's answer. Must not throw: the key would be lost. */
	readonly toOutput: (reply: IDataObject) => IDataObject;
	/**
	 * Adds to the output what DigiCert's answer lacks, by looking it up. When the look-up throws
	 * DigiCertFailure, the output stays as it is.
	 */
	readonly complete?: (session: Session, output: IDataObject) => Promise<IDataObject>;
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
