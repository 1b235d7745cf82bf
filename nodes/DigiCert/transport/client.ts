import type {
	IAllExecuteFunctions,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { DigiCertApi } from './apis';
import { requireApiKey, requireBaseUrl } from './credentialChecks';
import { startDeadline } from './deadline';
import type { Exchange } from './exchange';
import { judgeThrown } from './networkError';
import { toReply } from './reply';
import { createServerClock } from './serverClock';
import type { ServerClock } from './serverClock';

/** Where requests are made from: a running node, or a picker in the editor. */
type Context = IExecuteFunctions | ILoadOptionsFunctions;

/** One call of a DigiCert API. */
export interface ApiRequest {
	readonly method: IHttpRequestMethods;
	/** Below the base URL, starting with a slash, already encoded. */
	readonly path: string;
	readonly qs?: IDataObject;
	readonly body?: IDataObject;
	/** Longest wait for this answer, in ms, if it is less than the client's. */
	readonly timeoutMs?: number;
}

/** A DigiCert API as one credential opens it. */
export interface ApiClient {
	readonly api: DigiCertApi;
	/** Longest wait for one answer, in ms. */
	readonly timeoutMs: number;
	/** Sends a request once and tells what became of it. Never throws, never follows a redirect. */
	send(request: ApiRequest): Promise<Exchange>;
	/** DigiCert's clock, as its answers to this client tell it. */
	readonly clock: ServerClock;
	/** The same client, but a cancelled execution does not end its requests; their timeout does. */
	enduring(): ApiClient;
	/** The last 4 characters of the API key, which the partner API shows of its keys. */
	readonly last4: string;
	/** Takes the API key of the credential out of a text that is to be shown. */
	redact(text: string): string;
}

function cancelSignalOf(context: Context): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/**
 * The same context with another cancel signal: n8n's helper takes the signal from the context,
 * and would put it over one that is given with the request.
 */
function withSignal(context: Context, signal: AbortSignal): IAllExecuteFunctions {
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } });
}

async function readCredential(context: Context, api: DigiCertApi) {
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
	context: Context,
	api: DigiCertApi,
	timeoutMs: number,
): Promise<ApiClient> {
	const { apiKey, baseUrl } = await readCredential(context, api);
	const redact = (text: string) => text.replaceAll(apiKey, '[API key]');
	const clock = createServerClock();
	const clientUntil = (cancelSignal: AbortSignal | undefined): ApiClient => ({
		api,
		timeoutMs,
		clock,
		enduring: () => clientUntil(undefined),
		last4: apiKey.slice(-4),
		redact,
		async send({ method, path, qs, body, timeoutMs: limit = timeoutMs }) {
			const deadline = startDeadline(limit, cancelSignal);
			try {
				const response: IN8nHttpFullResponse =
					await context.helpers.httpRequestWithAuthentication.call(
						withSignal(context, deadline.signal),
						api.credential,
						{
							method,
							url: `${baseUrl}${path}`,
							headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
							qs,
							body,
							// Inactivity; without it, n8n's own limit of 5 minutes may come first.
							timeout: Math.ceil(limit),
							// Text, so that a body that is not JSON is seen as it is.
							encoding: 'text',
							// Without these three, n8n's helper sends a POST again after a 401, and hands our
							// header to any host that a redirect names (measured, n8n-conventions.md 7).
							returnFullResponse: true,
							ignoreHttpStatusErrors: true,
							disableFollowRedirect: true,
						},
					);
				clock.note(response.headers.date, Date.now());
				return toReply(response);
			} catch (error) {
				const judged = judgeThrown(error);
				const detail = redact(judged.detail);
				// When time runs out, n8n's helper says that the request was cancelled.
				return judged.kind === 'interrupted' && deadline.hasPassed()
					? { ...judged, cause: 'timeout', detail }
					: { ...judged, detail };
			} finally {
				deadline.end();
			}
		},
	});
	return clientUntil(cancelSignalOf(context));
}
