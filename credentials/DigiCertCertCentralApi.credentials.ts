import type {
	IAuthenticate,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { CERT_CENTRAL_BASE_URLS, certCentral } from '../nodes/DigiCert/digicert/apis';
import { withKeyHeader } from '../nodes/DigiCert/http/credential';

/** The API key of a CertCentral user or service user, sent as `X-DC-DEVKEY`. */
export class DigiCertCertCentralApi implements ICredentialType {
	name = 'digiCertCertCentralApi';

	displayName = 'DigiCert CertCentral API';

	icon: Icon = { light: 'file:../icons/digicert.svg', dark: 'file:../icons/digicert.dark.svg' };

	documentationUrl = 'https://dev.digicert.com/certcentral-apis/authentication.html';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The API key of a CertCentral user who may create API keys for others, as a rule an administrator. Do not use a view-only key.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			default: 'us',
			description:
				'Where your CertCentral account lives. A Europe account shows "CertCentral Europe" at the top left of the console.',
			options: [
				{ name: 'Custom Base URL', value: 'custom' },
				{ name: 'Europe', value: 'eu' },
				{ name: 'United States', value: 'us' },
			],
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://www.digicert.com/services/v2',
			description: 'Must start with https. Plain http is accepted for this machine only.',
			displayOptions: { show: { region: ['custom'] } },
		},
	];

	authenticate: IAuthenticate = async (credential, request) =>
		withKeyHeader(certCentral.header, credential, request);

	/** DigiCert names this call as the way to see what a key may do (digicert-api.md D). */
	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ { us: '${CERT_CENTRAL_BASE_URLS.us}', eu: '${CERT_CENTRAL_BASE_URLS.eu}', custom: $credentials.baseUrl }[$credentials.region] }}`,
			url: certCentral.testPath,
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'DigiCert refused this API key. Check that it was copied whole, is still active, and belongs to the chosen region.',
				},
			},
		],
	};
}
