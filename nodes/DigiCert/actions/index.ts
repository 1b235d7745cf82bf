import { createSubaccountApiKey } from './subaccountApiKey/create.operation';
import { createUserApiKey } from './userApiKey/create.operation';
import { certCentral, partner } from '../transport/apis';
import type { ResourceTable } from './types';

/**
 * Everything the node can do. Dropdowns, display conditions, credentials, subtitle and dispatch
 * are derived from this table. The keys are stored in workflows: never rename one.
 */
export const resources: ResourceTable = {
	subaccountApiKey: {
		name: 'Subaccount API Key',
		api: partner,
		operations: { create: createSubaccountApiKey },
	},
	userApiKey: {
		name: 'User API Key',
		api: certCentral,
		operations: { create: createUserApiKey },
	},
};
