import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { optionsField } from '../parameters/options';
import {
	limitField,
	readLimit,
	readSimplify,
	returnAllField,
	simplifyField,
} from '../parameters/paging';
import { readUserFilters, userFiltersField } from '../parameters/filters';
import { listUsers, toUserOutput } from '../digicert/users';
import type { UserList } from '../digicert/users';
import { certCentral } from '../digicert/apis';
import { forEachItem } from '../items';
import { warnOfGaps } from './listKeys';

/** The form of both lists of users. */
export const listUsersFields: INodeProperties[] = [
	returnAllField,
	limitField,
	simplifyField,
	userFiltersField,
	optionsField,
];

/** Gives the users of a list, page by page, for each input item. */
export async function listUsersOf(
	list: UserList,
	context: IExecuteFunctions,
): Promise<INodeExecutionData[]> {
	return await forEachItem(
		context,
		certCentral,
		(_, itemIndex) => ({
			limit: readLimit(context, itemIndex),
			query: readUserFilters(context, itemIndex),
			simplify: readSimplify(context, itemIndex),
		}),
		async (session, { limit, query, simplify }) => {
			const users = await listUsers(session, list, query, limit);
			warnOfGaps(context, users);
			return users.entries.map((user) => toUserOutput(user, simplify));
		},
	);
}
