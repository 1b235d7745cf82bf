import { createKeyring, seededKeyValue } from '../keyring.mts';
import type { KeyRequest, Keyring, KeyringContext } from '../keyring.mts';

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
	guide: PartnerGuide;
	/** Goes back to the seeded state; seeded values and ids stay. */
	reset: () => void;
}

/** What a test or a person needs to try the partner API. */
export interface PartnerGuide {
	keys: Record<'parent' | 'subaccount' | 'unrelated', string>;
	accounts: Record<'parent' | 'subaccount' | 'otherSubaccount' | 'unrelated', number>;
}

/** Length of the documented sample key (digicert-api.md B.2.3). */
const KEY_LENGTH = 50;
const SEEDED_AT = '2025-01-15T10:30:00.000Z';
const ACCOUNTS = { parent: 67890, subaccount: 67891, otherSubaccount: 67892, unrelated: 55555 };
const FIRST_NEW_ACCOUNT = 67893;

/**
 * Makes the partner API's state as it is seeded: a parent account with two subaccounts, and a
 * parent account that has nothing to do with them.
 */
export function createPartner(shared: KeyringContext): PartnerState {
	const { parent, subaccount, otherSubaccount, unrelated } = ACCOUNTS;
	const key = (name: string, ownerId: number) => ({
		name,
		ownerId,
		value: seededKeyValue(`partner/${name}`, KEY_LENGTH),
		createdAt: SEEDED_AT,
	});
	const named = {
		parent: key('Parent key', parent),
		subaccount: key('First customer key', subaccount),
		unrelated: key('Unrelated key', unrelated),
	};
	const seededKeys: KeyRequest[] = [
		...Object.values(named),
		key('Second customer key', otherSubaccount),
		{ ...key('Retired key', subaccount), status: 'inactive' },
	];
	const partner: PartnerState = {
		accounts: new Map(),
		keys: createKeyring({ api: 'partner', firstId: 12345, valueLength: KEY_LENGTH, shared }),
		nextAccountId: 0,
		guide: {
			accounts: ACCOUNTS,
			keys: {
				parent: named.parent.value,
				subaccount: named.subaccount.value,
				unrelated: named.unrelated.value,
			},
		},
		reset() {
			partner.accounts = new Map([
				[parent, { id: parent, name: 'Parent Partner', parentId: undefined }],
				[subaccount, { id: subaccount, name: 'First Customer', parentId: parent }],
				[otherSubaccount, { id: otherSubaccount, name: 'Second Customer', parentId: parent }],
				[unrelated, { id: unrelated, name: 'Another Partner', parentId: undefined }],
			]);
			partner.nextAccountId = FIRST_NEW_ACCOUNT;
			partner.keys.clear();
			for (const request of seededKeys) partner.keys.issue(request);
		},
	};
	partner.reset();
	return partner;
}
