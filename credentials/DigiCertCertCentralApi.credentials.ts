import type {
	IAuthenticate,
	IAuthenticateRuleResponseSuccessBody,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { CERT_CENTRAL_BASE_URLS, certCentral } from '../nodes/DigiCert/digicert/apis';
import { withKeyHeader } from '../nodes/DigiCert/http/credential';
import { ACCESS_ROLES } from '../nodes/DigiCert/parameters/filters';

/** The roles besides Administrator, who makes keys for others (digicert-api.md A.4.3). */
const OTHER_ROLES = ACCESS_ROLES.filter(({ name }) => name !== 'Administrator');

/** What the test says when a field of the answer has this value; undefined for one that is not there. */
function whenBody(
	key: string,
	value: string | number | undefined,
	message: string,
): IAuthenticateRuleResponseSuccessBody {
	return { type: 'responseSuccessBody', properties: { key, value, message } };
}

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
				'The API key of a CertCentral user who may create API keys for others, as a rule an administrator. It needs API key restrictions of None: the test cannot see that a key is restricted to View Only, because such a key may read, and then each change is refused.',
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
			description:
				'Must start with https; plain http is accepted for this machine only. When the test says ENOTFOUND or EAI_AGAIN, there is no machine of this name: check how it is spelt.',
			displayOptions: { show: { region: ['custom'] } },
		},
	];

	authenticate: IAuthenticate = async (credential, request) =>
		withKeyHeader(certCentral.header, credential, request);

	/**
	 * DigiCert names this call as the way to see what a key may do (digicert-api.md D).
	 *
	 * n8n's rules look either at the status or at the body. A wrong key and one that is restricted
	 * are both a 403 and differ by their codes (digicert-api.md A.1, E), so every answer is let
	 * through and judged by its body; whatever is no user at the end is no success. A rule looks at one
	 * place and can only say no, so of several roles the first one is told, as such.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ { us: '${CERT_CENTRAL_BASE_URLS.us}', eu: '${CERT_CENTRAL_BASE_URLS.eu}', custom: $credentials.baseUrl?.trim() }[$credentials.region] }}`,
			url: '/user/me',
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: true,
		},
		rules: [
			whenBody(
				'errors[0].code',
				'access_denied|access_denied_invalid_key',
				'DigiCert does not know this API key. Check that it was copied whole, is still active, and belongs to the chosen region.',
			),
			whenBody(
				'errors[0].code',
				'access_denied|missing_permission',
				'DigiCert knows this API key, but it may not even read its own user. Most likely the key is restricted to Orders, or to Orders, Domains, Organizations: with such a key no API keys can be managed. Use one without a restriction, of an administrator.',
			),
			whenBody(
				'errors[0].code',
				'request_limit_exceeded',
				"DigiCert's rate limit is reached, so the API key could not be tried. Test again in a few minutes.",
			),
			...OTHER_ROLES.map(({ name, value }) =>
				whenBody(
					'access_roles[0].id',
					value,
					`The API key works. The first role of its user is ${name}, and only an Administrator is sure to manage API keys of others: if the user is that as well, which this test cannot see, all is well. Otherwise save the credential and use it for what that role may do.`,
				),
			),
			whenBody(
				'id',
				undefined,
				"DigiCert did not answer as CertCentral does for a usable API key. Check the region or the Base URL (it ends in /services/v2 as a rule), that the key is active, and the account's IP restrictions, which may shut out this n8n.",
			),
		],
	};
}
