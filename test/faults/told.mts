import { isRecord } from '../support/read.mts';

/** What an execution tells of a key, as a workflow reads it: an entry of `error.context.keys`. */
export interface ToldKey {
	readonly item: number;
	/** Null when it is not known. */
	readonly id: number | null;
	readonly name: string;
	/** An ID, an email address or the name of a subaccount. */
	readonly owner: string;
	readonly state: State;
}

const STATES = ['live', 'switched_off', 'candidate', 'may_exist'] as const;
type State = (typeof STATES)[number];
const OWNERS = ['user_id', 'account_id', 'email', 'subaccount'];

/** What was told, and what of it has not the form that it should have. */
export interface Told {
	readonly told: ToldKey[];
	readonly malformed: string[];
}

function readKey(entry: unknown): ToldKey | undefined {
	if (!isRecord(entry)) return undefined;
	const { item, id, name, state } = entry;
	const owner = OWNERS.map((field) => entry[field]).find((value) => value !== undefined);
	const known = STATES.find((one) => one === state);
	const isId = id === null || (typeof id === 'number' && Number.isSafeInteger(id));
	const isOwner = typeof owner === 'string' || typeof owner === 'number';
	if (typeof item !== 'number' || typeof name !== 'string' || known === undefined) return undefined;
	return isId && isOwner ? { item, id, name, owner: String(owner), state: known } : undefined;
}

/** Reads `context.keys` of errors, or `keys` of what is logged beside a line. */
export function readTold(lists: readonly unknown[]): Told {
	const told: ToldKey[] = [];
	const malformed: string[] = [];
	for (const list of lists) {
		if (list !== undefined && !Array.isArray(list)) malformed.push(`keys: ${typeof list}`);
		for (const entry of Array.isArray(list) ? list : []) {
			const read = readKey(entry);
			if (read === undefined) malformed.push(JSON.stringify(entry));
			else told.push(read);
		}
	}
	return { told, malformed };
}

/** `context.keys` of an error; undefined without one. */
export function keysOf(error: unknown): unknown {
	if (!isRecord(error) || !isRecord(error.context)) return undefined;
	return error.context.keys;
}
