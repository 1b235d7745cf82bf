import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { requireApiKey, requireBaseUrl, requireSafeUrl } from './credentialChecks';

/** n8n's HTTP Request node hands over its older request form, which says `uri` for the URL. */
function urlOf(request: IHttpRequestOptions): unknown {
	return 'uri' in request && request.uri !== undefined ? request.uri : request.url;
}

/** Refuses a request whose URL would carry the key over the network in clear text. */
function requireSafeTarget(request: IHttpRequestOptions): void {
	const url = urlOf(request);
	// An absolute URL goes where it says, whatever the base URL is.
	if (request.baseURL === undefined || (typeof url === 'string' && URL.canParse(url))) {
		requireSafeUrl(url, 'URL');
	} else {
		requireBaseUrl(request.baseURL);
	}
}

/**
 * Puts the credential's API key into a request. Both credentials authenticate with it, so it
 * runs for this node, for the credential test and for n8n's HTTP Request node alike. None of them
 * can send the key over the network in clear text, or to where a redirect leads: n8n hands such
 * headers on to any host (measured, n8n-conventions.md 7).
 *
 * @returns a copy of the request with the header set, and redirects off in both request forms
 * @throws UserError when the URL is not https (loopback excepted) or the key cannot be a header
 */
export function withKeyHeader(
	header: string,
	credential: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	requireSafeTarget(request);
	const apiKey = requireApiKey(credential.apiKey);
	const authenticated = {
		...request,
		headers: { ...request.headers, [header]: apiKey },
		disableFollowRedirect: true,
		maxRedirects: 0,
		followRedirect: false,
		followAllRedirects: false,
	};
	return authenticated;
}
