import { readFileSync } from 'node:fs';
import path from 'node:path';

import { enter, FOLDER, readWorkflow, type Entries } from '../../support/examples.mts';
import { present, record, text } from '../../support/read.mts';
import { until } from '../wait.mts';
import type { Answer, Client, Execution, StoredCredential, StoredWorkflow } from './client.mts';
import { bound } from './workflows.mts';

export interface Import extends Entries {
	/** Bound to every DigiCert node, and by type to the nodes that name that type. */
	credentials: StoredCredential[];
	/** Text of the file to put other text for, such as DigiCert's addresses. */
	replace?: Record<string, string>;
	/** Keeps executions, which the file's settings switch off, so that they can be read. */
	saveExecutions?: boolean;
}

const SAVING = {
	saveDataErrorExecution: 'all',
	saveDataSuccessExecution: 'all',
	saveManualExecutions: true,
};

/** The credential types that a node of a workflow file asks for. */
function typesOf(credentials: object, parameters: Record<string, unknown>): unknown[] {
	const { authentication, nodeCredentialType, genericAuthType, operation } = parameters;
	const ofWebhook = authentication === 'headerAuth' ? 'httpHeaderAuth' : undefined;
	const ofMail = operation === 'sendAndWait' ? 'smtp' : undefined;
	return [...Object.keys(credentials), nodeCredentialType, genericAuthType, ofWebhook, ofMail];
}

/**
 * Imports a workflow of `examples/` into a running n8n and binds credentials, as a user would.
 *
 * @param file name in `examples/`
 */
export async function importExample(
	client: Client,
	file: string,
	{ credentials, replace = {}, saveExecutions = false, ...entries }: Import,
): Promise<StoredWorkflow> {
	let json = readFileSync(path.join(FOLDER, file), 'utf8');
	for (const [from, to] of Object.entries(replace)) json = json.replaceAll(from, to);
	const { nodes, connections, settings } = readWorkflow(json);
	enter(nodes, entries);
	const boundNodes = nodes.map(({ credentials: own = {}, parameters, ...node }) => {
		const wanted = typesOf(own, parameters);
		const mine = credentials.filter(
			({ type }) =>
				wanted.includes(type) ||
				(node.type.startsWith('n8n-nodes-digicert.') && type.startsWith('digiCert')),
		);
		return { ...node, parameters, credentials: mine.length > 0 ? bound(mine) : { ...own } };
	});
	return await client.saveWorkflow({
		name: file,
		nodes: boundNodes,
		connections,
		settings: { ...settings, ...(saveExecutions ? SAVING : {}) },
	});
}

/**
 * Runs a workflow by hand, from its trigger, and waits for the end.
 *
 * @returns undefined when n8n kept nothing
 * @throws {Error} when it has no such trigger
 */
export async function runExample(
	client: Client,
	workflow: StoredWorkflow,
): Promise<Execution | undefined> {
	const trigger = workflow.nodes.find(({ type }) =>
		/\.(manual|schedule|digiCert)Trigger$/.test(type),
	);
	return await client.runByHand(workflow, present(trigger, 'A trigger to start by hand').name);
}

/**
 * Activates a workflow, calls its webhook once, and deactivates it.
 *
 * @returns the caller's answer, and the execution, undefined when n8n kept nothing of it
 * @throws {Error} when it has no webhook
 */
export async function callExample(
	client: Client,
	workflow: StoredWorkflow,
	body: object,
): Promise<Answer & { execution: Execution | undefined }> {
	const webhook = present(
		workflow.nodes.find(({ type }) => type.endsWith('.webhook')),
		'A webhook',
	);
	await client.activate(workflow);
	try {
		const answer = await client.callWebhook(text(webhook.parameters.path), body);
		return { ...answer, execution: await lastExecution(client, workflow) };
	} finally {
		await client.deactivate(workflow);
	}
}

/** The newest execution of a workflow whose settings keep executions. */
export async function lastExecution(
	client: Client,
	workflow: StoredWorkflow,
): Promise<Execution | undefined> {
	const { saveDataSuccessExecution, saveDataErrorExecution } = record(workflow.settings);
	if (saveDataSuccessExecution === 'none' && saveDataErrorExecution === 'none') return undefined;
	const newest = await until(`an execution of ${workflow.name}`, async () => {
		const [found] = await client.executionsOf(workflow);
		return found;
	});
	return await client.finished(newest.id);
}
