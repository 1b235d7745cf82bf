import type { IDataObject } from 'n8n-workflow';

import type { Execution } from './engine.mts';
import { at, isDataObject, list, present, record } from './read.mts';

/** What an error says, to a person and to a workflow. */
export interface Told {
	name: unknown;
	message: string;
	description: string;
	/** The status that DigiCert answered with, as text. */
	httpCode: unknown;
	/** What n8n may make of the failure. */
	failure: unknown;
	context: IDataObject;
	/** The item that the error is about, as n8n is told of it. */
	itemIndex: unknown;
	/** What `context.keys` says of the keys concerned. */
	keys: Record<string, unknown>[];
}

function told(error: unknown): Told {
	const { name, message, description, httpCode, failure, context } = record(error);
	const known = isDataObject(context) ? context : {};
	return {
		name,
		message: typeof message === 'string' ? message : '',
		description: typeof description === 'string' ? description : '',
		httpCode,
		failure,
		context: known,
		itemIndex: known.itemIndex,
		keys: list(known.keys ?? []).map(record),
	};
}

/** The error with which an execution ended. @throws {Error} when it ended well */
export function errorOf({ error, status }: Execution): Told {
	return told(present(error, `An error of an execution that ended as ${status}`));
}

/** The errors of failed items, in the order of their output, then of the items. */
export function itemErrors(execution: Execution, node = 'DigiCert'): Told[] {
	return [0, 1]
		.flatMap((output) => execution.items(node, output))
		.flatMap(({ error }) => (error === undefined ? [] : [told(error)]));
}

/** The error of the only failed item, or of one of them. @throws {Error} when there is none */
export function itemError(execution: Execution, index = 0): Told {
	return at(itemErrors(execution), index);
}

/** What the items of a node hold. */
export function jsonsOf(execution: Execution, node = 'DigiCert', output = 0): IDataObject[] {
	return execution.items(node, output).map(({ json }) => json);
}

/**
 * What an item holds.
 *
 * @throws {Error} when there is no such item, with what the execution ended with
 */
export function jsonOf(execution: Execution, index = 0, node = 'DigiCert'): IDataObject {
	const json = jsonsOf(execution, node).at(index);
	return present(json, `Item ${index} of ${node} (error: ${String(execution.error?.message)})`);
}

/** The items that hold a key's value. */
export function delivered(execution: Execution, node = 'DigiCert'): IDataObject[] {
	return jsonsOf(execution, node).filter((json) => 'api_key' in json);
}

/** What the log says of a cancelled run: its lines, and the keys concerned as machines read them. */
export function cancelsIn(log: readonly unknown[]) {
	return log.flatMap((entry) => {
		const [line, fields] = list(entry);
		return String(line).startsWith('The execution was cancelled')
			? [{ line: String(line), keys: record(record(fields).keys) }]
			: [];
	});
}

/** The one item of an execution that ended well. */
export function only(execution: Execution): IDataObject {
	expect(execution.error).toBeUndefined();
	expect(execution.items('DigiCert')).toHaveLength(1);
	return jsonOf(execution);
}

/** The hints that the node gave beside its items. */
export function hintsOf({ run }: Execution): string[] {
	const tasks = run.data.resultData.runData.DigiCert ?? [];
	return tasks.flatMap(({ hints = [] }) => hints.map(({ message }) => message));
}

/** The input items that the items of a node are paired with. */
export function pairsOf(execution: Execution, node = 'DigiCert'): unknown[] {
	return execution.items(node).map(({ pairedItem }) => record(pairedItem).item);
}

/** All IDs in a text, runs of them ("5-8") drawn apart. */
export function idsTold(told: string): number[] {
	return [...told.matchAll(/\b(\d{3,})(?:-(\d{3,}))?\b/g)].flatMap(([, first, last = first]) =>
		Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i),
	);
}
