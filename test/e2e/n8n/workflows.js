'use strict';

const NODE_TYPE = 'n8n-nodes-digicert.digiCert';

/**
 * A node as it stands in a workflow; `workflow()` gives it an id and a place.
 *
 * @typedef {{ name: string, type: string, typeVersion: number, parameters: object,
 *   credentials?: object, [setting: string]: unknown }} Node
 */

/** A resource locator by ID. @param {unknown} value */
function byId(value) {
	return { __rl: true, mode: 'id', value };
}

/** @param {import('./client').StoredCredential[]} credentials @returns {Record<string, object>} */
function bound(credentials) {
	return Object.fromEntries(credentials.map(({ id, name, type }) => [type, { id, name }]));
}

/**
 * @param {string} name
 * @param {import('./client').StoredCredential} credential
 * @param {string} resource
 * @param {string} operation
 * @param {object} [parameters]
 * @param {object} [settings] such as onError
 * @returns {Node}
 */
function digiCert(name, credential, resource, operation, parameters = {}, settings = {}) {
	return {
		name,
		type: NODE_TYPE,
		typeVersion: 1,
		credentials: bound([credential]),
		parameters: { resource, operation, options: {}, ...parameters },
		...settings,
	};
}

/** @param {string} path @param {'lastNode' | 'onReceived'} [responseMode] @returns {Node} */
function webhook(path, responseMode = 'lastNode') {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: path,
		parameters: { httpMethod: 'POST', path, responseMode, options: {} },
	};
}

/** @returns {Node} */
function manualTrigger() {
	return {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
}

/** @param {number} seconds between two runs @returns {Node} */
function schedule(seconds) {
	return {
		name: 'Schedule',
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: seconds }] } },
	};
}

/**
 * A GET that uses the key that its item brings.
 *
 * @param {string} name
 * @param {string} url
 * @param {string} header
 * @returns {Node}
 */
function useKey(name, url, header) {
	return {
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			url,
			sendHeaders: true,
			headerParameters: { parameters: [{ name: header, value: '={{ $json.api_key }}' }] },
			options: {},
		},
	};
}

/** @param {string} name @returns {Node} */
function noOp(name) {
	return { name, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
}

/**
 * A workflow of nodes one behind the other.
 *
 * @param {string} name
 * @param {Node[]} nodes
 * @param {object} [more]
 * @param {Node} [more.onError] takes the error output of the second node
 * @param {object} [more.settings]
 */
function workflow(name, nodes, { onError, settings } = {}) {
	const all = onError === undefined ? nodes : [...nodes, onError];
	const link = (/** @type {Node | undefined} */ node) =>
		node === undefined ? [] : [{ node: node.name, type: 'main', index: 0 }];
	const connections = Object.fromEntries(
		nodes.map((node, i) => {
			const outputs = [link(nodes[i + 1])];
			if (i === 1 && onError !== undefined) outputs.push(link(onError));
			return [node.name, { main: outputs }];
		}),
	);
	return {
		name,
		nodes: all.map((node, i) => ({ id: String(i + 1), position: [220 * i, 0], ...node })),
		connections,
		settings: { executionOrder: 'v1', ...settings },
	};
}

module.exports = {
	bound,
	byId,
	digiCert,
	manualTrigger,
	NODE_TYPE,
	noOp,
	schedule,
	useKey,
	webhook,
	workflow,
};
