import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { judgeThrown } from './classify';
import { requireApiKey, requireBaseUrl } from './credential';
import { toReply } from './exchange';
import type { Exchange } from './exchange';
import { createQuote } from './redaction';

/** Where requests are made from: a running node, a trigger, or a picker in the editor. */
export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** What HTTP has to know of an API. */
export interface Api {
	/** The n8n credential type that holds its API key. */
	readonly credential: 'digiCertCertCentralApi' | 'digiCertPartnerApi';
	/** The HTTP header that carries the API key, which the credential sets. */
	readonly header: string;
	/** Reads the base URL, not checked yet, from the credential's fields. May throw UserError. */
	readonly baseUrlOf: (credential: IDataObject) => unknown;
}

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
	readonly api: Api;
	/** Longest wait for one answer, in ms. */
	readonly timeoutMs: number;
	/** Sends a request once and tells what became of it. Never throws, never follows a redirect. */
	send(request: ApiRequest): Promise<Exchange>;
	/** The same client, but a cancelled execution does not end its requests; their timeout does. */
	enduring(): ApiClient;
	/** A client that uses this key in place of the credential's. */
	withKey(apiKey: string): ApiClient;
	/** The last 4 characters of the API key, which the partner API shows of its keys. */
	readonly last4: string;
	/** Makes a text from outside fit to be shown: see `createQuote`. */
	quote(text: string): string;
}

/** Hands a request to one of n8n's helpers; `signal` ends it. */
type Transmit = (
	request: IHttpRequestOptions,
	signal: AbortSignal,
) => Promise<IN8nHttpFullResponse>;

/**
 * The same context with another cancel signal: n8n's helper takes the signal from the context,
 * and would put it over one that is given with the request.
 */
function withSignal(context: Context, signal: AbortSignal): IAllExecuteFunctions {
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } });
}

/**
 * Requests with the credential as it was read: all of a run carry one key to one address, also
 * when somebody edits the credential meanwhile.
 */
function transmitWith(
	context: Context,
	{ credential: type }: Api,
	data: ICredentialDataDecryptedObject,
): Transmit {
	const credentialsDecrypted = { id: '', name: type, type, data };
	return async (request, signal) =>
		await context.helpers.httpRequestWithAuthentication.call(
			withSignal(context, signal),
			type,
			request,
			{ credentialsDecrypted },
		);
}

/** How often deadlines are looked at, in ms: n8n's rules leave no timer that can be taken back. */
const SLICE = 100;

/** A signal that aborts a request, and why it did. */
interface Deadline {
	readonly signal: AbortSignal;
	/** Whether it was the time that ran out, not the execution that was cancelled. */
	readonly hasPassed: () => boolean;
	/** Ends the watch. To be called when the request is over. */
	readonly end: () => void;
}

/** The requests in flight, of all runs of this process: when their time is over, and what ends them. */
const watched = new Set<{ readonly endsAt: number; readonly expire: () => void }>();
let isWatching = false;

/**
 * Ends the requests whose time is over. One watch for all of them: where each has timers of its
 * own, hundreds are left behind, and Node.js lets nothing else go on while they are due (measured).
 */
async function watch(): Promise<void> {
	if (isWatching) return;
	isWatching = true;
	try {
		while (watched.size > 0) {
			const next = Math.min(...[...watched].map(({ endsAt }) => endsAt));
			await sleep(Math.min(SLICE, Math.max(next - performance.now(), 0)));
			const now = performance.now();
			for (const { endsAt, expire } of watched) if (now >= endsAt) expire();
		}
	} finally {
		isWatching = false;
	}
}

/**
 * Aborts a request when its time is over or the execution is cancelled. n8n's own timeout counts
 * inactivity only, so a server that drips its answer would hold a run for ever (measured). The
 * time is that of a clock which nobody sets.
 *
 * @param cancelSignal the execution's
 */
function startDeadline(ms: number, cancelSignal: AbortSignal | undefined): Deadline {
	const controller = new AbortController();
	let passed = false;
	const cancel = () => controller.abort();
	const expire = () => {
		passed = true;
		end();
		cancel();
	};
	const entry = { endsAt: performance.now() + ms, expire };
	const end = () => {
		watched.delete(entry);
		cancelSignal?.removeEventListener('abort', cancel);
	};
	cancelSignal?.addEventListener('abort', cancel);
	watched.add(entry);
	void watch();
	return { signal: controller.signal, hasPassed: () => passed, end };
}

/**
 * Reads and checks the credential, and gives the client that uses it.
 *
 * @param timeoutMs longest wait for one answer
 * @param itemIndex the item that the credential's expressions are read for
 * @throws UserError when the credential's fields cannot be used, n8n's own error when there is
 *   no credential; nothing has been sent then
 */
export async function connect(
	context: Context,
	api: Api,
	timeoutMs: number,
	itemIndex = 0,
): Promise<ApiClient> {
	const credential: ICredentialDataDecryptedObject = await context.getCredentials(
		api.credential,
		itemIndex,
	);
	const apiKey = requireApiKey(credential.apiKey);
	const baseUrl = requireBaseUrl(api.baseUrlOf(credential));
	const clientWith = (
		key: string,
		transmit: Transmit,
		cancelSignal: AbortSignal | undefined,
	): ApiClient => ({
		api,
		timeoutMs,
		enduring: () => clientWith(key, transmit, undefined),
		withKey: (other) =>
			clientWith(other, transmitWith(context, api, { ...credential, apiKey: other }), cancelSignal),
		last4: key.slice(-4),
		quote: createQuote(key),
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
						// header to any host that a redirect names (measured, n8n.md 1.2).
						returnFullResponse: true,
						ignoreHttpStatusErrors: true,
						disableFollowRedirect: true,
					},
					deadline.signal,
				);
				return toReply(response, method, key);
			} catch (error) {
				const judged = judgeThrown(error);
				// When time runs out, n8n's helper says that the request was cancelled.
				return judged.kind === 'interrupted' && deadline.hasPassed()
					? { ...judged, cause: 'timeout' }
					: judged;
			} finally {
				deadline.end();
			}
		},
	});
	// A picker and a trigger have none.
	const signal =
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	return clientWith(apiKey, transmitWith(context, api, credential), signal);
}
