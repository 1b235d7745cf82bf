'use strict';

const { ExecuteContext, RoutingNode } = require('n8n-core');
const get = require('lodash/get');
const { createEmptyRunExecutionData, Workflow } = require('n8n-workflow');

/**
 * Runs a credential's own test request as n8n's credential dialog does: n8n-core's RoutingNode
 * sends it from a throw-away node. (The service around it is part of n8n itself; the texts for
 * each answer are chosen here by its rules.)
 *
 * @param {import('./engine').Engine} engine
 * @param {string} type credential type
 * @param {Record<string, unknown>} data the credential's fields
 * @returns {Promise<{ status: 'OK' | 'Error', message: string }>}
 */
async function testCredential(engine, type, data) {
	const { test } = engine.credentials.types[type];
	const details = await engine.credentials.store(type, data);
	const decrypted = await engine.credentials.getDecrypted(undefined, details);
	const description = {
		displayName: 'Test',
		name: 'test',
		version: 1,
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: type, required: true }],
		properties: [
			{
				displayName: 'Test',
				name: 'temp',
				type: 'string',
				default: '',
				routing: { request: test.request },
			},
		],
	};
	const node = {
		id: 'test',
		name: 'Test',
		type: 'test',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type]: details },
	};
	const nodeTypes = { getByNameAndVersion: () => ({ description }) };
	const workflow = new Workflow(
		/** @type {any} */ ({ nodes: [node], connections: {}, active: false, nodeTypes }),
	);
	const additionalData = { credentialsHelper: engine.credentials, currentNodeParameters: {} };
	const input = { main: [[{ json: {} }]] };
	const context = new ExecuteContext(
		.../** @type {[any, any, any, any, any, any, any, any, any, any]} */ ([
			workflow,
			node,
			additionalData,
			'internal',
			createEmptyRunExecutionData(),
			0,
			[],
			input,
			{ node, data: {}, source: null },
			[],
		]),
	);
	const routing = new RoutingNode(
		context,
		/** @type {any} */ ({ description }),
		/** @type {any} */ ({ ...details, type, data: decrypted }),
	);
	try {
		const [[item]] = /** @type {any} */ (await routing.runNode());
		const bad = test.rules.find(
			(/** @type {any} */ { type: kind, properties }) =>
				kind === 'responseSuccessBody' && get(item.json, properties.key) === properties.value,
		);
		if (bad !== undefined) return { status: 'Error', message: bad.properties.message };
		return { status: 'OK', message: 'Connection successful!' };
	} catch (error) {
		const { cause, message } = /** @type {any} */ (error);
		const status = cause?.response?.status;
		const rule = test.rules.find(
			(/** @type {any} */ { type: kind, properties }) =>
				kind === 'responseCode' && properties.value === status,
		);
		const text = rule?.properties.message ?? cause?.response?.statusText ?? cause?.code ?? message;
		return { status: 'Error', message: text };
	}
}

module.exports = { testCredential };
