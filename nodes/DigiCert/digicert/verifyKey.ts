import type { IDataObject } from 'n8n-workflow';

import { explanationOf } from '../errors/failure';
import { isRecord } from '../values';
import { readServerErrors } from '../http/serverErrors';
import type { Session } from './session';

/** An answer that tells no error, whatever its status. */
function isAnswer(json: unknown): json is Record<string, unknown> {
	return isRecord(json) && readServerErrors(json).length === 0;
}

/**
 * Tries a key with one read-only call that is made with the key itself: `GET /user/me`
 * (digicert-api.md A.5.1) or `GET /api-key` (B.2.1).
 *
 * @returns what is added to the output: `verified`, and why not. A no need not mean that the key
 *   is wrong, so it is told as what it is
 */
export async function verifyKey(session: Session, apiKey: string): Promise<IDataObject> {
	const { testPath } = session.client.api;
	try {
		await session.withKey(apiKey).read(testPath, { thing: 'the new API key' }, isAnswer);
		return { verified: true };
	} catch (error) {
		const { found, httpCode } = explanationOf(error);
		const meaning =
			httpCode === '403'
				? 'This need not mean that the key does not work: one with a role restriction may be refused this call.'
				: 'Whether the key works is not known from this. Try it where it is to be used.';
		return {
			verified: false,
			verification: `GET ${testPath} with the new key: ${found} ${meaning}`,
		};
	}
}
