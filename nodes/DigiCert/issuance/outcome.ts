import type { IDataObject } from 'n8n-workflow';

import type { Exchange, Interrupted, Reply, Unreached } from '../transport/exchange';
import { isRecord } from '../transport/reply';

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

function isJsonObject(value: unknown): value is IDataObject {
	return isRecord(value);
}

function hasKey(json: unknown): json is IDataObject {
	return isJsonObject(json) && typeof json.api_key === 'string' && json.api_key !== '';
}

/** Judges what a creation request ended with. */
export function judge(exchange: Exchange, sentAt: Date): Outcome {
	if (exchange.kind === 'unreached') return { kind: 'refused', exchange };
	if (exchange.kind === 'reply') {
		const { status, json } = exchange;
		if (status >= 200 && status < 300 && hasKey(json)) return { kind: 'issued', reply: json };
		if (status >= 400 && status < 500) return { kind: 'refused', exchange };
	}
	return { kind: 'unknown', exchange, sentAt };
}
