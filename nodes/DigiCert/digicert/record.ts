import type { IDataObject } from 'n8n-workflow';

import { isJsonObject } from '../values';

/** A key or a user as DigiCert sends it. Field sets are loose: only `id` is asked for. */
export interface DigiCertRecord extends IDataObject {
	id: number;
}

/** Whether a value is a record. */
export function isDigiCertRecord(json: unknown): json is DigiCertRecord {
	return isJsonObject(json) && typeof json.id === 'number';
}

/** Whether a value is a list of records. */
export function isRecordList(json: unknown): json is DigiCertRecord[] {
	return Array.isArray(json) && json.every(isDigiCertRecord);
}

/** Whether an answer is a list of keys, in the form that both APIs use (digicert-api.md A.4.1, B.2.1). */
export function isKeyList(json: unknown): json is { api_keys: DigiCertRecord[] } {
	return isJsonObject(json) && isRecordList(json.api_keys);
}
