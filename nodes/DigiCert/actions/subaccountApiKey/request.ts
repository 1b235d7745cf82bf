import type { IDataObject } from 'n8n-workflow';

import { holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { subaccountField } from '../../parameters/owner';

interface SubaccountKeyWish {
	readonly itemIndex: number;
	readonly accountId: number;
	readonly name: string;
	/** The label of the parameter that led to the subaccount. */
	readonly parameter?: string;
	/** Fields that the output has besides those of DigiCert's answer. */
	readonly more?: IDataObject;
}

/** `POST /api-key/account/{accountId}` (digicert-api.md B.2.3). */
export function subaccountKeyRequest({
	itemIndex,
	accountId,
	name,
	parameter = subaccountField.displayName,
	more,
}: SubaccountKeyWish): IssuanceRequest {
	return {
		itemIndex,
		name,
		subject: { thing: `subaccount ${accountId}`, parameter },
		request: { method: 'POST', path: `/api-key/account/${accountId}`, body: { name } },
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		toOutput: (reply) => ({ ...reply, ...more }),
	};
}
