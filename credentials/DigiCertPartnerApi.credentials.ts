import type {
	IAuthenticate,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { partner, PARTNER_BASE_URL } from '../nodes/DigiCert/digicert/apis';
import { withKeyHeader } from '../nodes/DigiCert/http/credential';

/** The API key of a DigiCert partner account, sent as `X-PARTNER-APIKEY`. */
export class DigiCertPartnerApi implements ICredentialType {
	name = 'digiCertPartnerApi';

	displayName = 'DigiCert Partner Subscriptions API';

	icon: Icon = { light: 'file:../icons/digicert.svg', dark: 'file:../icons/digicert.dark.svg' };

	documentationUrl = 'https://dev.digicert.com/partner-subscriptions-api.html';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The API key of the parent account. The key of a subaccount cannot create keys.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: PARTNER_BASE_URL,
			placeholder: `e.g. ${PARTNER_BASE_URL}`,
			description: 'Must start with https. Plain http is accepted for this machine only.',
		},
	];

	authenticate: IAuthenticate = async (credential, request) =>
		withKeyHeader(partner.header, credential, request);

	/** Read-only, without parameters, and allowed for every partner key (digicert-api.md B.5). */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl }}',
			url: partner.testPath,
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'DigiCert refused this API key. Check that it was copied whole, is still active, and is a Partner Subscriptions key, not a CertCentral one.',
				},
			},
		],
	};
}
