import { isRecord } from '../support/read.mts';

/**
 * What an execution tells of a key, as a workflow reads it: an entry of `error.context.keys`, or of
 * what is logged. Where the ID is known, that may be all.
 */
export interface ToldKey {
	readonly item: number | undefined;
	/** Null when it is not known. */
	readonly id: number | null;
	readonly name: string | undefined;
	/** An ID, an email address or the name of a subaccount. */
	readonly owner: string | undefined;
	readonly state: State;
}

const STATES = ['live', 'switched_off', 'handed_over', 'candidate', 'may_exist'] as const;
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
	const read = {
		item: typeof item === 'number' ? item : undefined,
		name: typeof name === 'string' ? name : undefined,
		owner: typeof owner === 'string' || typeof owner === 'number' ? String(owner) : undefined,
	};
	const known = STATES.find((one) => one === state);
	if (known === undefined) return undefined;
	if (typeof id === 'number' && Number.isSafeInteger(id)) return { ...read, id, state: known };
	const isFindable = read.name !== undefined && read.owner !== undefined;
	return id === null && isFindable ? { ...read, id, state: known } : undefined;
}

/** The entries of `keys` as they are logged: by state, with no more than the ID where it is known. */
function entriesOf(logged: Record<string, unknown>): unknown[] {
	return Object.entries(logged).flatMap(([state, list]) =>
		Array.isArray(list)
			? list.map((id: unknown) => (typeof id === 'number' ? { id, state } : id))
			: [{ state, list }],
	);
}

/** Reads `context.keys` of errors, or `keys` of what is logged beside a line. */
export function readTold(lists: readonly unknown[]): Told {
	const told: ToldKey[] = [];
	const malformed: string[] = [];
	for (const list of lists) {
		const entries: unknown[] = Array.isArray(list) ? list : isRecord(list) ? entriesOf(list) : [];
		if (list !== undefined && typeof list !== 'object') malformed.push(`keys: ${typeof list}`);
		for (const entry of entries) {
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
