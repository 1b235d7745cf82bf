import { randomBytes } from 'node:crypto';

/** Longest key name the partner API takes, in characters (digicert-api.md B.2.3). CertCentral documents no limit. */
export const LONGEST_PARTNER_NAME = 200;

/** A tag at the end of a name, by which a creation tells its key from all others. */
const TAG = /\s\[n8n ([a-z2-7]{6})\]$/;

/** The characters of base32 (RFC 4648), in lower case. */
const TAG_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** A random mark of one creation: 30 bits, so that no other key of the same name has it. */
export function createTag(): string {
	return [...randomBytes(6)].map((byte) => TAG_CHARACTERS[byte % 32]).join('');
}

/** A name without white space around it, and its tag, if there is one. */
function split(name: string): { base: string; tag: string | undefined } {
	const trimmed = name.trim();
	const found = TAG.exec(trimmed);
	if (found === null) return { base: trimmed, tag: undefined };
	return { base: trimmed.slice(0, found.index).trimEnd(), tag: found[1] };
}

/**
 * The name that a user gave, without tag and without white space around it: whether DigiCert keeps
 * the latter is not documented. Keys with the same one count as keys of the same name.
 */
export function baseNameOf(name: string): string {
	return split(name).base;
}

/** The tag of a name, six characters of `a-z2-7`; undefined when there is none. */
export function tagOf(name: string): string | undefined {
	return split(name).tag;
}

/** A name as it is sent to be told from all others; a tag that it has gives way. */
export function withTag(name: string, tag: string): string {
	return `${baseNameOf(name)} [n8n ${tag}]`;
}

/** Keys of one owner and name have the same, whatever their tags are. */
export function placeOf(ownerId: number | undefined, name: string): string {
	return `${String(ownerId)} ${baseNameOf(name)}`;
}
