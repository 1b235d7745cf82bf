import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';

import { dataObject, isDataObject, isRecord, list, parse, record, text } from '../read.mts';

type Parameters = Record<string, unknown>;

const METHODS: readonly IHttpRequestMethods[] = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];
const NAMES = [
	...['method', 'url', 'authentication', 'genericAuthType', 'nodeCredentialType'],
	...['sendHeaders', 'headerParameters', 'sendBody', 'jsonBody', 'options'],
	...['contentType', 'rawContentType', 'body'],
];

/** What one group of the node's options holds; nothing when it is not set. */
function option({ options }: Parameters, ...path: string[]): unknown {
	return path.reduce<unknown>(
		(inner, name) => (isRecord(inner) ? inner[name] : undefined),
		options,
	);
}

/** The credential type of one item's parameters. */
function credentialTypeOf(given: Parameters): string | undefined {
	if (given.authentication === 'genericCredentialType') return text(given.genericAuthType);
	if (given.authentication === 'predefinedCredentialType') return text(given.nodeCredentialType);
	return undefined;
}

function proxyOf({ hostname, port }: URL) {
	return { protocol: 'http', host: hostname, port: Number(port) };
}

function requestOf(given: Parameters): IHttpRequestOptions {
	const headers: IDataObject = {};
	if (given.sendHeaders === true) {
		for (const { name, value } of list(record(given.headerParameters).parameters).map(record)) {
			headers[text(name)] = text(value);
		}
	}
	const raw = given.contentType === 'raw';
	if (raw) headers['content-type'] = text(given.rawContentType);
	const body = () => (raw ? text(given.body) : dataObject(parse(text(given.jsonBody))));
	const timeout = option(given, 'timeout');
	const proxy = option(given, 'proxy');
	return {
		method: METHODS.find((method) => method === given.method) ?? 'GET',
		url: text(given.url),
		headers,
		...(given.sendBody === true ? { body: body() } : {}),
		...(typeof proxy === 'string' ? { proxy: proxyOf(new URL(proxy)) } : {}),
		json: true,
		encoding: 'text',
		returnFullResponse: true,
		timeout: typeof timeout === 'number' ? timeout : undefined,
		disableFollowRedirect: option(given, 'redirect', 'redirect', 'followRedirects') === false,
		ignoreHttpStatusErrors: option(given, 'response', 'response', 'neverError') === true,
	};
}

/**
 * What the node makes of an answer: n8n takes `application/json` alone for JSON, and puts any other
 * text into `data`. With a raw body it leaves the answer unread when a format is set (2.41.1).
 */
function itemOf(answer: unknown, given: Parameters): IDataObject {
	const setting = (name: string) => option(given, 'response', 'response', name);
	if (given.contentType === 'raw' && setting('responseFormat') !== undefined) {
		throw new Error('n8n does not read such an answer: leave Response Format out');
	}
	const { body, headers, statusCode } = record(answer);
	const said = text(body);
	const isJson = String(record(headers)['content-type']).includes('application/json');
	const read: unknown = isJson ? parse(said === '' ? '{}' : said) : said;
	if (setting('fullResponse') === true) {
		return dataObject({ [isJson ? 'body' : 'data']: read, headers, statusCode });
	}
	return isDataObject(read) ? read : dataObject({ data: read });
}

/**
 * HTTP Request: one request for each item. A failed one becomes an item with `error` alone, which
 * is how n8n knows it for the error output.
 */
export async function httpRequest(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items: INodeExecutionData[] = [];
	for (const item of context.getInputData().keys()) {
		const values = NAMES.map((name) => [name, context.getNodeParameter(name, item)]);
		const given = record(Object.fromEntries(values));
		const type = credentialTypeOf(given);
		const request = requestOf(given);
		try {
			const answer: unknown =
				type === undefined
					? await context.helpers.httpRequest(request)
					: await context.helpers.httpRequestWithAuthentication.call(context, type, request);
			items.push({ json: itemOf(answer, given), pairedItem: { item } });
		} catch (error) {
			if (!context.continueOnFail()) throw error;
			const message = error instanceof Error ? error.message : String(error);
			items.push({ json: { error: { message } }, pairedItem: { item } });
		}
	}
	return [items];
}
