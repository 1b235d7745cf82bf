import type { FastifyInstance } from 'fastify';
import { answerErrors, plainError } from '../errors.mts';
import { checkKeys } from '../keyCheck.mts';
import { sendKeys } from '../keyring.mts';
import type { KeyRecord } from '../keyring.mts';
import { digits, name, object } from '../schema.mts';
import type { Context } from '../server.mts';
import * as access from './access.mts';
import type { PartnerState } from './seed.mts';

/** digicert-api.md B.2.1: no query parameters. */
const noQuery = object({});
const keyPath = object({ id: digits }, ['id']);
const accountPath = object({ accountId: digits }, ['accountId']);
/** digicert-api.md B.2.3: at most 200 characters. */
const keyBody = object({ name: { ...name, maxLength: 200 } }, ['name']);
const statusBody = object({ status: { type: 'string', enum: ['active', 'inactive'] } }, ['status']);
/**
 * digicert-api.md B.3.1. Which fields are required is a guess (F.17): the names, without which
 * there is no reply.
 */
const subaccountBody = object(
	{
		api_key_name: name,
		name,
		emergency_contact_emails: { type: 'array', items: { type: 'string', format: 'email' } },
	},
	['api_key_name', 'name'],
);

/**
 * The Partner Subscriptions API v1 (digicert-api.md part B). No rate limit is documented for it
 * (F.16), so there is none.
 */
export function partnerApi(app: FastifyInstance, { partner, now }: Context): void {
	answerErrors(app, plainError);
	checkKeys(app, {
		header: 'x-partner-apikey',
		keys: partner.keys,
		now,
		invalidKey: access.invalidKey,
	});
	keyRoutes(app, partner);
	accountRoutes(app, partner);
}

/** API key management (digicert-api.md B.2). */
function keyRoutes(app: FastifyInstance, partner: PartnerState): void {
	// digicert-api.md B.2.1.
	app.get('/api-key', { schema: { querystring: noQuery } }, ({ callerKey }, reply) => {
		const keys = partner.keys.list();
		const visible = keys.filter((key) => access.reaches(partner, callerKey, key.ownerId));
		sendKeys(reply, partner.keys, visible, keyView);
	});

	// digicert-api.md B.2.2.
	app.get<{ Params: { id: string } }>(
		'/api-key/:id',
		{ schema: { params: keyPath } },
		({ params: { id }, callerKey }) =>
			keyView(access.requireReachableKey(partner, callerKey, Number(id))),
	);

	// digicert-api.md B.2.3.
	app.post<{ Params: { accountId: string }; Body: { name: string } }>(
		'/api-key/account/:accountId',
		{ schema: { params: accountPath, body: keyBody } },
		({ params, body, callerKey, entry }, reply) => {
			const ownerId = Number(params.accountId);
			access.requireOwnSubaccount(partner, callerKey, ownerId);
			const { record, value } = partner.keys.issue({ name: body.name, ownerId });
			entry.createdKeyId = record.id;
			reply.code(201).send(createdKeyView(record, value));
		},
	);

	// digicert-api.md B.2.4. A key may deactivate itself: nothing forbids it.
	app.put<{ Params: { id: string }; Body: { status: 'active' | 'inactive' } }>(
		'/api-key/:id/status',
		{ schema: { params: keyPath, body: statusBody } },
		({ params: { id }, body, callerKey }, reply) => {
			partner.keys.change(access.requireReachableKey(partner, callerKey, Number(id)), body);
			reply.code(204).send();
		},
	);
}

/** Account management (digicert-api.md B.3). */
function accountRoutes(app: FastifyInstance, partner: PartnerState): void {
	// digicert-api.md B.3.1. The status is a guess (F.17), after the other creations. So is the
	// reply: all that is documented is that it contains the subaccount's key.
	app.post<{ Body: { api_key_name: string; name: string } }>(
		'/account/subaccount',
		{ schema: { body: subaccountBody } },
		({ body, callerKey, entry }, reply) => {
			access.requireParent(partner, callerKey);
			const id = partner.nextAccountId;
			partner.nextAccountId += 1;
			partner.accounts.set(id, { id, name: body.name, parentId: callerKey.ownerId });
			const { record, value } = partner.keys.issue({ name: body.api_key_name, ownerId: id });
			entry.createdKeyId = record.id;
			reply
				.code(201)
				.send({ account_id: id, name: body.name, api_key: createdKeyView(record, value) });
		},
	);

	// digicert-api.md B.3.2. One setting is documented by name; the shape of the list is a guess.
	app.get('/account/settings', () => ({
		settings: [{ name: 'auto_renew_subscription', value: '1', is_default: true }],
	}));
}

/** A time as digicert-api.md B.2.1 has it: `2025-01-15T10:30:00Z`. */
const isoWithZ = (iso: string) => `${iso.slice(0, 19)}Z`;

/**
 * A key as List and Retrieve show it (digicert-api.md B.2.1). Never the value. That one which was
 * never used has no `last_used_date` is a guess.
 */
function keyView(key: KeyRecord) {
	return {
		id: key.id,
		name: key.name,
		account_id: key.ownerId,
		status: key.status,
		created_at: isoWithZ(key.createdAt),
		last_used_date: key.lastUsedAt && isoWithZ(key.lastUsedAt),
		api_key_last4: key.last4,
	};
}

/** The reply of Create API key for subaccount (digicert-api.md B.2.3): the one that has the value. */
function createdKeyView({ id, name, status, ownerId }: KeyRecord, value: string) {
	return { id, name, api_key: value, status, account_id: ownerId };
}
