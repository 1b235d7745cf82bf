/**
 * Small stand-ins for the nodes and credentials of n8n-nodes-base that example workflows use: that
 * package is too large for a test's installation. Their parameters have the real nodes' names and
 * forms, so the same workflow files run here and in n8n, where `npm run e2e` runs them. They are
 * never used in place of what is under test.
 */
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { CredentialType } from './engineCredentials.mts';
import { dataObject, isRecord, list, parse, record, text } from './read.mts';
import { aws } from './standIns/awsCredential.mts';
import { httpRequest } from './standIns/httpRequest.mts';

type Execute = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;
type Ports = Partial<Pick<INodeTypeDescription, 'inputs' | 'outputs' | 'properties'>>;

function standIn(name: string, execute: Execute, ports: Ports = {}): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: [],
			version: [1, 1.1, 1.2, 2, 2.1, 2.2, 3, 3.4, 4, 4.2, 4.3],
			description: '',
			defaults: { name },
			...{ inputs: ['main'], outputs: ['main'], properties: [], ...ports },
		},
		async execute() {
			return await execute(this);
		},
	};
}

/** Passes its items on. */
const passOn: Execute = (context) => Promise.resolve([context.getInputData()]);

/** A node that a workflow starts with. */
function trigger(name: string): INodeType {
	return { ...standIn(name, passOn, { inputs: [] }), trigger: () => Promise.resolve({}) };
}

/** Edit Fields: puts the assigned values out. */
const editFields: Execute = (context) => {
	const items = context.getInputData().map((_, item) => {
		const { assignments } = record(context.getNodeParameter('assignments', item));
		const values = list(assignments)
			.map(record)
			.map(({ name, value }) => [text(name), value]);
		return { json: dataObject(Object.fromEntries(values)), pairedItem: { item } };
	});
	return Promise.resolve([items]);
};

/** If: n8n's engine itself judges the conditions. */
const choose: Execute = (context) => {
	const yes: INodeExecutionData[] = [];
	const no: INodeExecutionData[] = [];
	for (const [item, { json }] of context.getInputData().entries()) {
		const holds = context.getNodeParameter('conditions', item, false, { extractValue: true });
		(holds === true ? yes : no).push({ json, pairedItem: { item } });
	}
	return Promise.resolve([yes, no]);
};

/** Filter: the items for which the conditions hold. */
const keep: Execute = async (context) => {
	const [kept = []] = await choose(context);
	return [kept];
};

/** Split Out: one item for each value of a list. */
const splitOut: Execute = (context) => {
	const items = context.getInputData().flatMap(({ json }, item) => {
		const from = text(context.getNodeParameter('fieldToSplitOut', item));
		const { destinationFieldName = from } = record(context.getNodeParameter('options', item));
		const valueOf = (value: unknown) => dataObject({ [text(destinationFieldName)]: value });
		return list(json[from]).map((value) => ({ json: valueOf(value), pairedItem: { item } }));
	});
	return Promise.resolve([items]);
};

/** Stop and Error, with an error object: the execution fails. It is read for the first item. */
const stop: Execute = (context) => {
	const { message, description } = record(parse(text(context.getNodeParameter('errorObject', 0))));
	throw new NodeOperationError(context.getNode(), text(message), {
		description: text(description),
	});
};

/** What is asked by mail, and how the person answers; without an answer, the time runs out. */
export const mailbox: {
	asked: { to: string; subject: string; message: string }[];
	answer: ((form: string[]) => Record<string, unknown>) | undefined;
} = { asked: [], answer: undefined };

/**
 * Send Email, Send and Wait for Response, with a form: puts out what the real node does once its
 * form was sent, and its input once the time is over. The real one puts the execution to wait.
 */
const ask: Execute = (context) => {
	const [to, subject, message] = ['toEmail', 'subject', 'message'].map((name) =>
		text(context.getNodeParameter(name, 0)),
	);
	mailbox.asked.push({ to: text(to), subject: text(subject), message: text(message) });
	const fields = list(record(context.getNodeParameter('formFields', 0)).values).map(record);
	const data = mailbox.answer?.(fields.map(({ fieldLabel }) => text(fieldLabel)));
	return Promise.resolve([
		data === undefined ? context.getInputData() : [{ json: dataObject({ data }) }],
	]);
};

/** Respond to Webhook: puts the reply out, where the real node sends it. */
const respond: Execute = (context) => {
	const { responseCode, responseHeaders } = record(context.getNodeParameter('options', 0));
	const body = context.getNodeParameter('responseBody', 0);
	const json = context.getNodeParameter('respondWith', 0) === 'json';
	const entries = isRecord(responseHeaders) ? list(responseHeaders.entries).map(record) : [];
	const headers = entries.map(({ name, value }) => [text(name).toLowerCase(), value]);
	const reply = {
		status: responseCode,
		headers: record(Object.fromEntries(headers)),
		body: json ? parse(text(body)) : body,
	};
	return Promise.resolve([[{ json: dataObject(reply), pairedItem: { item: 0 } }]]);
};

function field(
	name: string,
	type: INodeProperties['type'],
	fallback: INodeProperties['default'],
	more: Partial<INodeProperties> = {},
): INodeProperties {
	return { displayName: name, name, type, default: fallback, ...more };
}

const OPTIONS = field('options', 'json', {});

const HTTP_FIELDS = [
	field('method', 'string', 'GET'),
	field('url', 'string', ''),
	field('authentication', 'string', 'none'),
	field('genericAuthType', 'string', ''),
	field('nodeCredentialType', 'string', ''),
	field('sendBody', 'boolean', false),
	field('jsonBody', 'string', ''),
	field('contentType', 'string', 'json'),
	field('rawContentType', 'string', ''),
	field('body', 'string', ''),
	field('sendHeaders', 'boolean', false),
	field(
		'headerParameters',
		'fixedCollection',
		{},
		{
			typeOptions: { multipleValues: true },
			options: [
				{
					displayName: 'Parameters',
					name: 'parameters',
					values: [field('name', 'string', ''), field('value', 'string', '')],
				},
			],
		},
	),
	OPTIONS,
];

const CONDITIONS = field('conditions', 'filter', {}, { typeOptions: { filter: { version: 2 } } });

export const standInNodes: Record<string, INodeType> = {
	'n8n-nodes-base.executeWorkflowTrigger': trigger('executeWorkflowTrigger'),
	'n8n-nodes-base.emailSend': standIn('emailSend', ask, {
		properties: [
			field('toEmail', 'string', ''),
			field('subject', 'string', ''),
			field('message', 'string', ''),
			field('formFields', 'json', {}),
		],
	}),
	'n8n-nodes-base.filter': standIn('filter', keep, { properties: [CONDITIONS] }),
	'n8n-nodes-base.httpRequest': standIn('httpRequest', httpRequest, { properties: HTTP_FIELDS }),
	'n8n-nodes-base.if': standIn('if', choose, {
		outputs: ['main', 'main'],
		properties: [CONDITIONS],
	}),
	'n8n-nodes-base.manualTrigger': standIn('manualTrigger', passOn, { inputs: [] }),
	'n8n-nodes-base.noOp': standIn('noOp', passOn),
	'n8n-nodes-base.respondToWebhook': standIn('respondToWebhook', respond, {
		properties: [field('respondWith', 'string', ''), field('responseBody', 'string', ''), OPTIONS],
	}),
	'n8n-nodes-base.scheduleTrigger': trigger('scheduleTrigger'),
	'n8n-nodes-base.set': standIn('set', editFields, {
		properties: [field('assignments', 'assignmentCollection', {})],
	}),
	'n8n-nodes-base.splitOut': standIn('splitOut', splitOut, {
		properties: [field('fieldToSplitOut', 'string', ''), OPTIONS],
	}),
	'n8n-nodes-base.stopAndError': standIn('stopAndError', stop, {
		outputs: [],
		properties: [field('errorObject', 'json', '')],
	}),
	'n8n-nodes-base.stickyNote': standIn('stickyNote', passOn, { inputs: [] }),
	'n8n-nodes-base.webhook': trigger('webhook'),
};

function standInCredential(
	properties: INodeProperties[],
	headersOf: (credential: ICredentialDataDecryptedObject) => Record<string, string>,
): CredentialType {
	return {
		properties,
		authenticate: (credential, request) =>
			Promise.resolve({ ...request, headers: { ...request.headers, ...headersOf(credential) } }),
	};
}

export const standInCredentials: Record<string, CredentialType> = {
	aws,
	httpHeaderAuth: standInCredential(
		[field('name', 'string', ''), field('value', 'string', '')],
		({ name, value }) => ({ [text(name)]: text(value) }),
	),
	n8nApi: standInCredential(
		[field('apiKey', 'string', ''), field('baseUrl', 'string', '')],
		({ apiKey }) => ({ 'X-N8N-API-KEY': text(apiKey) }),
	),
};
