'use strict';

const { digits, name, object } = require('../schema');

/** JSON schemas of partner requests. */

/** B.2.1: no query parameters. */
const noQuery = object({});

/** B.2.2. */
const keyPath = object({ id: digits }, ['id']);

/** B.2.3. */
const accountPath = object({ accountId: digits }, ['accountId']);

/** B.2.3: at most 200 characters. */
const keyBody = object({ name: { ...name, maxLength: 200 } }, ['name']);

/** B.2.4. */
const statusBody = object({ status: { type: 'string', enum: ['active', 'inactive'] } }, ['status']);

/** B.3.1. Which fields are required is a guess (F.17): the names, without which there is no reply. */
const subaccountBody = object(
	{
		api_key_name: name,
		name,
		emergency_contact_emails: { type: 'array', items: { type: 'string', format: 'email' } },
	},
	['api_key_name', 'name'],
);

module.exports = { accountPath, keyBody, keyPath, noQuery, statusBody, subaccountBody };
