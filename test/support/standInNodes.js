'use strict';

const { httpRequest } = require('./standIns/httpRequest');

/**
 * Small stand-ins for the nodes and credentials of n8n-nodes-base that example workflows use: that
 * package is too large for a test's installation. Their parameters have the real nodes' names and
 * forms, so the same workflow files run here and in n8n, where `npm run e2e` runs them. They are
 * never used in place of what is under test.
 */

/**
 * @param {string} name
 * @param {(this: any) => Promise<any>} execute
 * @param {{ inputs?: string[], outputs?: string[], properties?: any[] }} [more]
 */
function standIn(name, execute, { inputs = ['main'], outputs = ['main'], properties = [] } = {}) {
	return {
		description: {
			displayName: name,
			name,
			group: [],
			version: [1, 1.1, 1.2, 2, 2.2, 3, 3.4, 4, 4.2, 4.3],
			description: '',
			defaults: { name },
			inputs,
			outputs,
			properties,
		},
		execute,
	};
}

/** Passes its items on. @this {any} */
async function passOn() {
	return [this.getInputData()];
}

/** A node that a workflow starts with. @param {string} name */
function trigger(name) {
	return { ...standIn(name, passOn, { inputs: [] }), trigger: async () => ({}) };
}

/** Edit Fields: puts the assigned values out. @this {any} */
async function editFields() {
	return [
		this.getInputData().map((/** @type {any} */ _, /** @type {number} */ item) => {
			const { assignments } = this.getNodeParameter('assignments', item);
			return {
				json: Object.fromEntries(
					assignments.map((/** @type {any} */ { name, value }) => [name, value]),
				),
				pairedItem: { item },
			};
		}),
	];
}

/** If: n8n's engine itself judges the conditions. @this {any} */
async function choose() {
	/** @type {any[][]} */
	const [yes, no] = [[], []];
	for (const [item, { json }] of this.getInputData().entries()) {
		const holds = this.getNodeParameter('conditions', item, false, { extractValue: true });
		(holds === true ? yes : no).push({ json, pairedItem: { item } });
	}
	return [yes, no];
}

/** Respond to Webhook: puts the reply out, where the real node sends it. @this {any} */
async function respond() {
	const { responseCode, responseHeaders } = this.getNodeParameter('options', 0);
	const body = this.getNodeParameter('responseBody', 0);
	const json = this.getNodeParameter('respondWith', 0) === 'json';
	const headers = (responseHeaders?.entries ?? []).map((/** @type {any} */ { name, value }) => [
		name.toLowerCase(),
		value,
	]);
	return [
		[
			{
				json: {
					status: responseCode,
					headers: Object.fromEntries(headers),
					body: json ? JSON.parse(body) : body,
				},
				pairedItem: { item: 0 },
			},
		],
	];
}

/** @param {string} name @param {string} type @param {unknown} fallback @param {object} [more] */
function field(name, type, fallback, more) {
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

const standInNodes = {
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
	'n8n-nodes-base.stickyNote': standIn('stickyNote', passOn, { inputs: [] }),
	'n8n-nodes-base.webhook': trigger('webhook'),
};

/** @param {any[]} properties @param {(credential: any) => object} headersOf */
function standInCredential(properties, headersOf) {
	return {
		properties,
		authenticate: async (/** @type {any} */ credential, /** @type {any} */ request) => ({
			...request,
			headers: { ...request.headers, ...headersOf(credential) },
		}),
	};
}

const standInCredentials = {
	httpHeaderAuth: standInCredential(
		[field('name', 'string', ''), field('value', 'string', '')],
		({ name, value }) => ({ [name]: value }),
	),
	n8nApi: standInCredential(
		[field('apiKey', 'string', ''), field('baseUrl', 'string', '')],
		({ apiKey }) => ({ 'X-N8N-API-KEY': apiKey }),
	),
};

module.exports = { standInCredentials, standInNodes };
