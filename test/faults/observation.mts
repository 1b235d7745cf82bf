import type { JournalEntry, KeyRecord } from '../../sandbox/index.mts';
import { isRecord } from '../support/read.mts';
import type { Call } from './faultKinds.mts';
import type { Plan } from './plan.mts';
import type { ToldKey } from './told.mts';

/** What could be seen of a run from outside: at the sandbox, and in what n8n kept. */
export interface Observation {
	readonly plan: Plan;
	/** What each item asks for, in input order. */
	readonly asks: readonly Ask[];
	readonly executions: readonly ExecutionSeen[];
	/** Keys that were made by the run, as they are after it. */
	readonly keys: readonly KeySeen[];
	/** Keys from before the run, likewise. */
	readonly earlier: readonly EarlierSeen[];
	/** Requests of the run, oldest first. */
	readonly requests: readonly RequestSeen[];
	/** Whether the machine was too slow to tell planned faults from others. */
	readonly isTooBusy: boolean;
	readonly foreignRequests: number;
	readonly leaks: readonly string[];
}

/** The owner as DigiCert is told: an ID, an email address or the name of a subaccount. */
export interface Ask {
	readonly owner: string;
	readonly name: string;
}

export interface ExecutionSeen {
	readonly index: number;
	/** How n8n says that it ended. */
	readonly status: string;
	/** Without an ID when the value opens nothing. */
	readonly delivered: readonly { item: number; keyId: number | undefined }[];
	/** What items say was handed over, with the ID that they name. */
	readonly handedOver: readonly { item: number; id: number | undefined }[];
	/** What sub-workflows stored, and after how many requests; without an ID likewise. */
	readonly stored: readonly { keyId: number | undefined; at: number }[];
	readonly told: readonly ToldKey[];
	/** What is told in another form than it should be. */
	readonly malformed: readonly string[];
	/** IDs of keys whose records went out in the place of new ones. */
	readonly skippedFor: readonly number[];
	/** What is said beside the items. */
	readonly hints: string;
	/** IDs of keys that items and hints name. */
	readonly mentions: ReadonlySet<number>;
	/** The input item of each output item, failed ones included. */
	readonly outputs: readonly number[];
	/** Items that left as successes as they had come. */
	readonly passedOff: readonly number[];
	/** Items that left as successes with neither a key nor a record of one, or too deep for n8n. */
	readonly empty: readonly number[];
	/** The error that stopped the node; empty without one. */
	readonly stopText: string;
	/** Calls that ended with an exception of n8n's helper. */
	readonly thrown: readonly { call: Call; name: string }[];
}

export type KeySeen = Pick<
	KeyRecord,
	'id' | 'name' | 'ownerId' | 'status' | 'createdAt' | 'lastUsedAt'
>;

export type EarlierSeen = KeySeen & {
	readonly statusBefore: string;
	/** The item that rotates it. */
	readonly rotatedBy: number | undefined;
};

export type RequestSeen = Pick<
	JournalEntry,
	'seq' | 'at' | 'path' | 'status' | 'createdKeyId' | 'fault'
> &
	Ask & { readonly call: Call; readonly execution: number };

/** The name without the tag that a creation may have. */
export function bareName(name: string): string {
	return name.replace(/ \[n8n [a-z2-7]{6}\]$/, '').trim();
}

/** What a request is for. `path` has no base and no query. */
export function callOf(method: string, path: string): Call {
	if (method === 'POST') return 'create';
	if (method === 'PUT') return path.endsWith('/status') ? 'switchOff' : 'other';
	if (/^\/(key|api-key)$/.test(path)) return 'list';
	return /^\/(key|api-key)\/\d+$/.test(path) ? 'read' : 'other';
}

/** The ID in the path of a call that switches a key off. */
export function pathIdOf(path: string): number {
	return Number(/\/(\d+)\/status$/.exec(path)?.[1]);
}

/** What a request asks for: only that of a creation says something. */
export function askIn({ path, body }: Pick<JournalEntry, 'path' | 'body'>): Ask {
	const fields = isRecord(body) ? body : {};
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const { email, name, api_name: apiName, api_key_name: keyName } = fields;
	if (path === '/user') return { owner: text(email), name: text(apiName) };
	// The name in the body of Create subaccount is the subaccount's.
	if (keyName !== undefined) return { owner: text(name), name: text(keyName) };
	return { owner: path.slice(path.lastIndexOf('/') + 1), name: text(name) };
}
