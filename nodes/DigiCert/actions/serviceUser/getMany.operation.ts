import { optionsField } from '../../parameters/options';
import { limitField, readLimit, returnAllField } from '../../parameters/paging';
import { readUserFilters, userFiltersField } from '../../parameters/userFilters';
import { listUsers } from '../../records/users';
import { certCentral } from '../../transport/apis';
import { handleItems } from '../handleItems';
import type { OperationDefinition } from '../types';

/** `GET /user/api-only` (digicert-api.md A.5.3), page by page. */
export const getManyServiceUsers: OperationDefinition = {
	name: 'Get Many Service Users',
	action: 'Get many service users',
	description: 'List CertCentral service users, who have access by API only',
	fields: [returnAllField, limitField, userFiltersField, optionsField],
	execute: async (context) =>
		await handleItems(
			context,
			certCentral,
			(_, itemIndex) => ({
				limit: readLimit(context, itemIndex),
				query: readUserFilters(context, itemIndex),
			}),
			async (session, { limit, query }) => await listUsers(session, '/user/api-only', query, limit),
		),
};
