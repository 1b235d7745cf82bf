import { UserError } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';

/** What sets one DigiCert API apart from the other. */
export interface DigiCertApi {
	/** The n8n credential type that holds its API key. */
	readonly credential: 'digiCertCertCentralApi' | 'digiCertPartnerApi';
	/** The HTTP header that carries the API key. */
	readonly header: string;
	/** Reads the base URL, not checked yet, from the credential's fields. May throw UserError. */
	readonly baseUrlOf: (credential: IDataObject) => unknown;
	/** A read-only call without parameters, to try a key with. */
	readonly testPath: string;
	/** What a key that must not live any longer is set to: the two APIs use different words. */
	readonly offWord: 'revoke' | 'deactivate';
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

/** CertCentral Services API v2 (digicert-api.md part A). */
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
	testPath: '/user/me',
	offWord: 'revoke',
	keyList: 'CertCentral under Automation > API Keys',
};

/** Partner Subscriptions API v1 (digicert-api.md part B). */
export const partner: DigiCertApi = {
	credential: 'digiCertPartnerApi',
	header: 'X-PARTNER-APIKEY',
	baseUrlOf: ({ baseUrl }) => baseUrl,
	testPath: '/api-key',
	offWord: 'deactivate',
	keyList: "the list of keys that the parent account's key gets from GET /api-key",
};
