import type { IDataObject } from 'n8n-workflow';

import { isRefusal, isSuccess } from '../transport/doubt';
import type { Interrupted, Reply, Unreached } from '../transport/exchange';
import { isJsonObject } from '../transport/json';
import type { Sent } from '../transport/sendPaced';
import type { IssuanceRequest } from './request';

/** The key exists and its value is here. */
export interface Issued {
	readonly kind: 'issued';
	/** DigiCert's answer as it came, with the key. */
	readonly reply: IDataObject;
}

/** No key was made: DigiCert said no, or the request never reached it. */
export interface Refused {
	readonly kind: 'refused';
	readonly exchange: Reply | Unreached;
}

/** Nobody can tell from the answer whether a key was made. Never sent again. */
export interface Unknown {
	readonly kind: 'unknown';
	readonly exchange: Reply | Interrupted;
	/** When the request was sent, by this machine's clock. */
	readonly sentAt: Date;
}

/** What became of one creation: always one of three, so that doubt is never taken for a no. */
export type Outcome = Issued | Refused | Unknown;

/** Judges what a creation request ended with. */
export function judge({ holdsKey }: IssuanceRequest, { exchange, sentAt }: Sent): Outcome {
	if (exchange.kind === 'unreached') return { kind: 'refused', exchange };
	if (exchange.kind === 'reply') {
		const { json } = exchange;
		const withKey = isJsonObject(json) && holdsKey(json);
		if (withKey && isSuccess(exchange)) return { kind: 'issued', reply: json };
		if (!withKey && isRefusal(exchange)) return { kind: 'refused', exchange };
	}
	return { kind: 'unknown', exchange, sentAt };
}
