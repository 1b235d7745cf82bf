import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { DigiCertApi } from './apis';
import { requireApiKey, requireBaseUrl } from './credentialChecks';
import type { Exchange } from './exchange';
import { judgeThrown } from './networkError';
import { toReply } from './reply';

/** One call of a DigiCert API. */
export interface ApiRequest {
	readonly method: IHttpRequestMethods;
	/** Below the base URL, starting with a slash, already encoded. */
	readonly path: string;
	readonly body?: IDataObject;
}

/** A DigiCert API as one credential opens it. */
export interface ApiClient {
	readonly api: DigiCertApi;
	/** Longest wait for one answer, in ms. */
	readonly timeoutMs: number;
	/** Sends a request once and tells what became of it. Never throws, never follows a redirect. */
	send(request: ApiRequest): Promise<Exchange>;
	/** Takes the API key of the credential out of a text that is to be shown. */
	redact(text: string): string;
}

async function readCredential(context: IExecuteFunctions, api: DigiCertApi) {
	const credential = await context.getCredentials<IDataObject>(api.credential);
	return {
		apiKey: requireApiKey(credential.apiKey),
		baseUrl: requireBaseUrl(api.baseUrlOf(credential)),
	};
}

/**
 * Reads and checks the credential, and gives the client that uses it.
 *
 * @throws UserError when the credential's fields cannot be used, n8n's own error when there is
 *   no credential; nothing has been sent then
 */
export async function connect(
	context: IExecuteFunctions,
	api: DigiCertApi,
	timeoutMs: number,
): Promise<ApiClient> {
	const { apiKey, baseUrl } = await readCredential(context, api);
	const redact = (text: string) => text.replaceAll(apiKey, '[API key]');
	return {
		api,
		timeoutMs,
		redact,
		async send({ method, path, body }) {
			try {
				const response: IN8nHttpFullResponse =
					await context.helpers.httpRequestWithAuthentication.call(context, api.credential, {
						method,
						url: `${baseUrl}${path}`,
						headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
						body,
						timeout: timeoutMs,
						// Text, so that a body that is not JSON is seen as it is.
						encoding: 'text',
						// Without these three, n8n's helper sends a POST again after a 401, and hands our
						// header to any host that a redirect names (measured, n8n-conventions.md 7).
						returnFullResponse: true,
						ignoreHttpStatusErrors: true,
						disableFollowRedirect: true,
					});
				return toReply(response);
			} catch (error) {
				const judged = judgeThrown(error);
				return { ...judged, detail: redact(judged.detail) };
			}
		},
	};
}
