import { createHash } from 'node:crypto';

import type { ListedKey } from './events';

/**
 * Most bytes that one key takes in the state, with its ID, quotes and comma, as JSON. An ID of up
 * to 10 digits fits; each digit more may add one byte. What is left of it beside the other facts
 * is for the name (20 to 30 bytes), which is kept whole where it fits.
 */
const MOST_BYTES = 56;
/** Characters of a name's hash: 36 bits, so that one change of 70 thousand million goes unseen. */
const HASH_LENGTH = 6;
const MINUTE = 60_000;

/** A name in the state: whole, or its beginning and a hash of the whole. */
interface KnownName {
	readonly text: string;
	readonly hash?: string;
}

/** What the state holds of one key: enough to tell every event of it, and what was before. */
export interface KnownKey {
	readonly live: boolean;
	/** Not listed any more, and that was noticed. Kept, so that a list that lags makes no new key of it. */
	readonly removed: boolean;
	readonly acme: boolean;
	/** `neverUsed` and `old` were reported (or were so before the first poll). */
	readonly neverUsedTold: boolean;
	readonly oldTold: boolean;
	/** `unused` was reported for the use (or creation) of this minute, counted from 1970. */
	readonly unusedTold: number | undefined;
	/** How many times a change of this key was reported, so that each has an ID of its own. */
	readonly turn: number;
	readonly role: number | undefined;
	readonly ownerId: number | undefined;
	readonly name: KnownName;
}

/** The minute of a time, counted from 1970. */
export function minuteOf(time: Date): number {
	return Math.floor(time.getTime() / MINUTE);
}

function hashOf(name: string): string {
	return createHash('sha256').update(name).digest('base64url').slice(0, HASH_LENGTH);
}

/** Whether a key's name is still the one that is known. */
export function isSameName({ text, hash }: KnownName, name: string): boolean {
	return hash === undefined ? text === name : hash === hashOf(name);
}

/** A known name as it is shown: a long one is cut, and ends so that this is seen. */
export function showName({ text, hash }: KnownName): string {
	return hash === undefined ? text : `${text}…`;
}

/** A key that is seen for the first time. */
export function firstSight(key: ListedKey): KnownKey {
	return {
		live: true,
		removed: false,
		acme: key.acme,
		neverUsedTold: false,
		oldTold: false,
		unusedTold: undefined,
		turn: 0,
		role: key.role,
		ownerId: key.ownerId,
		name: { text: key.name ?? '' },
	};
}

/** Characters that take one byte each in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

function bytesOf(text: string): number {
	return PLAIN.test(text) ? text.length : Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The beginning of a text that takes at most so many bytes of JSON. */
function beginningOf(text: string, bytes: number): string {
	// No character takes less than a byte, so what is further on cannot fit.
	const part = text.slice(0, Math.max(0, bytes));
	if (PLAIN.test(part)) return part;
	let left = bytes;
	let beginning = '';
	for (const character of text) {
		left -= bytesOf(character);
		if (left < 0) break;
		beginning += character;
	}
	return beginning;
}

/** A name as it is written, in so many bytes of JSON (never less than its hash needs). */
function writeName({ text, hash }: KnownName, bytes: number): string {
	if (hash === undefined && bytesOf(text) < bytes) return `=${text}`;
	return `~${hash ?? hashOf(text)}${beginningOf(text, bytes - 1 - HASH_LENGTH)}`;
}

/** A number as it is written; empty for none. */
export function base36(value: number | undefined): string {
	return value?.toString(36) ?? '';
}

const FLAGS = ['live', 'removed', 'acme', 'neverUsedTold', 'oldTold'] as const;

/**
 * Writes what is known of a key: flags and turn, role, owner, minute of `unused`, name, in that
 * order, parted by dots and with numbers in base 36, such as `1.0.2oix.=Build server`.
 */
export function writeKnownKey(id: string, known: KnownKey): string {
	const flags = FLAGS.reduce((sum, flag, i) => sum + (known[flag] ? 2 ** i : 0), 0);
	const turn = known.turn === 0 ? '' : base36(known.turn);
	const facts = [known.role, known.ownerId, known.unusedTold].map(base36);
	const head = `${[base36(flags) + turn, ...facts].join('.')}.`;
	const around = id.length + '"":"",'.length;
	return head + writeName(known.name, MOST_BYTES - around - head.length);
}

const WRITTEN = /^([0-9a-v])([0-9a-z]*)\.(-?[0-9a-z]*)\.([0-9a-z]*)\.(-?[0-9a-z]*)\.([=~])(.*)$/s;

/** Reads it again; undefined for none, and for what `writeKnownKey` did not write. */
export function readKnownKey(written = ''): KnownKey | undefined {
	const [, flags = '', turn = '', role = '', owner = '', unused = '', kind, name = ''] =
		WRITTEN.exec(written) ?? [];
	if (kind === undefined) return undefined;
	const number = (text: string) => (text === '' ? undefined : parseInt(text, 36));
	const isSet = (flag: (typeof FLAGS)[number]) =>
		(parseInt(flags, 36) & (2 ** FLAGS.indexOf(flag))) !== 0;
	return {
		live: isSet('live'),
		removed: isSet('removed'),
		acme: isSet('acme'),
		neverUsedTold: isSet('neverUsedTold'),
		oldTold: isSet('oldTold'),
		unusedTold: number(unused),
		turn: number(turn) ?? 0,
		role: number(role),
		ownerId: number(owner),
		name:
			kind === '='
				? { text: name }
				: { text: name.slice(HASH_LENGTH), hash: name.slice(0, HASH_LENGTH) },
	};
}
