import { createKeyring, seededKeyValue } from '../keyring.mts';
import type { InstanceName, KeyRequest, Keyring, KeyringContext } from '../keyring.mts';
import { seedPeople, seedServiceUsers } from './people.mts';
import type { User } from './people.mts';

export interface Container {
	id: number;
	public_id: string;
	name: string;
	/** 0 for the top-level container (digicert-api.md A.8). */
	parent_id: number;
	template_id: number;
	has_logo: boolean;
	is_active: boolean;
}

/** One CertCentral instance: its own account, users and keys. */
export interface CertCentralInstance {
	name: InstanceName;
	accountId: number;
	containers: [root: Container, ...Container[]];
	users: Map<number, User>;
	keys: Keyring;
	nextUserId: number;
	guide: CertCentralGuide;
	/** Goes back to the seeded state; seeded values and ids stay. */
	reset: () => void;
}

/** What a test or a person needs to try one CertCentral instance. */
export interface CertCentralGuide {
	keys: Record<'administrator' | 'viewOnly' | 'orders' | 'userManagement' | 'standardUser', string>;
	users: Record<'administrator' | 'person' | 'serviceUser' | 'standard', number>;
}

/** Length of the documented sample key (digicert-api.md A.4.3). */
const KEY_LENGTH = 47;
const SEEDED_AT = '2024-03-01T09:00:00.000Z';

/** Ids of the two instances do not overlap, so that a mix-up of instances shows. */
const FIRST_IDS = {
	us: { account: 123654, container: 5, user: 125039, serviceUser: 1538858, key: 182 },
	eu: { account: 823654, container: 8005, user: 825039, serviceUser: 8538858, key: 80182 },
};

/** The further fields of an ACME directory URL among the keys (digicert-api.md A.4.2), types as in the sample. */
const ACME_FIELDS = {
	acme_directory_url: '******nnAA',
	product_name_id: 'ssl_plus',
	product_name: 'Standard SSL',
	organization_id: 112233,
	organization_name: 'Example Corporation',
	validity_days: '365',
	validity_years: '1',
};

/** Makes one instance in its seeded state, the keys of the guide in it. */
export function createInstance(
	name: InstanceName,
	people: number,
	shared: KeyringContext,
): CertCentralInstance {
	const ids = FIRST_IDS[name];
	const users = {
		administrator: ids.user,
		person: ids.user + 1,
		standard: ids.user + 2,
		serviceUser: ids.serviceUser,
	};
	const key = (keyName: string, ownerId: number, role = 0) => ({
		name: keyName,
		ownerId,
		value: seededKeyValue(`${name}/${keyName}`, KEY_LENGTH),
		restricted_to_role_id: role,
		createdAt: SEEDED_AT,
	});
	const named = {
		administrator: key('Administrator', users.administrator),
		viewOnly: key('View only', users.administrator, 102),
		orders: key('Orders', users.administrator, 100),
		userManagement: key('User management', users.administrator, 103),
		standardUser: key('Standard user', users.standard),
	};
	const seededKeys: KeyRequest[] = [
		...Object.values(named),
		{ ...key('Former integration', users.person), status: 'revoked' },
		// An ACME directory URL among the keys (digicert-api.md A.4.2).
		{ ...key('ACME directory', users.administrator), acme: ACME_FIELDS },
	];
	const instance: CertCentralInstance = {
		name,
		accountId: ids.account,
		containers: [
			container(ids.container, 'My Account', 0),
			container(ids.container + 1, 'Engineering', ids.container),
		],
		users: new Map(),
		keys: createKeyring({
			api: 'certcentral',
			instance: name,
			firstId: ids.key,
			valueLength: KEY_LENGTH,
			shared,
		}),
		nextUserId: 0,
		guide: {
			users,
			keys: {
				administrator: named.administrator.value,
				viewOnly: named.viewOnly.value,
				orders: named.orders.value,
				userManagement: named.userManagement.value,
				standardUser: named.standardUser.value,
			},
		},
		reset() {
			const serviceUsers = seedServiceUsers(ids.serviceUser, ids.container);
			const everybody = [...seedPeople(people, ids.user, ids.container), ...serviceUsers];
			instance.users = new Map(everybody.map((user) => [user.id, user]));
			instance.nextUserId = ids.serviceUser + serviceUsers.length;
			instance.keys.clear();
			for (const request of seededKeys) instance.keys.issue(request);
		},
	};
	instance.reset();
	return instance;
}

function container(id: number, name: string, parentId: number): Container {
	return {
		id,
		public_id: `PUB${id}`,
		name,
		parent_id: parentId,
		template_id: parentId === 0 ? 5 : 6,
		has_logo: false,
		is_active: true,
	};
}
