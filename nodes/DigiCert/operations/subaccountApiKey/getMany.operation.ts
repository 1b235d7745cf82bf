import { partner } from '../../digicert/apis';
import { listSubaccountKeys } from '../../digicert/keys';
import { subaccountKeyFiltersField } from '../../parameters/filters';
import { subaccountFilter } from '../../parameters/id';
import { keyListOptionsField } from '../../parameters/options';
import { limitField, returnAllField } from '../../parameters/paging';
import type { OperationDefinition } from '../describe';
import { listKeysOf } from '../lists';

/** `GET /api-key` (digicert-api.md B.2.1), which takes no parameters. */
export const getManySubaccountApiKeys: OperationDefinition = {
	name: 'Get Many Subaccount API Keys',
	action: 'Get many subaccount API keys',
	description:
		'List API keys of the partner account and its subaccounts. DigiCert has no filters; the node looks through the list.',
	fields: [returnAllField, limitField, subaccountKeyFiltersField, keyListOptionsField],
	execute: async (context) =>
		await listKeysOf(
			{ api: partner, ownerFilter: subaccountFilter, read: listSubaccountKeys },
			context,
		),
};
