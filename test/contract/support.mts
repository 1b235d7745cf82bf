import { Agent, request } from 'undici';
import { startSandbox } from '../../sandbox/index.mts';
import type { InstanceName, SandboxOptions } from '../../sandbox/index.mts';
import { list, parse, record } from '../support/read.mts';

export type Row = Record<string, unknown>;
export type Api = Awaited<ReturnType<typeof openSandbox>>;
export type Answer = Awaited<ReturnType<Api['send']>>;

interface Sent {
	headers?: Record<string, string>;
	/** A string is sent as it is, anything else as JSON. */
	body?: unknown;
	signal?: AbortSignal;
}

/** Starts a sandbox with a client of its own, so that each test file ends what it started. */
export async function openSandbox(options?: SandboxOptions) {
	const sandbox = await startSandbox(options);
	const dispatcher = new Agent();

	const send = async (method: string, url: string, { headers, body, signal }: Sent = {}) => {
		const answer = await request(url, {
			method,
			dispatcher,
			signal,
			headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		const text = await answer.body.text();
		return { status: answer.statusCode, headers: answer.headers, text, ...readersOf(text) };
	};

	return {
		sandbox,
		dispatcher,
		send,
		/** A request to CertCentral, as the administrator of the US instance by default. */
		certCentral(
			method: string,
			path: string,
			body?: unknown,
			key?: string,
			name: InstanceName = 'us',
		) {
			const { baseUrl, keys } = sandbox.certCentral[name];
			const headers = { 'x-dc-devkey': key ?? keys.administrator };
			return send(method, baseUrl + path, { headers, body });
		},
		/** A request to the partner API, as the parent account by default. */
		partner(method: string, path: string, body?: unknown, key = sandbox.partner.keys.parent) {
			const headers = { 'x-partner-apikey': key };
			return send(method, sandbox.partner.baseUrl + path, { headers, body });
		},
		/** A request to the sandbox's own endpoints. */
		admin: (method: string, path: string, body?: unknown) =>
			send(method, `${sandbox.origin}/sandbox${path}`, { body }),
		async close() {
			await sandbox.close();
			await dispatcher.destroy();
		},
	};
}

/** What tests read in replies. Each fails when the reply has no such thing. */
function readersOf(text: string) {
	const json = () => parse(text);
	const fields = () => record(json());
	return {
		json,
		fields,
		/** The ID and value of a created key. */
		key: () => ({ id: Number(fields().id), value: String(fields().api_key) }),
		/** The entries of a list of keys or users. */
		rows: () => list(fields().api_keys ?? fields().users).map(record),
		/** The codes in a CertCentral error body. */
		codes: () => list(fields().errors).map((error) => record(error).code),
	};
}

/** Waits until something holds, and leaves it to jest's time limit to give up. */
export async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The recorded refusal of a wrong CertCentral key (digicert-api.md E). */
export const INVALID_KEY = {
	errors: [
		{
			code: 'access_denied|access_denied_invalid_key',
			message: 'Access denied due to access_denied_invalid_key.',
		},
	],
};
