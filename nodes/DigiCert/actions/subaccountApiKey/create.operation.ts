import type { IExecuteFunctions } from 'n8n-workflow';

import { holdsApiKey, idOfKey } from '../../issuance/request';
import type { IssuanceRequest } from '../../issuance/request';
import { readId } from '../../parameters/id';
import { keyNameField, LONGEST_PARTNER_NAME, readName } from '../../parameters/keyName';
import { optionsField } from '../../parameters/options';
import { subaccountField } from '../../parameters/owner';
import { partner } from '../../transport/apis';
import { asPlanned, issueKeys } from '../issueKeys';
import type { OperationDefinition } from '../types';

/** `POST /api-key/account/{accountId}` (digicert-api.md B.2.3). */
function readRequest(context: IExecuteFunctions, itemIndex: number): IssuanceRequest {
	const accountId = readId(context, subaccountField, itemIndex);
	const name = readName(context, keyNameField, itemIndex, LONGEST_PARTNER_NAME);
	return {
		itemIndex,
		name,
		subject: { thing: `subaccount ${accountId}`, parameter: subaccountField.displayName },
		request: { method: 'POST', path: `/api-key/account/${accountId}`, body: { name } },
		holdsKey: holdsApiKey,
		keyIdOf: idOfKey,
		toOutput: (reply) => reply,
	};
}

export const createSubaccountApiKey: OperationDefinition = {
	name: 'Create Subaccount API Key',
	action: 'Create subaccount API key',
	description:
		'Create an API key for a subaccount of your partner account. DigiCert shows its value this one time only.',
	fields: [subaccountField, keyNameField, optionsField],
	execute: async (context) => await issueKeys(context, partner, readRequest, asPlanned),
};
