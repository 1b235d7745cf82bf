import type { IDataObject } from 'n8n-workflow';

import type { Explanation } from '../errors/explanation';
import { isRefusal, isSuccess } from '../http/doubt';
import type { Interrupted, Reply, Unreached } from '../http/exchange';
import { isJsonObject } from '../values';
import type { Sent } from '../http/sendPaced';
import { readKeyId } from './request';
import type { IssuanceRequest } from './request';

/** What a roll-back did with a key. */
export interface RolledBack {
	/** Undefined when it could not be found out. */
	readonly id: number | undefined;
	/** Why the key may still be live; undefined when it was switched off. */
	readonly failure?: Explanation;
}

/** The key exists and its value is here. */
export interface Issued {
	readonly kind: 'issued';
	/** DigiCert's answer as it came, with the key. */
	readonly reply: IDataObject;
	/** There once a roll-back was tried; then the value is not put out. */
	readonly rolledBack?: RolledBack;
}

/** No key was made: DigiCert said no, or the request never reached it. */
export interface Refused {
	readonly kind: 'refused';
	readonly exchange: Reply | Unreached;
}

/** What looking for keys of unknown outcome found, for all requests of one owner and name. */
export type Finding = LookUpFailed | Found;

export interface LookUpFailed {
	readonly kind: 'failed';
	readonly failure: Explanation;
}

export interface Found {
	readonly kind: 'found';
	/** Keys that they may have created; none is nothing to rely on, because a request may be late. */
	readonly ids: readonly number[];
	/** Why it is not certain that they did. */
	readonly doubt: Doubt;
	/** Whether their times were compared with that of the request. */
	readonly isTimed: boolean;
	/** How many requests it is about. With fewer keys, another one may still appear. */
	readonly requests: number;
	/** What was done about them: what was wanted; `kept` in doubt; or why switching off did not work. */
	readonly done: 'nothing' | 'kept' | 'switchedOff' | Explanation;
}

/** Why a key is not known for certain; undefined when it is, or when there is none. */
export type Doubt = 'several' | 'time' | 'owner' | 'before' | undefined;

/** Nobody can tell from the answer whether a key was made. Never sent again. */
export interface Unknown {
	readonly kind: 'unknown';
	readonly exchange: Reply | Interrupted;
	/** When the request was sent, by this machine's clock. */
	readonly sentAt: Date;
	/** The key's ID, when the answer has that and not the value. */
	readonly keyId: number | undefined;
	/** There once DigiCert's list was looked at. */
	readonly finding?: Finding;
}

/** Not sent, because an earlier item of the run asked for the same key, and has it or may have it. */
export interface Withheld {
	readonly kind: 'withheld';
	readonly earlier: IssuanceRequest;
}

/** What became of one creation that was sent: always one of three, so that doubt is never taken for a no. */
export type Verdict = Issued | Refused | Unknown;

/** What became of one request. */
export type Outcome = Verdict | Withheld;

/** Judges what a creation request ended with. */
export function judge(request: IssuanceRequest, { exchange, sentAt }: Sent): Verdict {
	if (exchange.kind === 'unreached') return { kind: 'refused', exchange };
	if (exchange.kind === 'interrupted') {
		return { kind: 'unknown', exchange, sentAt, keyId: undefined };
	}
	const reply = isJsonObject(exchange.json) ? exchange.json : {};
	const withKey = request.holdsKey(reply);
	if (withKey && isSuccess(exchange)) return { kind: 'issued', reply };
	if (!withKey && isRefusal(exchange)) return { kind: 'refused', exchange };
	const tellsKey = withKey || isSuccess(exchange);
	const keyId = tellsKey ? readKeyId(request, reply) : undefined;
	return { kind: 'unknown', exchange, sentAt, keyId };
}
