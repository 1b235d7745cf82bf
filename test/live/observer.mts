import diagnostics from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import zlib from 'node:zlib';

import { parse, record } from '../support/read.mts';
import { codesIn, shapeOf } from './shape.mts';

/** Headers that matter to a client of DigiCert; all others are nobody's business. */
const HEADERS =
	/^(date|retry-after|content-type|content-encoding|location|www-authenticate|.*rate-?limit.*|.*(request|correlation|trace)-?id)$/;

/** One answer of DigiCert, as far as it may be shown. */
export interface Answer {
	/** Method, path below the base URL with IDs taken out, and names of the query. */
	call: string;
	status: number;
	/** Names of the headers that matter. */
	headers: string[];
	body: 'JSON' | 'empty' | 'HTML' | 'other';
	/** Names and types of the body's fields. */
	shape: Map<string, string>;
	/** Error codes. */
	codes: string[];
}

function decode(bytes: Buffer, encoding: string | undefined): Buffer {
	if (encoding === 'gzip') return zlib.gunzipSync(bytes);
	if (encoding === 'deflate') return zlib.inflateSync(bytes);
	return encoding === 'br' ? zlib.brotliDecompressSync(bytes) : bytes;
}

function readBody(
	bytes: Buffer,
	encoding: string | undefined,
): Pick<Answer, 'body' | 'shape' | 'codes'> {
	const unread = { shape: new Map<string, string>(), codes: [] };
	if (bytes.length === 0) return { body: 'empty', ...unread };
	try {
		const text = decode(bytes, encoding).toString('utf8');
		if (/^\s*</.test(text)) return { body: 'HTML', ...unread };
		const json = parse(text);
		return { body: 'JSON', shape: shapeOf(json), codes: codesIn(json) };
	} catch {
		// Neither JSON nor in an encoding that is known: told as what it is.
		return { body: 'other', ...unread };
	}
}

/**
 * Watches the answers to this process's own HTTP requests, by Node's diagnostics channel: what
 * n8n's helper sends and gets stays as it is. Values are dropped as soon as a body has come.
 *
 * @param baseUrl which API; requests to other places are not looked at
 * @returns ends the watch
 */
export function observe(baseUrl: string, onAnswer: (answer: Answer) => void): () => void {
	const { host, pathname } = new URL(baseUrl);

	function note(message: unknown): void {
		const { request, response } = record(message);
		if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
		if (request.getHeader('host') !== host || !request.path.startsWith(`${pathname}/`)) return;
		const chunks: Uint8Array[] = [];
		const push = response.push.bind(response);
		response.push = (chunk: unknown, encoding) => {
			if (chunk instanceof Uint8Array) chunks.push(Uint8Array.from(chunk));
			return push(chunk, encoding);
		};
		response.once('close', () => {
			const [path = '', query] = request.path.slice(pathname.length).split('?');
			const names = [...new URLSearchParams(query).keys()].join('&');
			onAnswer({
				call: `${request.method} ${path.replace(/\/\d+(?=\/|$)/g, '/{id}')}${names && `?${names}`}`,
				status: response.statusCode ?? 0,
				headers: Object.keys(response.headers).filter((name) => HEADERS.test(name)),
				...readBody(Buffer.concat(chunks), response.headers['content-encoding']),
			});
		});
	}
	diagnostics.subscribe('http.client.response.finish', note);
	return () => {
		diagnostics.unsubscribe('http.client.response.finish', note);
	};
}
