'use strict';

/**
 * Small stand-ins for the nodes of n8n-nodes-base that example workflows use: that package is too
 * large for a test's installation. Their parameters have the real nodes' names and forms, so the
 * same workflow files run here and in n8n. They are never used in place of what is under test.
 */

/**
 * @param {string} name
 * @param {(this: any) => Promise<any>} execute
 * @param {{ inputs?: string[], properties?: any[] }} [more]
 */
function standIn(name, execute, { inputs = ['main'], properties = [] } = {}) {
	return {
		description: {
			displayName: name,
			name,
			group: [],
			version: [1, 2, 3, 3.4, 4, 4.2, 4.3],
			description: '',
			defaults: { name },
			inputs,
			outputs: ['main'],
			properties,
		},
		execute,
	};
}

/** Passes its items on. @this {any} */
async function passOn() {
	return [this.getInputData()];
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

/** HTTP Request: one request for each item, with headers from its parameters. @this {any} */
async function httpRequest() {
	const items = [];
	for (const item of this.getInputData().keys()) {
		const { parameters } = this.getNodeParameter('headerParameters', item);
		const json = await this.helpers.httpRequest({
			method: this.getNodeParameter('method', item),
			url: this.getNodeParameter('url', item),
			headers: Object.fromEntries(
				parameters.map((/** @type {any} */ { name, value }) => [name, value]),
			),
			json: true,
		});
		items.push({ json, pairedItem: { item } });
	}
	return [items];
}

/** @param {string} name @param {string} type @param {unknown} fallback @param {object} [more] */
function field(name, type, fallback, more) {
	return { displayName: name, name, type, default: fallback, ...more };
}

const HTTP_FIELDS = [
	field('method', 'string', 'GET'),
	field('url', 'string', ''),
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
];

const standInNodes = {
	'n8n-nodes-base.manualTrigger': standIn('manualTrigger', passOn, { inputs: [] }),
	'n8n-nodes-base.noOp': standIn('noOp', passOn),
	'n8n-nodes-base.set': standIn('set', editFields, {
		properties: [field('assignments', 'assignmentCollection', {})],
	}),
	'n8n-nodes-base.httpRequest': standIn('httpRequest', httpRequest, { properties: HTTP_FIELDS }),
	'n8n-nodes-base.stickyNote': standIn('stickyNote', passOn, { inputs: [] }),
};

module.exports = { standInNodes };
