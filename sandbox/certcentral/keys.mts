import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors.mts';
import { sendKeys } from '../keyring.mts';
import type { KeyRecord } from '../keyring.mts';
import { digits, name, object } from '../schema.mts';
import * as access from './access.mts';
import type { CertCentralInstance } from './seed.mts';
import { requireUser, userPath } from './users.mts';
import { keyView } from './views.mts';

interface KeyBody {
	name: string;
	restricted_to_role_id?: number;
}
interface KeyPath {
	key_id: string;
}
interface UserPath {
	user_id: string;
}

/** Whether there are further parameters is not known (digicert-api.md F.9). */
const listKeysQuery = object({ user_id: digits });
const keyPath = object({ key_id: digits }, ['key_id']);
const keyBody = object({ name, restricted_to_role_id: access.restrictedToRoleId }, ['name']);
const statusBody = object({ status: { type: 'string', enum: ['active', 'revoked'] } }, ['status']);

/** The API key endpoints of CertCentral (digicert-api.md A.4). */
export function keyRoutes(app: FastifyInstance, instance: CertCentralInstance): void {
	app.addHook('preValidation', ({ callerKey, method }, _reply, done) => {
		access.requireKeyRole(callerKey, method, 'keys');
		done();
	});

	const view = (key: KeyRecord) => keyView(instance, key);

	/** The key that a path names, if the caller may reach it. */
	function reach({ key_id: id }: KeyPath, callerKey: KeyRecord): KeyRecord {
		const key = instance.keys.get(Number(id));
		// By the documented pattern not_found|order (digicert-api.md A.1); the code itself is a guess
		// (F.4).
		if (!key) throw new ApiError(404, 'not_found|key', `There is no key ${id}.`);
		access.requireOwnOrAdministrator(instance, callerKey, key.ownerId);
		return key;
	}

	// digicert-api.md A.4.1. Without user_id an administrator sees all keys. That others see only
	// their own is a guess (F.1), as is the empty list for a user who does not exist (F.4).
	app.get<{ Querystring: Partial<UserPath> }>(
		'/key',
		{ schema: { querystring: listKeysQuery } },
		({ callerKey, query: { user_id: userId } }, reply) => {
			if (userId) access.requireOwnOrAdministrator(instance, callerKey, Number(userId));
			const seesAll = !userId && access.isAdministrator(instance, callerKey);
			const ownerId = Number(userId ?? callerKey.ownerId);
			const keys = instance.keys.list().filter((key) => seesAll || key.ownerId === ownerId);
			sendKeys(reply, instance.keys, keys, view);
		},
	);

	// digicert-api.md A.4.2.
	app.get<{ Params: KeyPath }>('/key/:key_id', { schema: { params: keyPath } }, (request) =>
		view(reach(request.params, request.callerKey)),
	);

	// digicert-api.md A.4.3. A key for an inactive user is let through: nothing is documented (F.4).
	app.post<{ Params: UserPath; Body: KeyBody }>(
		'/key/user/:user_id',
		{ schema: { params: userPath, body: keyBody } },
		({ params: { user_id: id }, body, callerKey, entry }, reply) => {
			const { name, restricted_to_role_id = 0 } = body;
			access.requireOwnOrAdministrator(instance, callerKey, Number(id));
			const { id: ownerId } = requireUser(instance, id);
			const { record, value } = instance.keys.issue({ name, ownerId, restricted_to_role_id });
			entry.createdKeyId = record.id;
			reply.code(201).send({ id: record.id, api_key: value });
		},
	);

	// digicert-api.md A.4.4. A restriction that is not sent stays as it is: a guess (F.7).
	app.put<{ Params: KeyPath; Body: KeyBody }>(
		'/key/:key_id',
		{ schema: { params: keyPath, body: keyBody } },
		(request, reply) => {
			instance.keys.change(reach(request.params, request.callerKey), request.body);
			reply.code(204).send();
		},
	);

	// digicert-api.md A.4.5. Revoked keys can be made active again, as the allowed values suggest
	// (F.6), and a key may revoke itself (F.8).
	app.put<{ Params: KeyPath; Body: { status: 'active' | 'revoked' } }>(
		'/key/:key_id/status',
		{ schema: { params: keyPath, body: statusBody } },
		(request, reply) => {
			instance.keys.change(reach(request.params, request.callerKey), request.body);
			reply.code(204).send();
		},
	);
}
