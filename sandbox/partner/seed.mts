import type { Clock } from '../clock.mts';
import { createKeyring, randomKeyValue } from '../keyring.mts';
import type { KeyRequest, Keyring } from '../keyring.mts';

export interface PartnerAccount {
	id: number;
	name: string;
	/** The parent account's id; undefined for a parent account. */
	parentId: number | undefined;
}

export interface PartnerState {
	accounts: Map<number, PartnerAccount>;
	keys: Keyring;
	nextAccountId: number;
}

/** What a test or a person needs to try the partner API. */
export interface PartnerGuide {
	keys: Record<'parent' | 'subaccount' | 'unrelated', string>;
	accounts: Record<'parent' | 'subaccount' | 'otherSubaccount' | 'unrelated', number>;
}

/** What the state is filled with, at the start and at each reset. */
export interface PartnerSeed {
	guide: PartnerGuide;
	accounts: PartnerAccount[];
	keys: KeyRequest[];
}

/** Length of the documented sample key (digicert-api.md B.2.3). */
const KEY_LENGTH = 50;
const SEEDED_AT = '2025-01-15T10:30:00.000Z';
const ACCOUNTS = { parent: 67890, subaccount: 67891, otherSubaccount: 67892, unrelated: 55555 };
const FIRST_NEW_ACCOUNT = 67893;

/** Makes the state of the partner API, still without accounts and keys. */
export function createPartner(clock: Clock, onIssue: (value: string) => void): PartnerState {
	return {
		accounts: new Map(),
		keys: createKeyring({
			api: 'partner',
			firstId: 12345,
			valueLength: KEY_LENGTH,
			clock,
			onIssue,
		}),
		nextAccountId: FIRST_NEW_ACCOUNT,
	};
}

/**
 * Decides what the partner API is seeded with: a parent account with two subaccounts, and a parent
 * account that has nothing to do with them. Key values are chosen here, once, so that they outlive
 * a reset.
 */
export function planSeed(): PartnerSeed {
	const { parent, subaccount, otherSubaccount, unrelated } = ACCOUNTS;
	const keys = {
		parent: randomKeyValue(KEY_LENGTH),
		subaccount: randomKeyValue(KEY_LENGTH),
		unrelated: randomKeyValue(KEY_LENGTH),
	};
	const key = (name: string, ownerId: number, value = randomKeyValue(KEY_LENGTH)) => ({
		name,
		ownerId,
		value,
		createdAt: SEEDED_AT,
	});
	return {
		guide: { accounts: ACCOUNTS, keys },
		accounts: [
			{ id: parent, name: 'Parent Partner', parentId: undefined },
			{ id: subaccount, name: 'First Customer', parentId: parent },
			{ id: otherSubaccount, name: 'Second Customer', parentId: parent },
			{ id: unrelated, name: 'Another Partner', parentId: undefined },
		],
		keys: [
			key('Parent key', parent, keys.parent),
			key('First customer key', subaccount, keys.subaccount),
			key('Unrelated key', unrelated, keys.unrelated),
			key('Second customer key', otherSubaccount),
			{ ...key('Retired key', subaccount), status: 'inactive' },
		],
	};
}

/** Puts the partner API into its seeded state, whatever it held before. */
export function fill(partner: PartnerState, seed: PartnerSeed): void {
	partner.accounts.clear();
	partner.keys.clear();
	partner.nextAccountId = FIRST_NEW_ACCOUNT;
	for (const account of seed.accounts) partner.accounts.set(account.id, account);
	for (const request of seed.keys) partner.keys.issue(request);
}
