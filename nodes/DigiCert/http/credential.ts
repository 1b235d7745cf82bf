import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { UnsafeRequest } from './classify';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Refuses a URL that would carry the API key over the network in clear text. Throws UnsafeRequest. */
function requireSafeUrl(value: unknown, field: string): URL {
	if (typeof value !== 'string' || !URL.canParse(value)) {
		throw new UnsafeRequest(`'${field}' is not a URL`, {
			description: 'Enter a full address such as https://www.digicert.com/services/v2.',
		});
	}
	const url = new URL(value);
	const isLocal = url.protocol === 'http:' && LOOPBACK_HOST.test(url.hostname);
	if (url.protocol !== 'https:' && !isLocal) {
		throw new UnsafeRequest(`'${field}' does not start with https://`, {
			description:
				'The API key travels in a header of each request, so only https keeps it secret. Plain http is allowed to this machine (localhost, 127.0.0.1, [::1]) for tests.',
		});
	}
	return url;
}

/**
 * Checks a base URL from a credential, and takes the slashes at its end off. Throws UnsafeRequest,
 * which never repeats the value: it may hold a password.
 */
export function requireBaseUrl(value: unknown): string {
	const url = requireSafeUrl(value, 'Base URL');
	const extra = [
		url.username !== '' || url.password !== '' ? 'a user name or password' : '',
		url.href.includes('?') ? 'a query (?…)' : '',
		url.href.includes('#') ? 'a fragment (#…)' : '',
	].filter((found) => found !== '');
	if (extra.length > 0) {
		throw new UnsafeRequest(`'Base URL' carries ${extra.join(' and ')}`, {
			description: 'Enter the address and path only, such as https://www.digicert.com/services/v2.',
		});
	}
	return url.href.replace(/\/+$/, '');
}

/**
 * Checks that an API key can travel in an HTTP header. What keys look like is not documented
 * (digicert-api.md A.4.3), so nothing else is asked of it.
 *
 * @throws UnsafeRequest that never repeats the value
 */
export function requireApiKey(value: unknown): string {
	if (typeof value !== 'string' || value === '') {
		throw new UnsafeRequest("'API Key' is empty", {
			description: 'Open the credential and enter the API key.',
		});
	}
	if (!/^[\x21-\x7e]+$/.test(value)) {
		throw new UnsafeRequest("'API Key' holds a space, a line break or another unusual character", {
			description: 'Open the credential and paste the API key again, without anything around it.',
		});
	}
	return value;
}

function requireSafeTarget(request: IHttpRequestOptions): void {
	// n8n's HTTP Request node hands over its older request form, which says `uri` for the URL.
	const url: unknown = 'uri' in request && request.uri !== undefined ? request.uri : request.url;
	// An absolute URL goes where it says, whatever the base URL is.
	if (request.baseURL === undefined || URL.canParse(String(url))) {
		requireSafeUrl(url, 'URL');
	} else {
		requireBaseUrl(request.baseURL);
	}
}

/**
 * Puts the credential's API key into a request. Both credentials authenticate with it, so it
 * runs for this node, for the credential test and for n8n's HTTP Request node alike. None of them
 * can send the key over the network in clear text, or to where a redirect leads: n8n hands such
 * headers on to any host (measured, n8n.md 1.2).
 *
 * @returns a copy of the request with the header set, and redirects off in both request forms
 * @throws UnsafeRequest when the URL is not https (loopback excepted) or the key cannot be a header
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
