import { certCentral, partner } from '../digicert/apis';
import { createServiceUser } from './serviceUser/create.operation';
import { getManyServiceUsers } from './serviceUser/getMany.operation';
import { createSubaccount } from './subaccount/create.operation';
import { activateSubaccountApiKey } from './subaccountApiKey/activate.operation';
import { createSubaccountApiKey } from './subaccountApiKey/create.operation';
import { deactivateSubaccountApiKey } from './subaccountApiKey/deactivate.operation';
import { getSubaccountApiKey } from './subaccountApiKey/get.operation';
import { getManySubaccountApiKeys } from './subaccountApiKey/getMany.operation';
import { rotateSubaccountApiKey } from './subaccountApiKey/rotate.operation';
import type { ResourceTable } from './types';
import { getUser } from './user/get.operation';
import { getManyUsers } from './user/getMany.operation';
import { createUserApiKey } from './userApiKey/create.operation';
import { getUserApiKey } from './userApiKey/get.operation';
import { getManyUserApiKeys } from './userApiKey/getMany.operation';
import { reactivateUserApiKey } from './userApiKey/reactivate.operation';
import { revokeUserApiKey } from './userApiKey/revoke.operation';
import { rotateUserApiKey } from './userApiKey/rotate.operation';
import { updateUserApiKey } from './userApiKey/update.operation';

/**
 * Everything the node can do. Dropdowns, display conditions, credentials, subtitle and dispatch
 * are derived from this table. The keys are stored in workflows: never rename one.
 */
export const resources: ResourceTable = {
	serviceUser: {
		name: 'Service User',
		api: certCentral,
		operations: { create: createServiceUser, getMany: getManyServiceUsers },
	},
	subaccount: {
		name: 'Subaccount',
		api: partner,
		operations: { create: createSubaccount },
	},
	subaccountApiKey: {
		name: 'Subaccount API Key',
		api: partner,
		operations: {
			activate: activateSubaccountApiKey,
			create: createSubaccountApiKey,
			deactivate: deactivateSubaccountApiKey,
			get: getSubaccountApiKey,
			getMany: getManySubaccountApiKeys,
			rotate: rotateSubaccountApiKey,
		},
	},
	user: {
		name: 'User',
		api: certCentral,
		operations: { get: getUser, getMany: getManyUsers },
	},
	userApiKey: {
		name: 'User API Key',
		api: certCentral,
		operations: {
			create: createUserApiKey,
			get: getUserApiKey,
			getMany: getManyUserApiKeys,
			reactivate: reactivateUserApiKey,
			revoke: revokeUserApiKey,
			rotate: rotateUserApiKey,
			update: updateUserApiKey,
		},
	},
};
