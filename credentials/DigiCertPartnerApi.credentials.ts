import type {
	IAuthenticate,
	IAuthenticateRuleResponseCode,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { partner, PARTNER_BASE_URL } from '../nodes/DigiCert/digicert/apis';
import { withKeyHeader } from '../nodes/DigiCert/http/credential';

const WRONG_KEY =
	'DigiCert refused this API key. Check that it was copied whole, is still active, and is a Partner Subscriptions key, not a CertCentral one.';
const WRONG_ADDRESS = `There is no Partner Subscriptions API at the Base URL. Check how it is spelt; DigiCert's own is ${PARTNER_BASE_URL}.`;

/** What the test says of an answer with this HTTP status. */
function whenStatus(value: number, message: string): IAuthenticateRuleResponseCode {
	return { type: 'responseCode', properties: { value, message } };
}

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
			description:
				'The API key of the parent account. The key of a subaccount passes the test as well, but can neither create keys nor reach those of others.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: PARTNER_BASE_URL,
			placeholder: `e.g. ${PARTNER_BASE_URL}`,
			description:
				'Must start with https; plain http is accepted for this machine only. When the test says ENOTFOUND or EAI_AGAIN, there is no machine of this name: check how it is spelt.',
		},
	];

	authenticate: IAuthenticate = async (credential, request) =>
		withKeyHeader(partner.header, credential, request);

	/**
	 * Read-only, without parameters, and allowed for every partner key (digicert-api.md B.5). What
	 * bodies this API's refusals have is not documented (B.1), so they are told by their status.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim() }}',
			url: '/api-key',
			disableFollowRedirect: true,
		},
		rules: [
			...[401, 403].map((status) => whenStatus(status, WRONG_KEY)),
			...[404, 405, 301, 302, 307, 308].map((status) => whenStatus(status, WRONG_ADDRESS)),
			whenStatus(
				407,
				'A proxy between n8n and DigiCert refused the request. Check the proxy settings of n8n.',
			),
			whenStatus(
				429,
				"DigiCert's rate limit is reached, so the API key could not be tried. Test again in a few minutes.",
			),
			...[500, 502, 503, 504].map((status) =>
				whenStatus(
					status,
					'DigiCert, or a gateway before it, did not work when the API key was tried. Test again in a few minutes.',
				),
			),
		],
	};
}
