import { readKeyFilters, subaccountKeyFiltersField } from '../../parameters/keyFilters';
import { passes } from '../../digicert/keyFilters';
import { optionsField } from '../../parameters/options';
import { limitField, readLimit, returnAllField } from '../../parameters/paging';
import { factsOfSubaccountKey, listSubaccountKeys } from '../../digicert/subaccountKeys';
import { partner } from '../../http/apis';
import { handleItems } from '../handleItems';
import type { OperationDefinition } from '../types';

/** `GET /api-key` (digicert-api.md B.2.1), which takes no parameters. */
export const getManySubaccountApiKeys: OperationDefinition = {
	name: 'Get Many Subaccount API Keys',
	action: 'Get many subaccount API keys',
	description:
		'List API keys of the partner account and its subaccounts. DigiCert has no filters; the node looks through the list.',
	fields: [returnAllField, limitField, subaccountKeyFiltersField, optionsField],
	execute: async (context) =>
		await handleItems(
			context,
			partner,
			(_, itemIndex) => ({
				limit: readLimit(context, itemIndex),
				filters: readKeyFilters(context, itemIndex, 'accountId'),
			}),
			async (session, { limit, filters }) => {
				const keys = await listSubaccountKeys(session);
				return keys.filter((key) => passes(factsOfSubaccountKey(key), filters)).slice(0, limit);
			},
		),
};
