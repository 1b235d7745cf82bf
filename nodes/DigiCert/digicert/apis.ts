import { UserError } from 'n8n-workflow';

import type { Api } from '../http/client';
import { LONGEST_PARTNER_NAME } from './keyNames';

/** Where the pages of this package are, for links in the editor. */
export const DOCS = 'https://github.com/n8n-nodes-digicert/n8n-nodes-digicert/blob/main/docs';

/** What sets one DigiCert API apart from the other. */
export interface DigiCertApi extends Api {
	/** Where its keys are, below the base URL. */
	readonly keyPath: '/key' | '/api-key';
	/** A read-only call without parameters, to try a new key with: it costs as little for a large account. */
	readonly verifyPath: string;
	/** What a key that must not live any longer is set to: the two APIs use different words. */
	readonly offWord: 'revoke' | 'deactivate';
	/** How people call it. */
	readonly label: string;
	/** The status of a key that was switched off. */
	readonly offStatus: 'revoked' | 'inactive';
	/** Most characters of a key's name. */
	readonly longestName: number;
	/** Where somebody finds the list of keys by hand. */
	readonly keyList: string;
}

/** Base URLs of the two CertCentral instances. An account lives on one of them (digicert-api.md A.1). */
export const CERT_CENTRAL_BASE_URLS = {
	us: 'https://www.digicert.com/services/v2',
	eu: 'https://certcentral.digicert.eu/services/v2',
} as const;

/** The only documented base URL of the Partner Subscriptions API (digicert-api.md B.1). */
export const PARTNER_BASE_URL = 'https://www.digicert.com/partner-subscription/api/v1';

/** CertCentral Services API v2 (digicert-api.md A). */
export const certCentral: DigiCertApi = {
	credential: 'digiCertCertCentralApi',
	header: 'X-DC-DEVKEY',
	baseUrlOf: ({ region, baseUrl }) => {
		if (region === 'us' || region === 'eu') return CERT_CENTRAL_BASE_URLS[region];
		if (region === 'custom') return baseUrl;
		throw new UserError("'Region' is not one that DigiCert has", {
			description: 'Open the credential and choose United States, Europe or Custom Base URL.',
		});
	},
	keyPath: '/key',
	verifyPath: '/user/me',
	offWord: 'revoke',
	offStatus: 'revoked',
	label: 'CertCentral',
	// None is documented (digicert-api.md F.3).
	longestName: Infinity,
	keyList: 'CertCentral under Automation > API Keys',
};

/** Partner Subscriptions API v1 (digicert-api.md B). */
export const partner: DigiCertApi = {
	credential: 'digiCertPartnerApi',
	header: 'X-PARTNER-APIKEY',
	baseUrlOf: ({ baseUrl }) => baseUrl,
	keyPath: '/api-key',
	// The list of keys grows with the account; the settings are the key's own account's (B.5).
	verifyPath: '/account/settings',
	offWord: 'deactivate',
	offStatus: 'inactive',
	label: 'Partner Subscriptions',
	longestName: LONGEST_PARTNER_NAME,
	keyList: "the list of 'Get Many Subaccount API Keys'",
};
