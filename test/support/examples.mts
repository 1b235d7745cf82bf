import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { IConnections, INode, INodeCredentials } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/index.mts';
import type { Engine, WorkflowJson } from './engine.mts';
import { list, parse, present, record } from './read.mts';

export const FOLDER = path.join(import.meta.dirname, '..', '..', 'examples');

/** What a user enters in an example's nodes. */
export interface Entries {
	/** Values of the node Settings, over the file's. */
	settings?: Record<string, unknown>;
	/** What the workflow hands keys over to, by its ID. */
	handOverTo?: string;
	/** Address of a proxy that the requests to AWS go through. */
	awsProxy?: string;
}

/** What a user sets up after importing an example. */
export interface Setup extends Entries {
	/** Data of further credentials, by type. */
	credentials?: Record<string, object>;
	/** Text of the file to put other text for. */
	replace?: Record<string, string>;
}

/** A workflow file of n8n's, as far as tests look into it. */
export interface WorkflowFile extends WorkflowJson {
	settings: Record<string, unknown>;
	pinData: unknown;
}

function isNode(value: unknown): value is INode {
	const { name, type, parameters } = record(value);
	return typeof name === 'string' && typeof type === 'string' && typeof parameters === 'object';
}

function isConnections(value: unknown): value is IConnections {
	return Object.values(record(value)).every((outputs) => Array.isArray(record(outputs).main ?? []));
}

/** @throws {Error} when the text is no workflow */
export function readWorkflow(json: string): WorkflowFile {
	const { nodes, connections, settings, pinData } = record(parse(json));
	const read = list(nodes).filter(isNode);
	if (!isConnections(connections) || read.length === 0) throw new Error('This is no workflow');
	return { nodes: read, connections, settings: record(settings), pinData };
}

function bind(node: INode, credentials: INodeCredentials): void {
	const { genericAuthType, nodeCredentialType } = node.parameters;
	const type = genericAuthType ?? nodeCredentialType;
	if (typeof type === 'string') {
		node.credentials = { [type]: present(credentials[type], `The credential ${type}`) };
	}
	if (node.type.startsWith('n8n-nodes-digicert.')) node.credentials = credentials;
}

/** Fills in the nodes of an example, as a user would. */
export function enter(nodes: INode[], { settings = {}, handOverTo, awsProxy }: Entries): void {
	for (const { parameters } of nodes) {
		if (parameters.deliverTo === 'workflow') {
			parameters.handOverWorkflow = { __rl: true, mode: 'id', value: handOverTo };
		}
		// Whom a proxy serves without encryption; its host's name is what counts in the signature.
		if (parameters.nodeCredentialType === 'aws') {
			Object.assign(record(parameters.options), { proxy: awsProxy });
		}
	}
	if (Object.keys(settings).length === 0) return;
	const node = present(
		nodes.find(({ name }) => name === 'Settings'),
		'The node Settings',
	);
	const assignments = list(record(node.parameters.assignments).assignments).map(record);
	for (const [name, value] of Object.entries(settings)) {
		present(
			assignments.find((each) => each.name === name),
			`The setting ${name}`,
		).value = value;
	}
}

/**
 * Reads an example workflow and readies it for the sandbox: DigiCert's addresses become the
 * sandbox's, the nodes get the credentials that a user would choose, and Settings what a user would
 * enter. Nothing else changes, but that pauses between tries are short.
 *
 * @param file name in `examples/`
 */
export async function loadExample(
	file: string,
	{ certCentral: { us }, partner }: Sandbox,
	engine: Engine,
	{ credentials: more = {}, replace = {}, ...entries }: Setup = {},
): Promise<WorkflowFile> {
	const replaced = {
		'https://www.digicert.com/services/v2': us.baseUrl,
		'https://www.digicert.com/partner-subscription/api/v1': partner.baseUrl,
		"region: 'us'": `region: 'custom', baseUrl: '${us.baseUrl}'`,
		...replace,
	};
	let json = readFileSync(path.join(FOLDER, file), 'utf8');
	for (const [from, to] of Object.entries(replaced)) json = json.replaceAll(from, to);
	const workflow = readWorkflow(json);

	const fields: Record<string, object> = {
		digiCertCertCentralApi: {
			...{ apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
		},
		digiCertPartnerApi: { apiKey: partner.keys.parent, baseUrl: partner.baseUrl },
		...more,
	};
	const credentials: INodeCredentials = {};
	for (const [type, data] of Object.entries(fields)) {
		credentials[type] = await engine.credentials.store(type, data);
	}
	for (const node of workflow.nodes) {
		bind(node, credentials);
		if (node.waitBetweenTries !== undefined) node.waitBetweenTries = 1;
	}
	enter(workflow.nodes, entries);
	return workflow;
}
