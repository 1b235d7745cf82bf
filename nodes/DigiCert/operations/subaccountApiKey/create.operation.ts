import { partner } from '../../digicert/apis';
import { keyListOfSubaccount } from '../../digicert/keyLists';
import { LONGEST_PARTNER_NAME } from '../../digicert/keyNames';
import { holdsApiKey, idOfKey } from '../../issuance/creation';
import type { KeyOrder, Replaced } from '../../issuance/creation';
import { handOverFields } from '../../parameters/handOver';
import { readId, subaccountField } from '../../parameters/id';
import { issuanceOptionsFields } from '../../parameters/issuance';
import { keyNameField, readName } from '../../parameters/keyName';
import type { OperationDefinition } from '../describe';
import { loadIssuance } from '../loadIssuance';

interface SubaccountKeyWish {
	readonly accountId: number;
	readonly name: string;
	/** The label of the parameter that led to the subaccount. */
	readonly parameter?: string;
	/** The key that it is to replace, as the output shows it. */
	readonly replaces?: Replaced;
}

/** `POST /api-key/account/{accountId}` (digicert-api.md B.2.3). */
export function subaccountKeyOrder({
	accountId,
	name,
	parameter = subaccountField.displayName,
	replaces,
}: SubaccountKeyWish): KeyOrder {
	return {
		name,
		subject: { thing: `subaccount ${accountId}`, parameter },
		owner: { account_id: accountId },
		requestFor: (sentName) => ({
			method: 'POST',
			path: `/api-key/account/${accountId}`,
			body: { name: sentName },
		}),
		replaces,
		holdsKey: holdsApiKey,
		idIn: idOfKey,
		listFor: () => keyListOfSubaccount(accountId),
		toOutput: (reply) => ({ ...reply, ...(replaces === undefined ? {} : { replaces }) }),
	};
}

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
