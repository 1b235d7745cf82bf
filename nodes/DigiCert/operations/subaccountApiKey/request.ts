import type { IDataObject } from 'n8n-workflow';

import { hasIdOf, holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { subaccountField } from '../../parameters/locators';
import { keyListOfSubaccount } from '../../digicert/keyLists';

interface SubaccountKeyWish {
	readonly itemIndex: number;
	readonly accountId: number;
	readonly name: string;
	/** The label of the parameter that led to the subaccount. */
	readonly parameter?: string;
	/** The key that it is to replace, as the output shows it. */
	readonly replaces?: { readonly id: number } & IDataObject;
}

/** `POST /api-key/account/{accountId}` (digicert-api.md B.2.3). */
export function subaccountKeyRequest({
	itemIndex,
	accountId,
	name,
	parameter = subaccountField.displayName,
	replaces,
}: SubaccountKeyWish): IssuanceRequest {
	return {
		itemIndex,
		name,
		subject: { thing: `subaccount ${accountId}`, parameter },
		request: { method: 'POST', path: `/api-key/account/${accountId}`, body: { name } },
		replaces: replaces?.id,
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		keyListFor: () => keyListOfSubaccount(accountId),
		isKeyOf: hasIdOf,
		toOutput: (reply) => ({ ...reply, ...(replaces === undefined ? {} : { replaces }) }),
	};
}
