import { Agent, request } from 'undici';

import { isRecord } from '../../support/read.mts';
import type { Lab } from '../lab.mts';
import { errorOf, type Client, type StoredWorkflow } from '../n8n/client.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';

/** Callers that wait at the same time. */
const CALLERS = 20;
/** How long a caller waits: longer than n8n needs to notice that a worker is gone. */
const PATIENCE_MS = 150_000;

/** One caller's request for a key. */
export interface Call {
	/** Of the key that it asked for. */
	name: string;
	/** undefined when the connection broke or nothing came. */
	status: number | undefined;
	/** The value that it got. */
	key: string | undefined;
}

export interface Load {
	webhook: string;
	/** Where a key is tried. */
	tryUrl: string;
	/** Who gets the keys. */
	user: number;
	/** One call for each. */
	names: string[];
	onAnswer: (answered: number) => void;
}

export async function post(url: string, body: object, dispatcher?: Agent) {
	const answer = await request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		...(dispatcher === undefined ? {} : { dispatcher }),
	});
	return { status: answer.statusCode, text: await answer.body.text() };
}

/** A webhook that answers with a new key, and keeps no key in n8n's database. */
export async function creator(
	{ client, credentials }: Lab,
	path: string,
	form: Record<string, unknown> = {},
): Promise<StoredWorkflow> {
	const create = flows.createUserKey(credentials.certCentral, form);
	const settings = { saveDataSuccessExecution: 'none' };
	const workflow = await client.saveWorkflow(
		flows.workflow('Create', [flows.webhook(path), create], { settings }),
	);
	await client.activate(workflow);
	return workflow;
}

/** Waits until a webhook is there. It is asked for with the wrong method, so that nothing runs. */
export async function ready(webhook: string): Promise<void> {
	await until('the webhook', async () => {
		const probe = await request(webhook, { method: 'GET' });
		const answered = await probe.body.text();
		return /Did you mean to make a POST request/i.test(answered) ? true : undefined;
	});
}

/** Asks for a key by webhook, and tries the key, as its owner would. */
async function ask(
	{ webhook, tryUrl, user }: Load,
	name: string,
	dispatcher: Agent,
): Promise<Call> {
	try {
		const { status, text } = await post(webhook, { user, name }, dispatcher);
		const [, key] = /"api_key":"([^"]+)"/.exec(text) ?? [];
		if (key !== undefined) {
			const tried = await request(tryUrl, { headers: { 'X-DC-DEVKEY': key } });
			await tried.body.dump();
		}
		return { name, status, key };
	} catch {
		// The caller got no answer; the counts tell.
		return { name, status: undefined, key: undefined };
	}
}

/** Sends many calls, a fixed number at a time. */
export async function sendAll(load: Load): Promise<Call[]> {
	const dispatcher = new Agent({ headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
	const waiting = [...load.names];
	const calls: Call[] = [];
	const caller = async () => {
		for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
			calls.push(await ask(load, name, dispatcher));
			load.onAnswer(calls.length);
		}
	};
	await Promise.all(Array.from({ length: CALLERS }, caller));
	await dispatcher.close();
	return calls;
}

/** The keys that the errors of a workflow's executions name, by their IDs. */
export async function namedIn(client: Client, workflow: { id: string }): Promise<Set<unknown>> {
	const failed = (await client.executionsOf(workflow)).filter(({ status }) => status === 'error');
	const named = new Set<unknown>();
	for (const { id } of failed) {
		const execution = await client.finished(id);
		const context = execution === undefined ? undefined : errorOf(execution).context;
		const keys: unknown = isRecord(context) ? context.keys : [];
		for (const key of Array.isArray(keys) ? keys : []) if (isRecord(key)) named.add(key.id);
	}
	return named;
}

/** What became of the keys of one load. */
export async function countKeys(calls: Call[], { sandbox, client }: Lab, workflow: { id: string }) {
	const names = new Set(calls.map(({ name }) => name));
	const keys = sandbox.keys(({ name, status }) => names.has(name) && status === 'active');
	const got = calls.flatMap(({ key }) => key ?? []);
	const delivered = new Set(got.map((key) => sandbox.holds(key)?.id));
	const others = keys.filter(({ id }) => !delivered.has(id));
	const told = others.length === 0 ? new Set() : await namedIn(client, workflow);
	const unseen = others.filter(({ id }) => !told.has(id));
	return {
		/** Calls that got an error. */
		refused: calls.filter(({ key, status }) => key === undefined && status !== undefined).length,
		/** Calls that got nothing until the caller gave up. */
		silent: calls.filter(({ status }) => status === undefined).length,
		/** Live keys at the sandbox. */
		alive: keys.length,
		/** Of these, those whose value a caller has. */
		delivered: keys.length - others.length,
		/** Of the others, those that an execution's error names. */
		named: others.length - unseen.length,
		/** IDs of the rest: live, and nobody knows of them. */
		unseen: unseen.map(({ id }) => id),
		/** Live keys beyond one for a name. */
		doubled: keys.length - new Set(keys.map(({ name }) => name)).size,
	};
}
