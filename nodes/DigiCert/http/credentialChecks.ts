import { UserError } from 'n8n-workflow';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a key may be sent to this URL: by https, or without it to this machine only. */
function keepsTheKeySafe(url: URL): boolean {
	if (url.protocol === 'https:') return true;
	return url.protocol === 'http:' && LOOPBACK_HOST.test(url.hostname);
}

/** Refuses a URL that would carry the API key over the network in clear text. Throws UserError. */
export function requireSafeUrl(value: unknown, field: string): URL {
	if (typeof value !== 'string' || !URL.canParse(value)) {
		throw new UserError(`'${field}' is not a URL`, {
			description: 'Enter a full address such as https://www.digicert.com/services/v2.',
		});
	}
	const url = new URL(value);
	if (!keepsTheKeySafe(url)) {
		throw new UserError(`'${field}' does not start with https://`, {
			description:
				'The API key travels in a header of each request, so only https keeps it secret. Plain http is allowed to this machine (localhost, 127.0.0.1, [::1]) for tests.',
		});
	}
	return url;
}

/**
 * Checks a base URL from a credential.
 *
 * @returns the URL without trailing slashes, ready for a path to be added
 * @throws UserError that names the field and what to change; it never repeats the value, which
 *   may hold a password
 */
export function requireBaseUrl(value: unknown): string {
	const url = requireSafeUrl(value, 'Base URL');
	const extra = [
		url.username !== '' || url.password !== '' ? 'a user name or password' : '',
		url.search !== '' || url.href.includes('?') ? 'a query (?…)' : '',
		url.hash !== '' || url.href.includes('#') ? 'a fragment (#…)' : '',
	].filter((found) => found !== '');
	if (extra.length > 0) {
		throw new UserError(`'Base URL' carries ${extra.join(' and ')}`, {
			description: 'Enter the address and path only, such as https://www.digicert.com/services/v2.',
		});
	}
	return url.href.replace(/\/+$/, '');
}

/**
 * Checks that an API key can travel in an HTTP header. What keys look like is not documented
 * (digicert-api.md A.4.3), so nothing else is asked of it.
 *
 * @throws UserError that never repeats the value
 */
export function requireApiKey(value: unknown): string {
	if (typeof value !== 'string' || value === '') {
		throw new UserError("'API Key' is empty", {
			description: 'Open the credential and enter the API key.',
		});
	}
	if (!/^[\x21-\x7e]+$/.test(value)) {
		throw new UserError("'API Key' holds a space, a line break or another unusual character", {
			description: 'Open the credential and paste the API key again, without anything around it.',
		});
	}
	return value;
}
