import type { INodeType } from 'n8n-workflow';

import type { Engine } from './engine.mts';
import { nodeOf } from './lab.mts';
import { createEmptyRunExecutionData, ExecuteContext, RoutingNode, Workflow } from './n8n.mts';
import { isRecord, list, present } from './read.mts';

/** What the editor shows of a test. */
export interface Verdict {
	status: 'OK' | 'Error';
	message: string;
}

/** One field of a thing, if it has any. */
const inside = (thing: unknown, field: string): unknown =>
	isRecord(thing) ? thing[field] : undefined;

/** What a path like `access_roles[0].id` leads to, as n8n reads it. */
function atPath(thing: unknown, path: string): unknown {
	return path
		.split(/[.[\]]+/)
		.filter((step) => step !== '')
		.reduce<unknown>(
			(inner, step) => (Array.isArray(inner) ? list(inner)[Number(step)] : inside(inner, step)),
			thing,
		);
}

/**
 * Runs a credential's own test request as n8n's credential dialog does: n8n-core's RoutingNode
 * sends it from a throw-away node. (The service around it is part of n8n itself; the texts for
 * each answer are chosen here by its rules.)
 *
 * @param type credential type
 * @param fields the credential's fields
 */
export async function testCredential(
	engine: Engine,
	type: string,
	fields: object,
): Promise<Verdict> {
	const test = present(engine.credentials.typeNamed(type).test, 'A test');
	const details = await engine.credentials.store(type, fields);
	const nodeType: INodeType = {
		description: {
			...{ displayName: 'Test', name: 'test', group: [], version: 1, description: '' },
			...{ defaults: {}, inputs: ['main'], outputs: ['main'] },
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
		},
	};
	const node = nodeOf('Test', 'test', { credentials: { [type]: details } });
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const context = new ExecuteContext(
		workflow,
		node,
		engine.additionalData({ nodes: [node], connections: {} }),
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	const data = await engine.credentials.getDecrypted(undefined, details);
	try {
		const routing = new RoutingNode(context, nodeType, { ...details, type, data });
		const answer = (await routing.runNode())?.[0]?.[0]?.json;
		const bad = test.rules?.find(
			({ type: kind, properties: { value, ...more } }) =>
				kind === 'responseSuccessBody' && 'key' in more && atPath(answer, more.key) === value,
		);
		return bad === undefined
			? { status: 'OK', message: 'Connection successful!' }
			: { status: 'Error', message: bad.properties.message };
	} catch (error) {
		const cause = inside(error, 'cause');
		const response = inside(cause, 'response');
		const rule = test.rules?.find(
			({ type: kind, properties }) =>
				kind === 'responseCode' && properties.value === inside(response, 'status'),
		);
		const texts = [inside(rule?.properties, 'message'), inside(response, 'statusText')];
		const text = [...texts, inside(cause, 'code'), inside(error, 'message')].find(Boolean);
		return { status: 'Error', message: String(text) };
	}
}
