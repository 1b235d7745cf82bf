import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { requireApiKey, requireBaseUrl, requireSafeUrl } from './credentialChecks';

/** n8n's HTTP Request node hands over its older request form, which says `uri` for the URL. */
function urlOf(request: IHttpRequestOptions): unknown {
	return 'uri' in request && request.uri !== undefined ? request.uri : request.url;
}

/**
 * Puts the credential's API key into a request. Both credentials authenticate with it, so it
 * runs for this node, for the credential test and for n8n's HTTP Request node alike, and none
 * of them can send the key over the network in clear text.
 *
 * @returns a copy of the request with the header set
 * @throws UserError when the URL is not https (loopback excepted) or the key cannot be a header
 */
export function withKeyHeader(
	header: string,
	credential: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	if (request.baseURL === undefined) requireSafeUrl(urlOf(request), 'URL');
	else requireBaseUrl(request.baseURL);
	const apiKey = requireApiKey(credential.apiKey);
	return { ...request, headers: { ...request.headers, [header]: apiKey } };
}
