import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors.mts';
import { digits, name, object } from '../schema.mts';
import * as access from './access.mts';
import { makeServiceUser } from './people.mts';
import type { User } from './people.mts';
import type { CertCentralInstance } from './seed.mts';
import { userInfoView, userListView } from './views.mts';

interface ServiceUserBody {
	email: string;
	api_name: string;
	restricted_to_role_id?: number;
	container_id_assignments?: number[];
}

interface UserQuery {
	container_id?: string;
	access_role_id?: string;
	'filters[status]'?: string;
	'filters[search]'?: string;
	offset?: string;
	limit?: string;
}

/** `me` is not documented where keys are made (digicert-api.md F.2), so only a number will do. */
export const userPath = object({ user_id: digits }, ['user_id']);

/** Without `sort`, whose properties are not known (digicert-api.md F.9). */
const listUsersQuery = object({
	container_id: digits,
	access_role_id: digits,
	'filters[status]': { type: 'string' },
	'filters[search]': { type: 'string' },
	offset: digits,
	limit: digits,
});

/** Without `is_api_only` the real call makes an ordinary user, which is not offered here. */
const serviceUserBody = object(
	{
		is_api_only: { type: 'boolean', const: true },
		email: { type: 'string', format: 'email', maxLength: 255 },
		api_name: name,
		restricted_to_role_id: access.restrictedToRoleId,
		container_id_assignments: { type: 'array', items: { type: 'integer' } },
	},
	['is_api_only', 'email', 'api_name'],
);

/** The real default is not known (digicert-api.md F.9); this one is the sample value of other lists (A.1). */
const DEFAULT_LIMIT = 1000;

/** The user endpoints of CertCentral (digicert-api.md A.5). */
export function userRoutes(app: FastifyInstance, instance: CertCentralInstance): void {
	app.addHook('preValidation', ({ callerKey, method }, _reply, done) => {
		access.requireKeyRole(callerKey, method, 'users');
		done();
	});

	// digicert-api.md A.5.1.
	app.get('/user/me', ({ callerKey }) =>
		userInfoView(instance, requireUser(instance, callerKey.ownerId)),
	);

	app.get<{ Params: { user_id: string } }>(
		'/user/:user_id',
		{ schema: { params: userPath } },
		({ params: { user_id: id }, callerKey }) => {
			access.requireOwnOrAdministrator(instance, callerKey, Number(id));
			return userInfoView(instance, requireUser(instance, id));
		},
	);

	// digicert-api.md A.5.2, A.5.3. That the lists are for administrators, and that the first one
	// leaves out service users (F.11), are guesses.
	for (const [url, isApiOnly] of [['/user', false] as const, ['/user/api-only', true] as const]) {
		app.get<{ Querystring: UserQuery }>(
			url,
			{ schema: { querystring: listUsersQuery } },
			({ callerKey, query }) => {
				access.requireAdministrator(instance, callerKey);
				const users = [...instance.users.values()].filter((user) => user.isApiOnly === isApiOnly);
				return pageOfUsers(instance, users, query);
			},
		);
	}

	// digicert-api.md A.5.4. Only administrators may. The `id` of the reply is the user's, not the
	// key's.
	app.post<{ Body: ServiceUserBody }>(
		'/user',
		{ schema: { body: serviceUserBody } },
		({ callerKey, body, entry }, reply) => {
			access.requireAdministrator(instance, callerKey);
			const user = addServiceUser(instance, body);
			const { record, value } = instance.keys.issue({
				name: body.api_name,
				ownerId: user.id,
				restricted_to_role_id: body.restricted_to_role_id ?? 0,
			});
			entry.createdKeyId = record.id;
			reply.code(201).send({ id: user.id, api_key: value });
		},
	);
}

function addServiceUser(instance: CertCentralInstance, body: ServiceUserBody): User {
	const [root] = instance.containers;
	const id = instance.nextUserId;
	const user = makeServiceUser(id, body.email, root.id, body.container_id_assignments);
	instance.nextUserId += 1;
	instance.users.set(id, user);
	return user;
}

/**
 * The user of this id.
 *
 * @throws ApiError 404, by the documented pattern not_found|order (digicert-api.md A.1); the code
 *   itself is a guess (F.4)
 */
export function requireUser(instance: CertCentralInstance, id: string | number): User {
	const user = instance.users.get(Number(id));
	if (!user) throw new ApiError(404, 'not_found|user', `There is no user ${id}.`);
	return user;
}

/** One page of users, as List users answers (digicert-api.md A.5.2). */
function pageOfUsers(instance: CertCentralInstance, users: User[], query: UserQuery) {
	const offset = Number(query.offset ?? 0);
	const limit = Number(query.limit ?? DEFAULT_LIMIT);
	const found = users.filter((user) => fits(user, query));
	const page = found.slice(offset, offset + limit);
	return {
		users: page.map((user) => userListView(instance, user)),
		page: { total: found.length, limit, offset },
	};
}

function fits(user: User, query: UserQuery): boolean {
	const { container_id: containerId, access_role_id: accessRoleId } = query;
	const status = query['filters[status]'];
	const search = query['filters[search]'];
	return (
		(containerId === undefined || user.containerId === Number(containerId)) &&
		(accessRoleId === undefined || user.accessRoleId === Number(accessRoleId)) &&
		(status === undefined || user.status === status) &&
		(search === undefined || matchesSearch(user, search))
	);
}

/**
 * The search looks at four fields (digicert-api.md A.5.2). A leading % asks for "contains", else
 * the whole field must be equal (A.1). That case does not matter is a guess.
 */
function matchesSearch(user: User, search: string): boolean {
	const contains = search.startsWith('%');
	const text = search.slice(contains ? 1 : 0).toLowerCase();
	return [user.username, user.first_name, user.last_name, user.email]
		.map((field) => field.toLowerCase())
		.some((field) => (contains ? field.includes(text) : field === text));
}
