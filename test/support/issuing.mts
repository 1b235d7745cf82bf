import { byId } from './lab.mts';
import type { Lab } from './lab.mts';

interface Issuing {
	parameters: Record<string, unknown>;
	item: (lab: Lab) => Record<string, unknown>;
}

const keyId = byId('={{ $json.key }}');
const form = { name: 'A', restrictedToRoleId: 0 };

/** The operations that make keys, each with parameters and an item that work. */
export const ISSUING: Record<string, Issuing> = {
	'userApiKey.create': {
		parameters: { userId: byId('={{ $json.user }}'), ...form },
		item: (lab) => lab.item('A'),
	},
	'userApiKey.rotate': {
		parameters: { keyId, name: '' },
		item: (lab) => ({ key: lab.seeded('Standard user').id }),
	},
	'subaccountApiKey.create': {
		parameters: { accountId: byId('={{ $json.account }}'), name: 'A' },
		item: (lab) => lab.item('A'),
	},
	'subaccountApiKey.rotate': {
		parameters: { keyId, name: '' },
		item: (lab) => ({ key: lab.seeded('First customer key').id }),
	},
	'serviceUser.create': {
		parameters: { email: 'a@example.com', containerIds: '', ...form },
		item: () => ({}),
	},
	'subaccount.create': {
		parameters: { subaccountName: 'ACME', name: 'A', emergencyContactEmails: '' },
		item: () => ({}),
	},
};
