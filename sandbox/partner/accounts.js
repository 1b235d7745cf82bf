'use strict';

const access = require('./access');
const schemas = require('./schemas');
const { createdSubaccountView } = require('./views');

/**
 * Account management of the partner API (B.3).
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {{ partner: import('../types').PartnerState }} options
 */
async function accountRoutes(app, { partner }) {
	// B.3.1. The status is a guess (F.17), after the other creations.
	app.post(
		'/account/subaccount',
		{ schema: { body: schemas.subaccountBody } },
		async (request, reply) => {
			access.requireParent(partner, request.callerKey);
			const body = /** @type {{ api_key_name: string, name: string }} */ (request.body);
			const account = {
				id: partner.nextAccountId,
				name: body.name,
				parentId: request.callerKey.ownerId,
			};
			partner.nextAccountId += 1;
			partner.accounts.set(account.id, account);
			const { record, value } = partner.keys.issue({
				name: body.api_key_name,
				ownerId: account.id,
			});
			request.entry.createdKeyId = record.id;
			return reply.code(201).send(createdSubaccountView(account, record, value));
		},
	);

	// B.3.2. One setting is documented by name; the shape of the list is a guess.
	app.get('/account/settings', async () => ({
		settings: [{ name: 'auto_renew_subscription', value: '1', is_default: true }],
	}));
}

module.exports = { accountRoutes };
