import type { IDataObject } from 'n8n-workflow';

import type { Subject } from '../errors/explain';
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
	/** Makes the output of DigiCert's answer. Must not throw: the key would be lost. */
	readonly toOutput: (reply: IDataObject) => IDataObject;
}
