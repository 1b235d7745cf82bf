import type { IDataObject } from 'n8n-workflow';

import { explanationOf } from '../errors/failure';
import type { Session } from '../http/repeating';
import { readServerErrors } from '../http/reply';
import { isRecord } from '../values';
import type { DigiCertApi } from './apis';

/** An answer that tells no error, whatever its status. */
function isAnswer(json: unknown): json is Record<string, unknown> {
	return isRecord(json) && readServerErrors(json).length === 0;
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
