import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { inputError } from '../errors/build';
import { resources } from './index';

/** A table's own entry: a name such as `toString` is none. */
function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Runs the chosen operation on all input items.
 *
 * @throws NodeOperationError when a workflow names an operation that does not exist, whatever
 *   the On Error setting: there is nothing that could be done for any item
 */
export async function dispatch(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0);
	const operation = context.getNodeParameter('operation', 0);
	const definition = entryOf(entryOf(resources, resource)?.operations ?? {}, operation);
	if (definition === undefined) {
		throw inputError(
			context.getNode(),
			undefined,
			`There is no operation '${operation}' for the resource '${resource}'`,
			"Choose the operation again in the node's parameters.",
		);
	}
	return [await definition.execute(context)];
}
