import { holdsApiKey, idOfKey } from '../../issuance/creation';
import type { KeyOrder, Replaced } from '../../issuance/creation';
import { subaccountField } from '../../parameters/id';
import { keyListOfSubaccount } from '../../digicert/keyLists';

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
