import { optionsField } from '../../parameters/options';
import { limitField, readLimit, returnAllField } from '../../parameters/paging';
import { readUserFilters, userFiltersField } from '../../parameters/userFilters';
import { listUsers } from '../../records/users';
import { certCentral } from '../../transport/apis';
import { handleItems } from '../handleItems';
import type { OperationDefinition } from '../types';

/** `GET /user` (digicert-api.md A.5.2), page by page. */
export const getManyUsers: OperationDefinition = {
	name: 'Get Many Users',
	action: 'Get many users',
	description: 'List CertCentral users. Whether DigiCert includes service users is not documented.',
	fields: [returnAllField, limitField, userFiltersField, optionsField],
	execute: async (context) =>
		await handleItems(
			context,
			certCentral,
			(_, itemIndex) => ({
				limit: readLimit(context, itemIndex),
				query: readUserFilters(context, itemIndex),
			}),
			async (session, { limit, query }) => await listUsers(session, '/user', query, limit),
		),
};
