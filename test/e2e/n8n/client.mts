import { parse as unflatten } from 'flatted';
import { request } from 'undici';

import { isRecord, list, parse, record, text } from '../../support/read.mts';
import { until } from '../wait.mts';
import type { Workflow } from './workflows.mts';

export const OWNER = { email: 'owner@example.com', password: 'Only4ThisTest' };
/** As many executions as n8n gives at once. */
const PAGE = 100;
const FINISHED = ['success', 'error', 'crashed', 'canceled'];

export interface Answer {
	status: number;
	/** Parsed, or a text where it is no JSON. */
	body: unknown;
}

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

/** A workflow as n8n stored it. */
export interface StoredWorkflow extends Workflow {
	id: string;
	versionId: string;
}

export interface Execution {
	id: string;
	status: string;
	/** n8n's record of the run. */
	resultData: Record<string, unknown>;
}

/** What one can do in a running n8n. */
export class Client {
	readonly url: string;
	#cookie = '';

	constructor(url: string) {
		this.url = url;
	}

	async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
		const answer = await request(this.url + path, {
			method,
			// A connection of its own: a busy n8n may have closed one that was kept.
			reset: true,
			headers: { 'content-type': 'application/json', 'browser-id': 'e2e', cookie: this.#cookie },
			body: body === undefined ? null : JSON.stringify(body),
		});
		const cookies = [answer.headers['set-cookie'] ?? []].flat();
		if (cookies.length > 0) this.#cookie = cookies.map((set) => set.split(';')[0]).join('; ');
		const answered = await answer.body.text();
		try {
			return { status: answer.statusCode, body: parse(answered) };
		} catch {
			// Some answers are plain text.
			return { status: answer.statusCode, body: answered };
		}
	}

	/** Calls n8n's own API and gives what it puts in `data`. @throws {Error} when it says no */
	async rest(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
		const ask = async () => await this.call(method, `/rest${path}`, body);
		// On a busy machine, n8n says for a moment that its database is not ready.
		const isReady = async () => {
			const one = await ask();
			return one.status === 503 ? undefined : one;
		};
		const answer = method === 'GET' ? await until(`GET ${path}`, isReady) : await ask();
		if (answer.status !== 200) {
			throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		}
		return isRecord(answer.body) && 'data' in answer.body ? answer.body.data : answer.body;
	}

	/** What nodes or credentials n8n offers. It writes these files when it is already ready for calls. */
	async typesOf(kind: 'nodes' | 'credentials'): Promise<Record<string, unknown>[]> {
		return await until(`the ${kind} of n8n`, async () => {
			const { body } = await this.call('GET', `/types/${kind}.json`);
			return Array.isArray(body) ? list(body).map(record) : undefined;
		});
	}

	/** Sets up the owner of a fresh n8n, which signs in as well. It answers 404 for a moment. */
	async setUp(): Promise<void> {
		const owner = { ...OWNER, firstName: 'Olive', lastName: 'Owner' };
		await until('the set-up page', async () => {
			const { status } = await this.call('POST', '/rest/owner/setup', owner);
			return status === 200 ? true : undefined;
		});
	}

	async storeCredential(type: string, name: string, data: object): Promise<StoredCredential> {
		// The editor fills this field in for every credential that HTTP Request can use.
		const all = { allowedHttpRequestDomains: 'all', ...data };
		const { id } = record(await this.rest('POST', '/credentials', { name, type, data: all }));
		return { id: text(id), name, type };
	}

	/** What the editor shows after a credential was saved. */
	async testCredential(credential: StoredCredential, data: object) {
		const credentials = { ...credential, data };
		const result = record(await this.rest('POST', '/credentials/test', { credentials }));
		return { status: text(result.status), message: text(result.message) };
	}

	async saveWorkflow(workflow: Workflow): Promise<StoredWorkflow> {
		const { id, versionId } = record(await this.rest('POST', '/workflows', workflow));
		return { ...workflow, id: text(id), versionId: text(versionId) };
	}

	/** Switches its triggers on. */
	async activate({ id, versionId }: StoredWorkflow): Promise<void> {
		const version = { versionId, name: 'e2e', description: '' };
		await this.rest('POST', `/workflows/${id}/activate`, version);
	}

	async deactivate({ id }: StoredWorkflow): Promise<void> {
		await this.rest('POST', `/workflows/${id}/deactivate`, {});
	}

	/**
	 * Calls a production webhook. n8n answers 404 for a while after the activation, so only a first
	 * call should wait.
	 */
	async callWebhook(path: string, body: object): Promise<Answer> {
		return await until(`webhook ${path}`, async () => {
			const answer = await this.call('POST', `/webhook/${path}`, body);
			return answer.status === 404 ? undefined : answer;
		});
	}

	/**
	 * Runs a workflow like **Execute workflow** in the editor.
	 *
	 * @param trigger name of the node it starts from
	 * @returns the execution, undefined when n8n kept nothing of it
	 */
	async runByHand(workflow: StoredWorkflow, trigger: string): Promise<Execution | undefined> {
		return await this.finished(await this.startByHand(workflow, trigger));
	}

	/** The same, for one that waits in between. @returns the execution's ID */
	async startByHand(workflow: StoredWorkflow, trigger: string): Promise<string> {
		const run = { workflowData: workflow, startNodes: [], triggerToStartFrom: { name: trigger } };
		const answer = record(await this.rest('POST', `/workflows/${workflow.id}/run`, run));
		return text(answer.executionId);
	}

	/** Newest first. */
	async executionsOf({ id }: { id: string }): Promise<{ id: string; status: string }[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
		const found: { id: string; status: string }[] = [];
		for (;;) {
			const last = found.at(-1);
			const after = last === undefined ? '' : `&lastId=${last.id}`;
			const path = `/executions?limit=${PAGE}&filter=${filter}${after}`;
			const page = list(record(await this.rest('GET', path)).results).map(record);
			found.push(...page.map((each) => ({ id: text(each.id), status: text(each.status) })));
			if (page.length < PAGE) return found;
		}
	}

	/** What n8n stored of an execution, as it is; undefined when it kept nothing. */
	async stored(id: string): Promise<Record<string, unknown> | undefined> {
		const { body } = await this.call('GET', `/rest/executions/${id}`);
		return isRecord(body) && isRecord(body.data) ? body.data : undefined;
	}

	/** Waits for an execution to end. @returns undefined when n8n kept nothing of it */
	async finished(id: string): Promise<Execution | undefined> {
		const found = await until<{ execution?: Execution }>(`execution ${id}`, async () => {
			const stored = await this.stored(id);
			if (stored === undefined) return {};
			const { status, data: flat } = stored;
			if (!FINISHED.includes(text(status))) return undefined;
			const run: unknown = unflatten(text(flat));
			const resultData = record(record(run).resultData);
			return { execution: { id, status: text(status), resultData } };
		});
		return found.execution;
	}
}

/** The runs of a node, as n8n records them. */
function runsOf(execution: Execution, node: string): Record<string, unknown>[] {
	return list(record(execution.resultData.runData)[node] ?? []).map(record);
}

/**
 * The items that a node put out.
 *
 * @param output 1 is the error output
 */
export function fullItemsOf(
	execution: Execution,
	node: string,
	output = 0,
): Record<string, unknown>[] {
	return runsOf(execution, node).flatMap(({ data }) => {
		const outputs = isRecord(data) && Array.isArray(data.main) ? list(data.main) : [];
		return list(outputs[output] ?? []).map(record);
	});
}

/** Their json. */
export function itemsOf(execution: Execution, node: string, output = 0): Record<string, unknown>[] {
	return fullItemsOf(execution, node, output).map(({ json }) => record(json));
}

/** The error that ended an execution; empty when none did. */
export function errorOf({ resultData }: Execution): Record<string, unknown> {
	return isRecord(resultData.error) ? resultData.error : {};
}
