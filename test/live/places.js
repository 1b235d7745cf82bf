'use strict';

const {
	certCentral,
	partner,
	PARTNER_BASE_URL,
} = require('../../dist/nodes/DigiCert/http/apis');

/** A key that may only read (digicert-api.md A.3). */
const VIEW_ONLY = 102;

/** @type {Record<'certCentral' | 'partner', import('./tour').Place>} */
const places = {
	certCentral: {
		title: 'CertCentral',
		api: certCentral,
		resource: 'userApiKey',
		owner: 'userId',
		harmless: { restrictedToRoleId: VIEW_ONLY },
		off: 'revoke',
		on: 'reactivate',
		rename: true,
		marks: { create: 'F.1', sameName: 'F.3', status: 'A.4.5', on: 'F.6' },
	},
	partner: {
		title: 'Partner Subscriptions',
		api: partner,
		baseUrl: PARTNER_BASE_URL,
		resource: 'subaccountApiKey',
		owner: 'accountId',
		harmless: {},
		off: 'deactivate',
		on: 'activate',
		rename: false,
		marks: { create: 'B.2.3', sameName: 'F.19', status: 'B.2.4', on: 'B.2.4' },
	},
};

module.exports = { places };
