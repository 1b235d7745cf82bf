import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import type { DigiCertApi } from './apis';
import { requireApiKey, requireBaseUrl } from './credentialChecks';
import { startDeadline } from './deadline';
import { isSuccess } from './doubt';
import type { Exchange } from './exchange';
import { judgeThrown } from './networkError';
import { toReply } from './reply';
import { createServerClock } from './serverClock';
import type { ServerClock } from './serverClock';
import { cancelSignalOf, transmitWithCredential, transmitWithKey } from './transmit';
import type { Context, Transmit } from './transmit';

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
	/** A client that uses this key in place of the credential's. */
	withKey(apiKey: string): ApiClient;
	/** The last 4 characters of the API key, which the partner API shows of its keys. */
	readonly last4: string;
	/** Takes the API key of the credential out of a text that is to be shown. */
	redact(text: string): string;
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
	const clock = createServerClock();
	const clientWith = (
		key: string,
		transmit: Transmit,
		cancelSignal: AbortSignal | undefined,
	): ApiClient => {
		const redact = (text: string) => text.replaceAll(key, '[API key]');
		return {
			api,
			timeoutMs,
			clock,
			enduring: () => clientWith(key, transmit, undefined),
			withKey: (other) => clientWith(other, transmitWithKey(context, api, other), cancelSignal),
			last4: key.slice(-4),
			redact,
			async send({ method, path, qs, body, timeoutMs: limit = timeoutMs }) {
				const deadline = startDeadline(limit, cancelSignal);
				try {
					const response = await transmit(
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
						deadline.signal,
					);
					const reply = toReply(response);
					// Other answers may come from a gateway, with a clock of its own.
					if (isSuccess(reply)) clock.note(response.headers.date, Date.now());
					return reply;
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
		};
	};
	return clientWith(apiKey, transmitWithCredential(context, api), cancelSignalOf(context));
}
