import { readId, subaccountField } from '../../parameters/id';
import { LONGEST_PARTNER_NAME } from '../../digicert/keyNames';
import { keyNameField, readName } from '../../parameters/keyName';
import { handOverFields } from '../../parameters/handOver';
import { issuanceOptionsFields } from '../../parameters/issuance';
import { partner } from '../../digicert/apis';
import { loadIssuance } from '../loadIssuance';
import type { OperationDefinition } from '../types';
import { subaccountKeyOrder } from './order';

export const createSubaccountApiKey: OperationDefinition = {
	name: 'Create Subaccount API Key',
	action: 'Create subaccount API key',
	description:
		'Create an API key for a subaccount of your partner account. DigiCert shows its value this one time only.',
	fields: [subaccountField, keyNameField, ...handOverFields, ...issuanceOptionsFields],
	execute: async (context) => {
		const { asPlanned, issueKeys } = await loadIssuance();
		return await issueKeys(
			context,
			partner,
			(_, itemIndex) =>
				subaccountKeyOrder({
					accountId: readId(context, subaccountField, itemIndex),
					name: readName(context, keyNameField, itemIndex, LONGEST_PARTNER_NAME),
				}),
			asPlanned,
		);
	},
};
