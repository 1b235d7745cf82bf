import { readKeyFilters, subaccountKeyFiltersField } from '../../parameters/keyFilters';
import { passes } from '../../digicert/keyFilters';
import { optionsField } from '../../parameters/options';
import { limitField, readLimit, returnAllField } from '../../parameters/paging';
import { factsOfSubaccountKey, listSubaccountKeys } from '../../digicert/subaccountKeys';
import { partner } from '../../digicert/apis';
import { forEachItem, warnOfGaps } from '../../items';
import type { OperationDefinition } from '../types';

/** `GET /api-key` (digicert-api.md B.2.1), which takes no parameters. */
export const getManySubaccountApiKeys: OperationDefinition = {
	name: 'Get Many Subaccount API Keys',
	action: 'Get many subaccount API keys',
	description:
		'List API keys of the partner account and its subaccounts. DigiCert has no filters; the node looks through the list.',
	fields: [returnAllField, limitField, subaccountKeyFiltersField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			partner,
			(_, itemIndex) => ({
				limit: readLimit(context, itemIndex),
				filters: readKeyFilters(context, itemIndex, 'accountId'),
			}),
			async (session, { limit, filters }) => {
				const { entries: keys, isComplete } = await listSubaccountKeys(session);
				if (!isComplete) warnOfGaps(context);
				return keys.filter((key) => passes(factsOfSubaccountKey(key), filters)).slice(0, limit);
			},
		),
};
