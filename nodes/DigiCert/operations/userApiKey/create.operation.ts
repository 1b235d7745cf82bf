import { readId, userField } from '../../parameters/id';
import { keyNameField, readName } from '../../parameters/keyName';
import { keyRoleField, readKeyRole } from '../../parameters/keyRole';
import { handOverFields } from '../../parameters/handOver';
import { issuanceOptionsFields } from '../../parameters/issuance';
import { certCentral } from '../../digicert/apis';
import { loadIssuance } from '../loadIssuance';
import type { OperationDefinition } from '../types';
import { userKeyOrder } from './order';

export const createUserApiKey: OperationDefinition = {
	name: 'Create User API Key',
	action: 'Create user API key',
	description:
		'Create an API key for a CertCentral user or service user. DigiCert shows its value this one time only.',
	fields: [userField, keyNameField, keyRoleField, ...handOverFields, ...issuanceOptionsFields],
	execute: async (context) => {
		const { asPlanned, issueKeys } = await loadIssuance();
		return await issueKeys(
			context,
			certCentral,
			(_, itemIndex) =>
				userKeyOrder({
					userId: readId(context, userField, itemIndex),
					name: readName(context, keyNameField, itemIndex),
					role: readKeyRole(context, itemIndex),
				}),
			asPlanned,
		);
	},
};
