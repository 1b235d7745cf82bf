import type {
	IAllExecuteFunctions,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';

import type { DigiCertApi } from './apis';

/** Where requests are made from: a running node, a trigger, or a picker in the editor. */
export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** The execution's signal to end early; a picker and a trigger have none. */
export function cancelSignalOf(context: Context): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/**
 * The same context with another cancel signal: n8n's helper takes the signal from the context,
 * and would put it over one that is given with the request.
 */
function withSignal(context: Context, signal: AbortSignal): IAllExecuteFunctions {
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } });
}

/** Hands a request to one of n8n's helpers; `signal` ends it. */
export type Transmit = (
	request: IHttpRequestOptions,
	signal: AbortSignal,
) => Promise<IN8nHttpFullResponse>;

/** Sends requests with the key of the credential. */
export function transmitWithCredential(context: Context, { credential }: DigiCertApi): Transmit {
	return async (request, signal) =>
		await context.helpers.httpRequestWithAuthentication.call(
			withSignal(context, signal),
			credential,
			request,
		);
}

/** Sends requests with another key, and without the credential's. */
export function transmitWithKey(
	{ helpers }: Context,
	{ header }: DigiCertApi,
	apiKey: string,
): Transmit {
	return async (request, abortSignal) =>
		await helpers.httpRequest({
			...request,
			headers: { ...request.headers, [header]: apiKey },
			abortSignal,
		});
}
