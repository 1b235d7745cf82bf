import type { IDataObject, RelatedExecution } from 'n8n-workflow';

import type { KeyFacts } from '../digicert/keyFacts';
import type { KeyList } from '../digicert/keyLists';
import { baseNameOf } from '../digicert/keyNames';
import type { Recipient } from '../encryption/recipient';
import type { Explanation, Subject } from '../errors/failure';
import type { ApiRequest } from '../http/client';
import type { Interrupted, Reply, Unreached } from '../http/exchange';
import { isKeyValue, secretsIn } from '../http/redaction';
import type { Session } from '../http/repeating';
import type { HandOver } from '../parameters/handOver';
import type { IssuanceOptions } from '../parameters/issuance';
import { safeIdOf, textsIn } from '../values';

/** The key that a new one is to replace, as the output shows it. */
export type Replaced = { readonly id: number } & IDataObject;

/** What is to be made: checked, and ready to be sent. */
export interface KeyOrder {
	/** The key's name as the user wants it, without a tag. */
	readonly name: string;
	/** Whose key it becomes, in words. */
	readonly subject: Subject;
	/** The same as fields of `context.keys`, under the API's own names. */
	readonly owner: IDataObject;
	/** The same for a listed key that may be the one, where the owner is new and the list tells another's. */
	readonly ownerIn?: (key: KeyFacts) => IDataObject;
	/** Makes the request. The name is the one that is sent, with its tag if it has one. */
	readonly requestFor: (name: string) => ApiRequest;
	readonly replaces?: Replaced;
	/** Whether an answer holds the new key's value. `known` are texts that are not it. */
	readonly holdsKey: (reply: IDataObject, known: ReadonlySet<string>) => boolean;
	/** The key's ID in an answer, if the answer has it in a documented place. */
	readonly idIn: (reply: IDataObject) => number | undefined;
	/** Where the owner's keys are listed. DigiCert's answer, when it came, may tell who the owner is. */
	readonly listFor: (reply?: IDataObject) => KeyList;
	/**
	 * Whether a listed key of the right name is proven to be the one that an answer gave. Left out
	 * where an answer without the key's ID tells nothing by which it could be known.
	 */
	readonly isProven?: (reply: IDataObject, key: KeyFacts) => boolean;
	/** Makes the output of DigiCert's answer. `name` is the one that was sent. */
	readonly toOutput: (reply: IDataObject, name: string) => IDataObject;
	/** Looks up what DigiCert's answer lacks: the key's proven ID, as `key_id`. Throws DigiCertFailure. */
	readonly complete?: (session: Session, reply: IDataObject) => Promise<IDataObject>;
}

/** What switching a key off came to so far: under way, done, or why it may still be live. */
export type SwitchedOff = 'pending' | 'done' | Explanation;

/** A listed key that is proven to be of a creation: by its tag, or by what the answer told. */
export interface Proven {
	readonly key: KeyFacts;
	/** There once it was to be switched off. */
	off?: SwitchedOff;
}

/** What looking for a key in its owner's list found. */
export interface Found {
	/** More than one when something between sent the request again. */
	readonly proven: readonly Proven[];
	/** Where none is proven, keys that it may be: not switched off, of its name, never used, held by nobody here. It may be none of them. */
	readonly candidates: readonly KeyFacts[];
	/** The item with which they are named, where they are many and the same; then they are not here. */
	readonly toldWith?: number;
}

/** Nobody can tell from the answer whether a key was made. Never sent again. */
export interface Unknown {
	readonly kind: 'unknown';
	exchange: Reply | Interrupted;
	/** The key's ID, when the answer has that and not the value. */
	readonly toldId?: number;
	/** There once DigiCert's list was looked at; why that did not work otherwise. */
	found?: Found | Explanation;
}

/** The key exists and its value is here. */
export interface Issued {
	readonly kind: 'issued';
	/** DigiCert's answer as it came, with the key. */
	readonly reply: IDataObject;
	/** The key's ID, as far as it is known. */
	id: number | undefined;
	/** The key as it goes to its receiver, encrypted if it has a recipient; undefined when it could not be made. */
	parcel?: IDataObject;
	/** What the item puts out: the parcel, or what is left to say after a hand-over. */
	output?: IDataObject;
	/** Whether a sub-workflow has taken it over. It is never switched off then. */
	handedOver?: true;
	/** The sub-workflow's execution. */
	execution?: RelatedExecution;
	/** Whether it stays, because a sub-workflow was called with it and may have stored it. */
	keep?: boolean;
	/** What became of the old key, if there is one, now that the new one is stored. `may_be_live`: it was to be switched off. */
	oldKey?: 'switched_off' | 'kept' | 'may_be_live';
	/** There once it was to be switched off; then its value is not put out. */
	off?: SwitchedOff;
	/** Why nobody receives it; the run's own stop unless given. */
	reason?: Explanation;
	/** The record that goes out in its place, of the key that another run made first. */
	instead?: IDataObject;
	/** What the list showed, where the answer does not tell the ID. */
	found?: Found | Explanation;
}

/** What became of one creation. */
export type Outcome =
	/** Nothing was sent yet. */
	| { readonly kind: 'planned' }
	/** A key was not asked for: because of its name, or because something was thrown before. */
	| { readonly kind: 'declined'; readonly explanation: Explanation }
	/** No key was made: DigiCert said no, or it is proven that the request never reached it. */
	| { readonly kind: 'refused'; readonly exchange: Reply | Unreached }
	| Unknown
	| Issued
	/** The key of this name exists: its record goes out, without the value. */
	| { readonly kind: 'skipped'; readonly record: IDataObject }
	/** Not sent, because an earlier item of the run asked for the same key, and has it or may have it. */
	| { readonly kind: 'withheld'; readonly earlier: Creation };

/** One key to be created: from the checked parameters of an item to what it puts out. */
export interface Creation {
	/** Position of the input item, from 0. */
	readonly itemIndex: number;
	readonly order: KeyOrder;
	/** The key's name as it is sent: the order's, with its tag if it has one. */
	readonly sentName: string;
	/**
	 * What no other creation has in its key's name, if a lost key is to be switched off. Not what a
	 * user may have written in the same form: that proves nothing.
	 */
	readonly tag: string | undefined;
	/** What to do about names, lost answers, stops and new keys. */
	readonly how: IssuanceOptions;
	/** Whom the value is encrypted to; undefined to put it out in clear text. */
	readonly recipient: Recipient | undefined;
	/** The sub-workflow that it goes to; undefined for the output of the node. */
	readonly handOver: HandOver | undefined;
	/**
	 * What became of it so far. It is set to `unknown` before the request goes out, so that
	 * whatever is thrown finds the truth here.
	 */
	outcome: Outcome;
}

type OfKind<K extends Outcome['kind']> = Creation & { outcome: Extract<Outcome, { kind: K }> };

/** Whether a creation ended in one way. */
export function isOf<K extends Outcome['kind']>(kind: K) {
	return (creation: Creation): creation is OfKind<K> => creation.outcome.kind === kind;
}

export type IssuedCreation = OfKind<'issued'>;
export type UnknownCreation = OfKind<'unknown'>;

export const isIssued = isOf('issued');
export const isUnknown = isOf('unknown');

/** Requests for the same key: same owner, same name. Never in flight together. */
export function laneOf({ order }: Creation): string {
	return JSON.stringify([order.subject.thing, baseNameOf(order.name)]);
}

/** Whether the key's value is here, ready to go to its receiver, with nothing against it. */
export function isHeld({ outcome }: Creation): boolean {
	if (outcome.kind !== 'issued' || outcome.off !== undefined) return false;
	return outcome.parcel !== undefined && outcome.reason === undefined;
}

/** Whether somebody gets the value: with the item, or by the hand-over. */
export function isDelivered(creation: Creation): creation is IssuedCreation {
	if (!isIssued(creation)) return false;
	const { handedOver, output } = creation.outcome;
	return handedOver === true || (isHeld(creation) && output !== undefined);
}

/** Whether the item has what it asked for: a key, or the record of the one that exists. */
export function isFine(creation: Creation): boolean {
	const { outcome } = creation;
	if (outcome.kind === 'withheld') return isFine(outcome.earlier);
	if (outcome.kind === 'issued' && outcome.instead !== undefined) return outcome.off === 'done';
	return outcome.kind === 'skipped' || isHeld(creation);
}

/** Texts that were there before the key, so that none of them is it: the request's, and the old key's. */
export function textsBefore({ order, sentName }: Creation): string[] {
	const texts = textsIn([order.requestFor(sentName).body, order.replaces]);
	// DigiCert may keep a name without the white space around it.
	return [...texts, ...texts.map((text) => text.trim())];
}

/**
 * The texts in DigiCert's answer that are, or may be, the value of the key. What was there before it
 * is none, though it may look like one: a name can be a UUID.
 */
export function secretsOf(creation: IssuedCreation): string[] {
	const { reply } = creation.outcome;
	const known = textsBefore(creation);
	const secrets = secretsIn(reply).filter((text) => !known.includes(text));
	return [...secrets, ...(isKeyValue(reply.api_key) ? [reply.api_key] : [])];
}

/** The ID of the old key, if this is what became of it. */
export function oldKeyThatIs(
	state: Issued['oldKey'],
	{ order, outcome }: IssuedCreation,
): number[] {
	return order.replaces !== undefined && outcome.oldKey === state ? [order.replaces.id] : [];
}

/** What an output says of a key besides its value. */
const RECORD = [
	...['id', 'key_id', 'name', 'status', 'user_id', 'account_id', 'restricted_to_role_id', 'email'],
	...['verified', 'verification', 'also_live'],
];

/** An output without the key: only the fields that are known not to hold it. */
export function withoutValue(output: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(output).filter(([field]) => RECORD.includes(field)));
}

/** Whether what looking for a key gave is a finding, not the reason why it did not work. */
export function isFound(found: Unknown['found']): found is Found {
	return found !== undefined && 'candidates' in found;
}

/** What looking for a key found: nothing where it was not looked for, or that did not work. */
export function foundOf({ found }: Unknown | Issued): Found {
	return isFound(found) ? found : { proven: [], candidates: [] };
}

/** For the answers that give the value as `api_key` (digicert-api.md A.4.3, A.5.4, B.2.3). */
export function holdsApiKey({ api_key: value }: IDataObject, known: ReadonlySet<string>): boolean {
	return isKeyValue(value) && !known.has(value.trim());
}

/** For the answers whose `id` is the key's (digicert-api.md A.4.3, B.2.3). */
export function idOfKey({ id }: IDataObject): number | undefined {
	return safeIdOf(id);
}
