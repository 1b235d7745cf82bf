import { readKeyFilters, userKeyFiltersField } from '../../parameters/keyFilters';
import { passes } from '../../digicert/keyFilters';
import { optionsField } from '../../parameters/options';
import { limitField, readLimit, returnAllField } from '../../parameters/paging';
import { factsOfUserKey, isAcmeUrl, listUserKeys, toUserKeyOutput } from '../../digicert/userKeys';
import { certCentral } from '../../digicert/apis';
import { forEachItem, warnOfGaps } from '../../items';
import type { OperationDefinition } from '../types';

/** `GET /key` (digicert-api.md A.4.1), which can filter by user only. */
export const getManyUserApiKeys: OperationDefinition = {
	name: 'Get Many User API Keys',
	action: 'Get many user API keys',
	description:
		'List API keys of CertCentral users. DigiCert filters by user only; the node looks through the list for the other filters.',
	fields: [returnAllField, limitField, userKeyFiltersField, optionsField],
	execute: async (context) =>
		await forEachItem(
			context,
			certCentral,
			(_, itemIndex) => ({
				limit: readLimit(context, itemIndex),
				filters: readKeyFilters(context, itemIndex, 'userId'),
			}),
			async (session, { limit, filters }) => {
				const { entries: keys, isComplete } = await listUserKeys(session, filters.ownerId);
				if (!isComplete) warnOfGaps(context);
				return keys
					.filter((key) => passes(factsOfUserKey(key), filters))
					.filter((key) => !(filters.excludeAcmeUrls === true && isAcmeUrl(key)))
					.slice(0, limit)
					.map(toUserKeyOutput);
			},
		),
};
