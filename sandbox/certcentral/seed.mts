import type { Clock } from '../clock.mts';
import { createKeyring, randomKeyValue } from '../keyring.mts';
import type { InstanceName, KeyRequest, Keyring } from '../keyring.mts';
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
}

/** What a test or a person needs to try one CertCentral instance. */
export interface CertCentralGuide {
	keys: Record<'administrator' | 'viewOnly' | 'orders' | 'userManagement' | 'standardUser', string>;
	users: Record<'administrator' | 'person' | 'serviceUser' | 'standard', number>;
}

/** What the state is filled with, at the start and at each reset. */
export interface CertCentralSeed {
	guide: CertCentralGuide;
	users: User[];
	nextUserId: number;
	keys: KeyRequest[];
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

/** Makes one instance, still without users and keys. */
export function createInstance(
	name: InstanceName,
	clock: Clock,
	onIssue: (value: string) => void,
): CertCentralInstance {
	const ids = FIRST_IDS[name];
	return {
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
			clock,
			onIssue,
		}),
		nextUserId: 0,
	};
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

/**
 * Decides what an instance is seeded with. Key values are chosen here, once, so that they outlive a
 * reset.
 */
export function planSeed(name: InstanceName, people: number): CertCentralSeed {
	const ids = FIRST_IDS[name];
	const guide = {
		users: {
			administrator: ids.user,
			person: ids.user + 1,
			standard: ids.user + 2,
			serviceUser: ids.serviceUser,
		},
		keys: {
			administrator: randomKeyValue(KEY_LENGTH),
			viewOnly: randomKeyValue(KEY_LENGTH),
			orders: randomKeyValue(KEY_LENGTH),
			userManagement: randomKeyValue(KEY_LENGTH),
			standardUser: randomKeyValue(KEY_LENGTH),
		},
	};
	const serviceUsers = seedServiceUsers(ids.serviceUser, ids.container);
	return {
		guide,
		users: [...seedPeople(people, ids.user, ids.container), ...serviceUsers],
		nextUserId: ids.serviceUser + serviceUsers.length,
		keys: seedKeys(guide),
	};
}

/** The keys of the guide, a revoked one, and an ACME directory URL among them (digicert-api.md A.4.2). */
function seedKeys({ keys, users }: CertCentralGuide): KeyRequest[] {
	const key = (name: string, ownerId: number, value = randomKeyValue(KEY_LENGTH), role = 0) => ({
		name,
		ownerId,
		value,
		restricted_to_role_id: role,
		createdAt: SEEDED_AT,
	});
	return [
		key('Administrator', users.administrator, keys.administrator),
		key('View only', users.administrator, keys.viewOnly, 102),
		key('Orders', users.administrator, keys.orders, 100),
		key('User management', users.administrator, keys.userManagement, 103),
		key('Standard user', users.standard, keys.standardUser),
		{ ...key('Former integration', users.person), status: 'revoked' },
		{ ...key('ACME directory', users.administrator), acme: ACME_FIELDS },
	];
}

/** Puts an instance into its seeded state, whatever it held before. */
export function fill(instance: CertCentralInstance, seed: CertCentralSeed): void {
	instance.users.clear();
	instance.keys.clear();
	instance.nextUserId = seed.nextUserId;
	for (const user of seed.users) instance.users.set(user.id, user);
	for (const key of seed.keys) instance.keys.issue(key);
}
